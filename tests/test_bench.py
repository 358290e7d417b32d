"""The benchmark of conditions runs, and would notice an engine that answers otherwise. Nothing here is timed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bench import engines, rules


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
