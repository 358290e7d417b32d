"""Edge cases of events, by the numbers of the domain's list: T21 to T29."""

from __future__ import annotations

import pytest

from outreach.bootstrap import SystemClock
from tests.support.business import Business, a_customer, a_rule, an_engine, an_event, rules_of, utc

TOMORROW = "sms: {at: next day 10:00, template: hi}"
ORDER = rules_of(a_rule(TOMORROW, on="order.placed", key="order_id", stop_on="[order.cancelled, order.refunded]"))


def ends(it: Business) -> list[str]:
    return it.wait("2026-11-20T00:00").states()


def test_t21_the_same_event_twice_counts_once():
    it = an_engine(ORDER)
    assert [it.tell("order.placed", id="e1", order_id="o1").status for _ in range(3)] == [
        "accepted",
        *["duplicate"] * 2,
    ]
    assert ends(it) == ["sent"]


def test_t22_the_same_thing_under_another_id_is_known_by_its_key():
    it = an_engine(ORDER)
    it.tell("order.placed", id="e1", order_id="o1")
    it.tell("order.placed", id="e2", order_id="o1")
    assert ends(it) == ["sent"]


@pytest.mark.parametrize(("age", "states"), [("2026-11-01T15:00", ["sent"]), ("2026-10-30T14:00", [])])
def test_t23_news_that_comes_late_starts_nothing_when_it_is_too_old(age: str, states: list[str]):
    it = an_engine(rules_of(a_rule("sms: {at: in 2 days, template: hi}")))
    it.tell("purchase", at=age)
    assert ends(it) == states


def test_t24_a_cancellation_that_overtakes_its_order():
    it = an_engine(ORDER)
    it.tell("order.cancelled", at="2026-11-02T14:59", order_id="o1")
    it.tell("order.placed", at="2026-11-02T14:58", order_id="o1")
    it.tell("order.placed", at="2026-11-02T14:58", id="another", order_id="o2")
    assert sorted(ends(it)) == ["cancelled stop_on:order.cancelled", "sent"]


def test_t24_what_came_before_it_happened_cancels_nothing():
    it = an_engine(ORDER)
    it.tell("order.cancelled", at="2026-11-02T14:57", order_id="o1")
    it.tell("order.placed", at="2026-11-02T14:58", order_id="o1")
    assert ends(it) == ["sent"]


def test_t25_a_refund_cancels_what_is_ahead_and_apologises_for_nothing_that_was():
    before = an_engine(ORDER)
    before.tell("order.placed", order_id="o1")
    before.tell("order.refunded", order_id="o1")
    assert ends(before) == ["cancelled stop_on:order.refunded"]
    after = an_engine(ORDER)
    after.tell("order.placed", order_id="o1")
    after.wait("2026-11-04T15:00").tell("order.refunded", order_id="o1")
    assert ends(after) == ["sent"]


def test_t26_a_purchase_that_is_amended_is_judged_as_it_is_then():
    step = "sms: {at: on event.delivery 10:00, template: hi, when: event.total >= 30}"
    it = an_engine(rules_of(a_rule(step, on="order.placed", key="order_id")))
    it.tell("order.placed", order_id="o1", total=50, delivery="2026-11-05")
    it.tell("order.amended", order_id="o1", total=10, delivery="2026-11-06")
    assert ends(it) == ["cancelled when"]


def test_t27_what_will_only_happen_is_refused():
    it = an_engine(ORDER)
    receipt = it.tell("order.placed", at="2026-11-05T15:00", order_id="o1")
    assert (receipt.status, "check the sender's clock" in receipt.reason) == ("rejected", True)


@pytest.mark.parametrize(("at", "status"), [("2026-11-02T15:10", "accepted"), ("2027-11-02T15:00", "rejected")])
def test_t28_a_senders_clock_may_run_ten_minutes_ahead_not_a_year(at: str, status: str):
    it = an_engine(ORDER)
    assert it.tell("order.placed", at=at, order_id="o1").status == status


def test_t28_our_own_clock_never_goes_back(monkeypatch: pytest.MonkeyPatch):
    clock = SystemClock()
    before = clock.now()

    class Earlier:
        @staticmethod
        def now(zone: object) -> object:
            return utc("2001-01-01T00:00")

    monkeypatch.setattr("outreach.bootstrap.datetime", Earlier)
    assert clock.now() >= before


def test_t29_a_backfill_of_years_sends_nothing():
    rules = rules_of(
        a_rule(TOMORROW, on="purchase", name="r1"), a_rule("call: {script: hi}", on="visit", name="r2"),
        a_rule(TOMORROW, on="{inactive: 90 days}", name="r3"),
        a_rule(TOMORROW, on="{missing: visit, within: 2 days, after: purchase, key: k}", name="r4"),
    )  # fmt: skip
    it = an_engine(rules, *(a_customer(f"c{i}") for i in range(50)))
    for n in range(20):
        events = [
            an_event(
                ("purchase", "visit")[i % 2], f"c{i % 50}", f"20{23 + n % 3}-0{1 + i % 9}-1{n % 9}T10:00", f"e{n}-{i}"
            )
            for i in range(500)
        ]
        it.engine.ingest(events)
    it.wait("2026-11-20T00:00")
    assert [f for i in range(50) for f in it.all(f"c{i}")] == []
