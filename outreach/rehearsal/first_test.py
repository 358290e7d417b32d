"""What there is to read where no test exists yet: a first one, for one of the rules that are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from outreach.core.rule import Rule
from outreach.core.starting import fires_on
from outreach.rulebook.load import Rulebook

#: A Monday, like any other.
DAY: Final = "2026-11-02"
_CUSTOMER: Final = '{first_name: Ana, phone: "+12125550101", email: ana@example.com, timezone: America/New_York}'


def first_test(folder: str, book: Rulebook) -> str:
    """A text that teaches: where a test goes and how it begins, for a rule that an event starts; one that stands alone
    in its file, if there is one."""
    startable = [r for r in book.rules if r.active and fires_on(r)]
    in_file = Counter(r.file for r in book.rules)
    rule = min(startable, key=lambda r: (in_file[r.file], r.name), default=None)
    if rule is None:
        return f"There are no tests, and no rules in {folder} that could be tested."
    file = PurePosixPath(rule.file)
    name = file.with_name(f"{file.stem}.test{file.suffix}")
    said = f"There are no tests yet. A first one for {rule.name}, to begin from; it stands beside the rule, in {name}:"
    then = (
        "Run `outreach rules test` again: it shows what happened beside what was expected, and why. docs/rules.md has"
        " the whole of it."
    )
    return "\n".join([said, "", *(f"    {line}" for line in _lines(rule)), "", then])


def _lines(rule: Rule) -> Iterator[str]:
    step = rule.steps[0]
    event_type = fires_on(rule)[0].replace(".*", ".created")
    yield "customers:"
    yield f"  ana: {_CUSTOMER}"
    yield "tests:"
    yield f"  {rule.name} does what it should:"
    yield "    given:"
    yield f"      - {{time: {DAY} 14:00, type: {event_type}{_site(rule)}, data: {{{_data(rule)}}}}}"
    yield from _condition(rule)
    yield "    expect:                                   # all that this file's rules do, and nothing else"
    yield f"      - {{at: 2026-11-03 10:00, {step.channel}: {step.name}}}"
    yield from (f"      - {{{other.channel}: {other.name}}}" for other in rule.steps[1:])


def _site(rule: Rule) -> str:
    return f", site: {rule.sites[0]}" if rule.sites else ""


def _data(rule: Rule) -> str:
    key = rule.key or getattr(rule.trigger, "key", "")
    return f"{key}: X-1" if key else ""


def _condition(rule: Rule) -> Iterable[str]:
    """What `data` must hold, as a reminder."""
    if rule.when is not None:
        yield f"        # it must hold that {' '.join(rule.when.source.split())}"
