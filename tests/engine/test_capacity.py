"""Capacity: the list holds what people can do in a day, the most important first; nothing is lost without a word."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of


def call(name: str, priority: int, at: str = "same day 11:00", valid_for: str = "1 day", **keys: str) -> str:
    step = f"call: {{at: {at}, valid_for: {valid_for}, script: hi, assign: event.staff}}"
    return a_rule(step, on=name, name=name, priority=str(priority), **keys)


def a_house(*rules: str, capacity: str, n: int = 6) -> Business:
    cadence = f"{{min_gap: 0 minutes, caps: [], holidays: none, capacity: {capacity}}}"
    people = [a_customer(f"c{i}", phone=f"+121255501{i:02}") for i in range(n)]
    return an_engine(rules_of(*rules, cadence=cadence), *people)


def listed(it: Business, n: int = 6) -> dict[str, str]:
    """Who is, or was, on the list, and when it began (UTC)."""
    found = {f"c{i}": f for i in range(n) for f in it.all(f"c{i}") if f.listed is not None}
    return {c: f"{f.listed:%d %H:%M}" for c, f in found.items()}


@pytest.mark.postgres_too
def test_the_most_important_are_handed_out_today():
    it = a_house(call("small", 10), call("big", 90), capacity="{calls_per_day: 2}", n=4)
    for i in range(4):
        it.tell("big" if i >= 2 else "small", f"c{i}")
    assert listed(it.wait("2026-11-02T20:00"), 4) == {"c2": "02 16:00", "c3": "02 16:00"}
    assert it.one("small", customer="c0").reason == "capacity:calls"


@pytest.mark.postgres_too
def test_what_waits_is_handed_out_the_next_day_or_expires():
    it = a_house(call("small", 10, valid_for="20 hours"), capacity="{calls_per_day: 2}", n=5)
    for i in range(5):
        it.tell("small", f"c{i}")
    it.wait("2026-11-05T00:00")
    assert Counter(listed(it, 5).values()) == {"02 16:00": 2, "03 00:00": 2}
    ends = Counter(f.reason for i in range(5) for f in it.all(f"c{i}") if f.listed is None)
    assert ends == {"capacity:calls": 1}


@pytest.mark.postgres_too
def test_a_place_is_kept_for_what_is_more_important_and_comes_later_today():
    it = a_house(call("small", 10), call("big", 90, at="same day 15:00"), capacity="{calls_per_day: 1}", n=2)
    it.tell("small", "c0")
    it.tell("big", "c1")
    assert listed(it.wait("2026-11-02T23:00"), 2) == {"c1": "02 20:00"}


@pytest.mark.postgres_too
def test_a_place_that_was_kept_for_nothing_is_used():
    rules = (call("small", 10), call("big", 90, at="same day 15:00", stop_on="visit"))
    it = a_house(*rules, capacity="{calls_per_day: 1}", n=2)
    it.tell("small", "c0")
    it.tell("big", "c1")
    it.wait("2026-11-02T17:00").tell("visit", "c1")
    assert listed(it.wait("2026-11-02T23:00"), 2) == {"c0": "02 20:01"}


@pytest.mark.postgres_too
def test_by_person_and_by_site():
    it = a_house(call("c", 50), capacity="{people: {Lena: {calls_per_day: 1}}, sites: {spa: {calls_per_day: 2}}}")
    for i, (staff, site) in enumerate([("Lena", "spa"), ("lena", "bar"), ("Marco", "spa"), ("Ana", "spa"), ("", "")]):
        it.tell("c", f"c{i}", staff=staff, site=site)
    it.wait("2026-11-02T20:00")
    assert set(listed(it)) - {"c2", "c3"} == {"c0", "c4"}  # Lena had her one; of two alike at the spa one has room
    assert len(listed(it)) == 3


@pytest.mark.postgres_too
def test_an_answer_that_cannot_wait_is_listed_all_the_same_and_counts():
    it = a_house(call("small", 10), call("complaint", 90, purpose="transactional"), capacity="{calls_per_day: 1}", n=3)
    for i in range(2):
        it.tell("complaint", f"c{i}")
    it.tell("small", "c2")
    assert set(listed(it.wait("2026-11-02T20:00"), 3)) == {"c0", "c1"}


@pytest.mark.postgres_too
def test_tasks_have_a_limit_of_their_own():
    rule = a_rule("task: {at: same day 11:00, title: hello}", on="visit")
    it = a_house(rule, call("c", 50), capacity="{tasks_per_day: 1}", n=4)
    for i in range(2):
        it.tell("visit", f"c{i}")
        it.tell("c", f"c{i + 2}")
    assert len(listed(it.wait("2026-11-02T20:00"), 4)) == 3


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from([10, 50, 90]), st.integers(9, 18)), max_size=12),
    st.integers(0, 3),
)
@pytest.mark.postgres_too
def test_no_day_is_ever_over_its_limit_and_everything_is_explained(calls, limit):
    rules = {(p, h): call(f"p{p}h{h}", p, at=f"same day {h:02}:00", valid_for="3 days") for _, p, h in calls}
    it = a_house(*rules.values() or [call("none", 1)], capacity=f"{{calls_per_day: {limit}}}")
    for n, (who, priority, hour) in enumerate(calls):
        it.tell(f"p{priority}h{hour}", f"c{who}", id=f"e{n}", at="2026-11-02T12:00")
    it.wait("2026-11-10T00:00")
    every = [f for i in range(6) for f in it.all(f"c{i}")]
    days = Counter(f.listed.date() for f in every if f.listed)  # the house of these tests keeps UTC
    assert all(n <= limit for n in days.values())
    assert len(every) == len(calls)
    assert all(f.listed is not None or (f.state, f.reason) == ("expired", "capacity:calls") for f in every)
