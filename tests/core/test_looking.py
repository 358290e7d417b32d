"""When to look, and what a look proves: each edge of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outreach.core.looking import Verdict, blind, judge, next_look
from tests.support.business import utc

MADE = utc("2026-11-02T16:00")


def after(minutes: float):
    return MADE + timedelta(minutes=minutes)


def test_the_looks_are_at_one_five_and_fifteen_minutes_and_then_hourly():
    at, looks = MADE, []
    while at < after(200):
        at = next_look(MADE, at)
        looks.append((at - MADE).total_seconds() / 60)
    assert looks == [1, 5, 15, 75, 135, 195, 255]


@pytest.mark.parametrize(
    ("minutes", "looks", "kind"),
    [(1, 1, "again"), (15, 1, "again"), (14.99, 9, "again"), (15, 2, "unsent"), (300, 1, "again"), (75, 2, "unsent")],
)
def test_unsent_needs_time_and_two_empty_looks(minutes: float, looks: int, kind: str):
    assert judge(MADE, after(minutes), looks, []).kind == kind


def test_one_match_is_it_and_two_are_for_a_person():
    assert judge(MADE, after(1), 0, ["SM1"]) == Verdict(kind="accepted", message="SM1")
    assert judge(MADE, after(1), 0, ["SM1", "SM2"]).kind == "person"


def test_a_message_that_nobody_accounts_for_leaves_it_to_a_person():
    assert judge(MADE, after(1), 1, [], 1).kind == "again"
    assert judge(MADE, after(15), 2, [], 1).kind == "person"


@pytest.mark.parametrize(
    ("minutes", "for_good", "kind"),
    [(1, True, "again"), (15, True, "person"), (359, False, "again"), (360, False, "person")],
)
def test_who_cannot_look_waits_for_news_and_then_asks_a_person(minutes: float, for_good: bool, kind: str):
    assert blind(MADE, after(minutes), "out of reach", for_good=for_good).kind == kind
