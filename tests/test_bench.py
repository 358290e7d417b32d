"""The benchmark of conditions runs, and would notice an engine that answers otherwise. Nothing here is timed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bench import capacity, engines, rules, workers


def test_it_prints_a_line_for_each_condition(capsys: pytest.CaptureFixture[str]):
    rules.main(events=60, rounds=1)
    out = capsys.readouterr().out
    assert re.search(r"outreach, CEL's runtime.* agree on 60 events", out)
    for name in [*(condition.name for condition in engines.CONDITIONS), rules.ALL]:
        assert re.search(rf"^{re.escape(name)} +\d+\.\d +\d+\.\d \(\d+\.\d×\)", out, re.M)


def test_the_events_are_the_same_every_time_and_no_condition_always_says_the_same():
    asked = engines.cases(400)
    assert asked == engines.cases(400)
    held = rules.agree([engines.Ours(), engines.CelRuntime()], asked)
    assert all(20 < number < 380 for number in held)


class Liar(engines.Ours):
    """Says no to everything."""

    name = "liar"

    def compiled(self, condition: engines.Condition) -> Any:
        return lambda scope: False


def test_an_engine_that_answers_otherwise_is_noticed():
    with pytest.raises(AssertionError, match=r"\{'outreach': True, 'liar': False\}"):
        rules.agree([engines.Ours(), Liar()], engines.cases(50))


def test_the_page_on_scale_shows_what_is_reckoned(capsys: pytest.CaptureFixture[str]):
    capacity.main()
    assert capsys.readouterr().out.strip() in (Path(__file__).parent.parent / "docs" / "scale.md").read_text()


def test_ten_times_the_customers_need_ten_times_as_much_and_a_bigger_place():
    few, many = (capacity.need(n, capacity.Costs()) for n in (10_000, 100_000_000))
    assert many.stored == pytest.approx(10_000 * few.stored)
    assert many.database == pytest.approx(10_000 * few.database)
    assert few.place(capacity.Costs()) == "SQLite, one process"
    assert many.place(capacity.Costs(machine_bytes=1e15, machine_cores=0.25)) == "PostgreSQL, 3 machines + standby"


def test_it_says_which_goals_are_reached_and_who_was_not_there(capsys: pytest.CaptureFixture[str]):
    ours, store, queue, absent = (e for e in workers.ENTRANTS if e.name in (
        "ours, SQLite FULL", "APScheduler, SQLite", "huey, SQLite", "Celery, Redis"))  # fmt: skip
    took = {phase: 1.0 for name in workers.PHASES for phase in (name, f"{name}_cpu")}
    middle = {ours: took, store: {k: 60 * v for k, v in took.items()}, absent: {k: 4 * v for k, v in took.items()}}
    workers.print_table(middle, {queue: "no server"})
    workers.print_goals(middle)
    out = capsys.readouterr().out
    assert re.search(rf"{queue.name} +not available: no server", out)
    assert re.search(r"persisting +60\.0× APScheduler \(goal 50×\): reached", out)
    assert re.search(r"dispatching +4\.0× the fastest queue \(goal 5×\): NOT reached", out)
