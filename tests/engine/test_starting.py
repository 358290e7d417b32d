"""Whether a run begins: once per what, for which sites, in which season, and what is late."""

from __future__ import annotations

import pytest

from outreach.core.follow_up import FollowUp
from tests.support.business import a_customer, a_rule, an_engine, an_event, rules_of

DATED = (
    "sms: {at: 5 days before event.arrival 09:00, template: hi}\n"
    "sms: {at: 1 day after event.arrival 10:00, template: hi}"
)


def test_once_per_event_begins_with_every_event():
    shop = an_engine(rules_of(a_rule(once_per="event")))
    for n in range(3):
        shop.tell("purchase", id=f"e{n}")
    assert len(shop.all()) == 3


def test_once_per_customer_begins_once_for_ever():
    shop = an_engine(rules_of(a_rule(once_per="customer")), a_customer(), a_customer("c2"))
    for n, customer in enumerate(("c1", "c1", "c2")):
        shop.tell("purchase", customer, id=f"e{n}")
    shop.wait("2027-11-02T15:00").tell("purchase")
    assert (len(shop.all()), len(shop.all("c2"))) == (1, 1)


def test_once_per_year_is_the_year_on_the_customers_wall():
    shop = an_engine(rules_of(a_rule(once_per="year")))
    shop.tell("purchase")
    shop.wait("2027-01-01T04:59").tell("purchase")  # still New Year's Eve in New York
    assert len(shop.all()) == 1
    shop.wait("2027-01-01T05:00").tell("purchase")
    assert len(shop.all()) == 2


def test_once_per_90_days_counts_from_the_last_beginning():
    shop = an_engine(rules_of(a_rule(once_per="90 days")))
    shop.tell("purchase")
    shop.wait("2027-01-31T14:59").tell("purchase")
    assert len(shop.all()) == 1
    shop.wait("2027-01-31T15:00").tell("purchase")
    assert len(shop.all()) == 2


def test_once_per_90_days_holds_inside_one_batch():
    shop = an_engine(rules_of(a_rule(once_per="90 days")))
    shop.engine.ingest([an_event("purchase", id="a"), an_event("purchase", id="b")])
    assert len(shop.all()) == 1


def test_a_key_begins_one_run_for_each_thing():
    shop = an_engine(rules_of(a_rule(key="order_id")))
    for n, order in enumerate(("A", "A", "B")):
        shop.tell("purchase", id=f"e{n}", order_id=order)
    assert sorted(f.key for f in shop.all()) == ["A", "B"]


def test_without_its_key_an_event_stands_for_itself():
    shop = an_engine(rules_of(a_rule(key="order_id")))
    shop.tell("purchase", id="e1")
    shop.tell("purchase", id="e2")
    assert len(shop.all()) == 2


def test_a_known_run_is_not_begun_again_and_a_stop_in_the_same_batch_reaches_it():
    shop = an_engine(rules_of(a_rule(once_per="customer", stop_on="[complaint.opened]")))
    shop.tell("purchase", id="first")
    shop.engine.ingest([an_event("purchase", id="e2"), an_event("complaint.opened", at="2026-11-02T15:00:01")])
    assert shop.states() == ["cancelled stop_on:complaint.opened"]


@pytest.mark.parametrize(
    ("event_site", "customer_site", "runs"), [("north", "", 1), ("", "north", 1), ("south", "north", 0)]
)
def test_a_rule_for_a_site_looks_at_the_event_first(event_site: str, customer_site: str, runs: int):
    shop = an_engine(rules_of(a_rule(site="north")), a_customer(site=customer_site))
    shop.tell("purchase", site=event_site)
    assert len(shop.all()) == runs


@pytest.mark.parametrize(
    ("at", "runs"), [("2026-11-03T04:59", 0), ("2026-11-03T05:00", 1), ("2026-11-05T04:59", 1), ("2026-11-05T05:00", 0)]
)
def test_a_season_counts_in_the_customers_days_its_last_one_included(at: str, runs: int):
    shop = an_engine(rules_of(a_rule(**{"from": "2026-11-03", "until": "2026-11-04"})), at=at)
    shop.tell("purchase")
    assert len(shop.all()) == runs


def test_an_inactive_rule_begins_nothing():
    shop = an_engine(rules_of(a_rule(active="false")))
    shop.tell("purchase")
    assert shop.all() == []


def late(mode: str) -> list[FollowUp]:
    """Booked on 2 November for the 4th: the mail five days before is over, the one a day after lies ahead."""
    shop = an_engine(rules_of(a_rule(DATED, on="stay.booked", late=mode)))
    shop.tell("stay.booked", arrival="2026-11-04")
    return shop.wait("2026-11-20T00:00").all()


def test_late_steps_are_skipped_with_a_reason():
    before, after = late("skip")
    assert (before.state, before.reason, after.state) == ("expired", "late", "sent")


@pytest.mark.parametrize("mode", ["latest", "all"])
def test_late_steps_may_be_done_at_once(mode: str):
    before, after = late(mode)
    assert (before.state, before.ended, after.state) == ("sent", before.started, "sent")


def test_of_many_late_steps_the_latest_may_be_done():
    many = "\n".join(
        f"sms: {{at: {n} days before event.arrival 09:00, template: hi, valid_for: 1 hour}}" for n in (9, 5, 3)
    )
    shop = an_engine(rules_of(a_rule(many, on="stay.booked", late="latest")))
    shop.tell("stay.booked", arrival="2026-11-04")
    assert shop.wait("2026-11-20T00:00").states() == ["expired late", "expired late", "sent"]


def test_a_step_without_a_date_is_born_cancelled_with_the_reason():
    shop = an_engine(rules_of(a_rule(DATED, on="stay.booked")))
    shop.tell("stay.booked")
    assert {f.state for f in shop.all()} == {"cancelled"}
    assert all(f.reason for f in shop.all())


def test_a_family_of_events_begins_a_rule():
    shop = an_engine(rules_of(a_rule(on="order.*")))
    shop.tell("order.placed")
    shop.tell("orders.placed")
    assert len(shop.all()) == 1


def test_planning_says_why():
    shop = an_engine(rules_of(a_rule(when="event.total > 3")))
    shop.tell("purchase", total=5)
    assert [code for _, code in shop.reasons()] == ["on:purchase", "when", "due"]
