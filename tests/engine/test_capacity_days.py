"""Capacity over days: what doesn't fit falls back, a closed day is no room, and limits of house, site and person hold
together."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.test_capacity import a_house, call, listed
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of, utc

FALLBACK = """
call: {at: same day 11:00, valid_for: 4 hours, script: hi}
sms: {at: 1 hour after previous, when: "previous.outcome == 'expired'", template: hi, valid_for: 1 day}
"""
CLOSED = "calendars: {business: {days: mon-fri, closed: ['2026-11-09']}}\n"


def a_closed_house(*rules: str, capacity: str, at: str, n: int = 3) -> Business:
    cadence = f"{{min_gap: 0 minutes, caps: [], holidays: none, capacity: {capacity}}}"
    people = [a_customer(f"c{i}", phone=f"+121255501{i:02}") for i in range(n)]
    return an_engine(rules_of(*rules, cadence=cadence) + CLOSED, *people, at=at)


def test_a_call_that_never_fits_expires_and_its_next_step_takes_over():
    it = a_house(a_rule(FALLBACK), call("big", 90), capacity="{calls_per_day: 1}", n=2)
    it.tell("big", "c0")
    it.tell("purchase", "c1")
    it.wait("2026-11-03T12:00")
    over, after = it.one("r", "call", "c1"), it.one("r", "sms", "c1")
    assert (over.state, over.reason, over.listed) == ("expired", "capacity:calls", None)
    assert over.ended == over.valid_until == utc("2026-11-02T20:00")
    assert (after.state, after.due) == ("sent", utc("2026-11-02T21:00"))
    with it.engine.store.reading() as tx:
        [end] = [t for t in tx.traces.of("c1") if t.decision == "expired"]
    assert end.reasons[0].numbers.items() >= {"taken": 1, "limit": 1, "of": "house"}.items()


def test_one_that_was_made_falls_back_to_nothing():
    it = a_house(a_rule(FALLBACK), capacity="{calls_per_day: 1}", n=1)
    it.tell("purchase", "c0")
    it.wait("2026-11-02T17:00").tell("outcome", "c0", rule="r", outcome="reached")
    assert [f.channel for f in it.wait("2026-11-04T00:00").all("c0")] == ["call"]


def test_a_closed_day_is_no_room():
    rule = call("c", 50, valid_for="6 days")
    it = a_closed_house(rule, capacity="{calls_per_day: 1}", at="2026-11-06T15:00")  # a Friday; Monday is closed
    for i in range(3):
        it.tell("c", f"c{i}")
    assert sorted(listed(it.wait("2026-11-13T00:00"), 3).values()) == ["06 16:00", "10 00:00", "11 00:00"]


def test_what_falls_due_on_a_closed_day_waits_for_the_next_open_one():
    it = a_closed_house(
        a_rule("task: {at: in 1 hour, title: hello, valid_for: 4 days}"), capacity="{tasks_per_day: 9}",
        at="2026-11-07T15:00",
    )  # fmt: skip
    it.tell("purchase", "c0")
    assert it.wait("2026-11-09T23:00").one(customer="c0").reason == "capacity:tasks"
    assert listed(it.wait("2026-11-10T12:00"), 1) == {"c0": "10 00:00"}


def test_without_limits_a_closed_day_keeps_nothing_off_the_list():
    it = a_closed_house(call("c", 50), capacity="{}", at="2026-11-07T15:00")
    it.tell("c", "c0")
    assert listed(it.wait("2026-11-07T17:00"), 1) == {"c0": "07 16:00"}


LIMITS = "{calls_per_day: 3, sites: {spa: {calls_per_day: 2}}, people: {lena: {calls_per_day: 1}}}"


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from([10, 50, 90]), st.sampled_from(["Lena", "Marco", ""]),
                  st.sampled_from(["spa", "bar"])), max_size=12,
    )
)  # fmt: skip
def test_house_site_and_person_hold_at_once_on_every_day(calls):
    it = a_house(*(call(f"p{p}", p, valid_for="4 days") for p in (10, 50, 90)), capacity=LIMITS)
    for n, (who, priority, staff, site) in enumerate(calls):
        it.tell(f"p{priority}", f"c{who}", id=f"e{n}", at="2026-11-02T12:00", staff=staff, site=site)
    it.wait("2026-11-10T00:00")
    every = [f for i in range(6) for f in it.all(f"c{i}")]
    done = [f for f in every if f.listed]
    for limit, scope in ((3, "house"), (2, "spa"), (1, "Lena")):
        mine = [f for f in done if scope in ("house", f.site, f.assign)]
        assert all(n <= limit for n in Counter(f.listed.date() for f in mine).values()), scope
    assert all(f.listed or (f.state, f.reason) == ("expired", "capacity:calls") for f in every)
    alike: dict[tuple[str, str], list] = {}
    for f in done:
        alike.setdefault((f.assign, f.site), []).append(f)
    for mine in alike.values():  # of those that ask for the same room the more important one is never later
        assert all(a.listed.date() <= b.listed.date() for a in mine for b in mine if a.priority > b.priority)
