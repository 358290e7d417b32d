"""What ends a run: `stop_on`, the thing that was missing, and news that overtook other news."""

from __future__ import annotations

from tests.support.business import a_rule, an_engine, an_event, rules_of

MISSING = rules_of(
    a_rule(
        "call: {at: immediately, script: hi}",
        on="{missing: order.shipped, within: 3 days, after: order.placed, key: order_id}",
    )
)


def test_stop_on_cancels_what_lies_ahead():
    shop = an_engine(rules_of(a_rule(stop_on="[complaint.opened]")))
    shop.tell("purchase")
    shop.tell("complaint.opened")
    assert shop.states() == ["cancelled stop_on:complaint.opened"]
    assert shop.wait("2026-11-09T15:00").touches() == []


def test_stop_on_ends_the_whole_run_but_not_what_was_done():
    shop = an_engine(
        rules_of(a_rule("sms: {at: in 1 hour, template: hi}\nsms: {at: in 2 days, template: hi}", stop_on="[refund]"))
    )
    shop.tell("purchase")
    shop.wait("2026-11-03T15:00").tell("refund")
    assert shop.states() == ["sent", "cancelled stop_on:refund"]


def test_an_event_does_not_stop_the_run_it_starts():
    shop = an_engine(rules_of(a_rule(on="visit", stop_on="[visit]")))
    shop.tell("visit", id="v1")
    assert shop.states() == ["scheduled"]
    shop.tell("visit", id="v2")
    assert sorted(shop.states()) == ["cancelled stop_on:visit", "scheduled"]


def test_with_the_key_it_stops_just_that_run():
    shop = an_engine(rules_of(a_rule(key="order_id", stop_on="[order.*]")))
    shop.tell("purchase", id="e1", order_id="A")
    shop.tell("purchase", id="e2", order_id="B")
    shop.tell("order.cancelled", order_id="A")
    assert {f.key: f.state for f in shop.all()} == {"A": "cancelled", "B": "scheduled"}


def test_without_the_key_it_stops_all_runs():
    shop = an_engine(rules_of(a_rule(key="order_id", stop_on="[complaint.opened]")))
    shop.tell("purchase", id="e1", order_id="A")
    shop.tell("purchase", id="e2", order_id="B")
    shop.tell("complaint.opened")
    assert {f.state for f in shop.all()} == {"cancelled"}


def test_a_call_on_the_list_is_withdrawn_and_its_place_given_back():
    shop = an_engine(rules_of(a_rule("call: {at: in 1 hour, script: hi}", stop_on="[refund]")))
    shop.tell("purchase")
    assert len(shop.wait("2026-11-02T16:00").touches()) == 1
    shop.tell("refund")
    assert (shop.states(), shop.touches()) == (["cancelled stop_on:refund"], [])


def test_what_did_not_come_in_time_calls():
    shop = an_engine(MISSING)
    shop.tell("order.placed", order_id="A")
    assert shop.wait("2026-11-05T14:59").states() == ["scheduled"]
    assert shop.wait("2026-11-05T15:00").states() == ["listed"]


def test_what_came_in_time_withdraws_the_call():
    shop = an_engine(MISSING)
    shop.tell("order.placed", order_id="A")
    shop.wait("2026-11-04T15:00").tell("order.shipped", order_id="A")
    assert shop.states() == ["cancelled came:order.shipped"]


def test_what_came_late_withdraws_a_call_that_was_not_made_yet():
    shop = an_engine(MISSING)
    shop.tell("order.placed", order_id="A")
    shop.wait("2026-11-05T16:00").tell("order.shipped", order_id="A")
    assert (shop.states(), shop.touches()) == (["cancelled came:order.shipped"], [])


def test_what_came_for_another_order_withdraws_nothing():
    shop = an_engine(MISSING)
    shop.tell("order.placed", order_id="A")
    shop.tell("order.shipped", order_id="B")
    assert shop.states() == ["scheduled"]


def test_what_came_before_the_news_it_follows_starts_nothing():
    shop = an_engine(MISSING)
    shop.tell("order.shipped", order_id="A")
    shop.tell("order.placed", at="2026-11-02T14:00", order_id="A")
    assert shop.states() == []


def test_what_came_before_is_found_among_others():
    shop = an_engine(MISSING)
    shop.tell("order.shipped", id="s1", at="2026-11-02T14:40", order_id="A")
    shop.tell("order.shipped", id="s2", at="2026-11-02T14:50", order_id="B")
    shop.tell("order.placed", at="2026-11-02T14:00", order_id="A")
    assert shop.states() == []


def test_what_came_before_is_seen_inside_one_batch():
    shop = an_engine(MISSING)
    shop.engine.ingest(
        [an_event("order.shipped", order_id="A"), an_event("order.placed", at="2026-11-02T15:01", order_id="A")]
    )
    assert shop.states() == []


def test_a_rule_that_was_removed_or_switched_off_ends_what_it_planned():
    for left, reason in (("", "rule_removed"), (a_rule(active="false"), "rule_inactive")):
        shop = an_engine(rules_of(a_rule()))
        shop.tell("purchase")
        after = an_engine(rules_of(left, a_rule(name="other")), store=shop.engine.store)
        assert after.wait("2026-11-03T15:00").states() == [f"cancelled {reason}"]
