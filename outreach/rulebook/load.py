"""A folder of YAML in, a rulebook out, or all that is wrong with it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from outreach.core.cadence import Cadence
from outreach.core.calendar import Calendar
from outreach.core.fingerprint import fingerprint
from outreach.core.guard import Policy
from outreach.core.rule import Rule
from outreach.errors import Problem, RulebookError
from outreach.ports import SmsLength, TemplateReader
from outreach.rulebook.atlas import ATLAS
from outreach.rulebook.build import build_rule
from outreach.rulebook.build_cadence import build_cadence, build_calendar
from outreach.rulebook.conditions import Known
from outreach.rulebook.context import Context
from outreach.rulebook.fields import known_fields
from outreach.rulebook.places import Node
from outreach.rulebook.public_holidays import public_holidays
from outreach.rulebook.sections import Written, read_folder, sections
from outreach.rulebook.speech import remembered
from outreach.rulebook.templates import find_templates

#: Of one file no more mistakes are looked for.
MOST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All that marketing wrote, checked. `zone` is the house's own, "UTC" when it isn't given; `files` were read; `sms`
    is what each SMS costs."""

    rules: tuple[Rule, ...]
    cadence: Cadence
    calendar: Calendar
    known: Known
    zone: str = "UTC"
    warnings: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
    sms: tuple[SmsLength, ...] = ()

    @property
    def policy(self) -> Policy:
        """What the guard and the planner hold contacts to."""
        holidays = self.calendar.holidays or public_holidays
        version = fingerprint(self.cadence, self.calendar, self.zone)
        return Policy(
            cadence=self.cadence, calendar=self.calendar, holidays=holidays, zone=self.zone, atlas=ATLAS,
            version=version,
        )  # fmt: skip


def load_rulebook(
    rules_dir: Path,
    templates_dir: Path,
    *,
    seen_fields: Mapping[str, Iterable[str]] | None = None,
    seen_customer_fields: Iterable[str] = (),
    strict: bool = True,
    reader: TemplateReader | None = None,
) -> Rulebook:
    """The rulebook in these folders. Raises RulebookError with every mistake, in the order of the files.

    `seen_fields` are the fields that events of each type have brought so far; together with `fields.yaml` they are
    what names are checked against. `strict=False` makes unknown fields warnings. With a `reader`, what the templates
    say is checked too.
    """
    problems: list[Problem] = []
    rules_dir = rules_dir.resolve()
    folder = read_folder(rules_dir, problems)
    known = known_fields(folder.fields, seen_fields or {}, seen_customer_fields, problems)
    written = sections(folder.rules, problems)
    cadence, calendar, zone = _policy(written, known, problems)
    templates = find_templates(templates_dir)
    context = Context(
        known=known, templates=templates, reader=reader, strict=strict, problems=problems,
        remembered=remembered(node for _, node in written.rules),
    )  # fmt: skip
    rules = _rules(written, context)
    if not any(problem.severity == "error" for problem in problems):
        problems += _about_all(rules_dir.name, written, known)
        problems += templates.unused(rules) if reader else ()
    found = _in_order(problems)
    if any(problem.severity == "error" for problem in found):
        raise RulebookError(found)
    return Rulebook(
        rules=rules, cadence=cadence, calendar=calendar, known=known, zone=zone, warnings=found,
        files=tuple(folder.files), sms=tuple(context.sms[file] for file in sorted(context.sms)),
    )  # fmt: skip


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By their places; the same advice for the same place is given once."""
    first: dict[tuple[str, int, int, str], Problem] = {}
    for p in sorted(problems, key=lambda p: (p.file, p.line, p.column, p.message)):
        first.setdefault((p.file, p.line, p.column, p.hint if p.hint.startswith("did you mean") else p.message), p)
    return tuple(first.values())


def _policy(written: Written, known: Known, problems: list[Problem]) -> tuple[Cadence, Calendar, str]:
    """The cadence, and the house's calendar with its time zone."""
    node = written.single.get("cadence")
    cadence = build_cadence(node, known, problems)
    calendars = written.single.get("calendars")
    calendar, zone = build_calendar(calendars, cadence, problems)
    given = calendars is not None and "timezone" in calendars.at("business").entries()
    if node is not None and cadence.unknown_timezone == "business" and not given:
        hint = "give it: `calendars: {business: {timezone: America/New_York}}`"
        problems.append(node.at("unknown_timezone").problem("the house has no time zone to take", hint))
    return cadence, calendar, zone or "UTC"


def _rules(written: Written, context: Context) -> tuple[Rule, ...]:
    """All rules, by their names."""
    first: dict[str, Node] = {}
    made: list[Rule] = []
    mistakes: Counter[str] = Counter()
    given_up: set[str] = set()
    for name, node in written.rules:
        place = node.key or node
        if mistakes[node.file] > MOST:
            if node.file not in given_up:
                context.say(place, (f"more than {MOST} mistakes in this file: from here on it was not checked", ""))
            given_up.add(node.file)
            continue
        before = len(context.problems)
        earlier = first.setdefault(name, place)
        if earlier is not place:
            said = f"the rule `{name}` is given a second time; the first is in {earlier.file}:{earlier.line}"
            context.say(place, (said, "give one of them another name"))
        rule = build_rule(name, node, context)
        if rule is not None:
            made.append(rule)
        mistakes[node.file] += sum(problem.severity == "error" for problem in context.problems[before:])
    return tuple(sorted(made, key=lambda rule: rule.name))


def _about_all(folder: str, written: Written, known: Known) -> list[Problem]:
    """What is worth knowing and stands in no single place."""
    found = []
    if not written.rules:
        found.append(_about(folder, "there are no rules: nobody will be contacted"))
    elif "cadence" not in written.single:
        found.append(_about(folder, "there is no `cadence`: the minimum gap is 20 hours, and no caps or hours hold"))
    if written.rules and not known.event_fields:
        said = "no fields are declared or were ever seen, so the names of events and fields can't be checked"
        found.append(_about(folder, said, f"declare them in {folder}/fields.yaml"))
    return found


def _about(folder: str, message: str, hint: str = "") -> Problem:
    return Problem(file=folder, line=1, column=1, message=message, hint=hint, severity="warning")
