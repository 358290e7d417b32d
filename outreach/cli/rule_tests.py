"""`outreach rules test`: the tests that stand beside the rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from outreach.bootstrap import assemble, template_reader, virtual_store
from outreach.cli.common import Json, Templates, settings
from outreach.cli.output import counted, err, print_json, progress
from outreach.engine import Engine
from outreach.errors import InputError, Problem
from outreach.ports import VirtualClock
from outreach.rehearsal.cases import Case
from outreach.rehearsal.coverage import Coverage, coverage
from outreach.rehearsal.first_test import first_test
from outreach.rehearsal.judging import Result, judge
from outreach.rehearsal.playing import Stage
from outreach.rehearsal.reading import Tests, read_tests
from outreach.rehearsal.telling import LEGEND, plain, summary, told
from outreach.rulebook.load import Rulebook, load_rulebook
from outreach.settings import Settings, read_settings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COLOURS = {"-": "red", "+": "green", "~": "yellow", "!": "bright_red"}


def play_tests(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The rules. Default: OUTREACH_RULES, or rules.")
    ] = None,
    templates: Templates = None,
    rule: Annotated[str, typer.Option("--rule", metavar="NAME", help="Only tests that speak of this rule.")] = "",
    text: Annotated[str, typer.Option("-k", metavar="TEXT", help="Only tests with TEXT in their name or file.")] = "",
    whole: Annotated[
        bool, typer.Option("--require-coverage", help="Exit 1 unless tests show every step of every rule.")
    ] = False,
    json: Json = False,
) -> None:
    """Play the tests beside the rules: given these events, do just these contacts come, and these refusals?"""
    if whole and (rule or text):
        raise typer.BadParameter("--require-coverage looks at all tests: leave out --rule and -k")
    chosen = settings(None, folder, templates)
    book = load_rulebook(chosen.rules, chosen.templates, strict=False, reader=template_reader(chosen))
    tests = read_tests(chosen.rules, book)
    if tests.mistakes:
        _refuse(tests, json)
    if not tests.cases:
        _teach(chosen, book, json)
    _warn(tests.problems, json)
    cases = _chosen(tests.cases, book, rule, text)
    results = _judged(cases, _stage(chosen, book))
    covered = None if rule or text else coverage(book.rules, results)
    _show(results, covered, tests.problems, json)
    if not all(result.passed for result in results) or (whole and covered is not None and not covered.whole):
        raise typer.Exit(1)


def _chosen(cases: Sequence[Case], book: Rulebook, rule: str, text: str) -> list[Case]:
    if rule and rule not in {r.name for r in book.rules}:
        raise InputError(f"there is no rule {rule!r}; `outreach rules list` shows all")
    found = [c for c in cases if (not rule or rule in c.rules) and text.lower() in f"{c.file} {c.name}".lower()]
    if not found:
        raise InputError(f"of {counted(len(cases), 'test')} none fits: --rule {rule or 'any'}, -k {text or 'any'}")
    return found


def _stage(chosen: Settings, book: Rulebook) -> Stage:
    """Engines that share rules and templates, and nothing that a test could change. Nothing is ever sent."""
    quiet = read_settings(rules=chosen.rules, templates=chosen.templates, sms="outbox", email="outbox")
    engine = assemble(quiet, virtual_store(), book, VirtualClock(EPOCH)).engine

    def stage() -> tuple[Engine, VirtualClock]:
        clock = VirtualClock(EPOCH)
        return replace(engine, store=virtual_store(), clock=clock), clock

    return stage


def _judged(cases: Sequence[Case], stage: Stage) -> list[Result]:
    results = []
    with progress("testing the rules") as move:
        for number, case in enumerate(cases, 1):
            results.append(judge(case, stage))
            move(number, len(cases))
    return results


def _show(results: Sequence[Result], covered: Coverage | None, warnings: Iterable[Problem], json: bool) -> None:
    failed = [result for result in results if not result.passed]
    if json:
        print_json({
            "ok": not failed, "passed": len(results) - len(failed), "failed": len(failed),
            "tests": [plain(result) for result in results],
            "untested_rules": list(covered.untested) if covered else None,
            "unseen_steps": list(covered.unseen) if covered else None,
            "problems": [asdict(p) for p in warnings],
        })  # fmt: skip
        return
    for result in failed:
        for mark, line in told(result):
            typer.secho(line, fg=COLOURS.get(mark), bold=mark == "!")
        typer.echo()
    if failed:
        typer.echo(LEGEND + "\n")
    typer.echo(summary(results))
    if covered is not None:
        _show_gaps(covered)


def _show_gaps(covered: Coverage) -> None:
    if covered.untested:
        typer.echo(f"Rules that no test shows: {', '.join(covered.untested)}")
    if covered.unseen:
        typer.echo(f"Steps that no test has seen take place: {', '.join(covered.unseen)}")


def _refuse(tests: Tests, json: bool) -> None:
    """Nothing is played while a file is wrong: what a test means must be certain."""
    if json:
        print_json({"ok": False, "problems": [asdict(p) for p in tests.problems]})
    else:
        _warn(tests.problems, json)
        typer.echo(f"{counted(tests.mistakes, 'mistake')} in the tests; nothing was played")
    raise typer.Exit(1)


def _warn(problems: Iterable[Problem], json: bool) -> None:
    for problem in () if json else problems:
        err(str(problem))


def _teach(chosen: Settings, book: Rulebook, json: bool) -> None:
    """No tests yet: show one."""
    if json:
        print_json({"ok": False, "passed": 0, "failed": 0, "tests": [], "problems": [],
                    "untested_rules": [r.name for r in book.rules if r.active], "unseen_steps": []})  # fmt: skip
    else:
        typer.echo(first_test(chosen.rules.name, book))
    raise typer.Exit(1)


def add_to(group: typer.Typer) -> None:
    """The command of this file."""
    group.command("test")(play_tests)
