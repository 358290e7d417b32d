"""An open complaint holds marketing, and what waited is woken when it is resolved."""

from __future__ import annotations

import pytest

from tests.support.business import Business, a_rule, an_engine, rules_of

CADENCE = "{min_gap: 0 minutes, caps: [], holidays: none, holds: [{while: complaint, purposes: [marketing]}]}"
ADVERT = "sms: {at: in 1 hour, template: hi, valid_for: 10 days}"
RULES = rules_of(a_rule(ADVERT, purpose="marketing", name="advert"), a_rule(name="care"), cadence=CADENCE)


@pytest.fixture
def shop() -> Business:
    shop = an_engine(RULES)
    shop.tell("complaint.opened", complaint_id="K1")
    shop.tell("purchase")
    return shop.wait("2026-11-04T15:00")


def test_a_complaint_holds_marketing_and_nothing_else(shop: Business):
    assert (shop.one("advert").reason, shop.one("care").state) == ("hold:complaint", "sent")


def test_when_it_is_resolved_what_waited_goes_out_at_once(shop: Business):
    shop.tell("complaint.resolved", complaint_id="K1")
    assert shop.wait(shop.clock.instant).one("advert").state == "sent"
    assert ("woken", "complaint.resolved") in shop.reasons()


def test_while_another_complaint_is_open_it_goes_on_waiting(shop: Business):
    shop.tell("complaint.opened", complaint_id="K2")
    shop.tell("complaint.resolved", complaint_id="K1")
    assert shop.wait("2026-11-05T15:00").one("advert").state == "scheduled"


def test_resolved_without_a_name_closes_all(shop: Business):
    shop.tell("complaint.opened", complaint_id="K2")
    shop.tell("complaint.resolved")
    assert shop.wait("2026-11-05T15:00").one("advert").state == "sent"


def test_what_is_held_to_the_end_of_its_worth_expires_for_that_reason(shop: Business):
    expired = shop.wait("2026-11-20T00:00").one("advert")
    assert (expired.state, expired.reason, expired.ended) == ("expired", "hold:complaint", expired.valid_until)


def test_a_complaint_opened_again_holds_again(shop: Business):
    shop.tell("complaint.resolved", complaint_id="K1")
    shop.tell("complaint.opened", complaint_id="K1", id="again")
    assert shop.wait("2026-11-05T15:00").one("advert").state == "scheduled"


def test_a_condition_may_ask_for_it():
    shop = an_engine(rules_of(a_rule(when="open('complaint')")))
    shop.tell("purchase", id="e1")
    shop.tell("complaint.opened")
    shop.tell("purchase", id="e2")
    assert [f.event for f in shop.all()] == ["e2"]


def test_news_of_the_end_may_overtake_news_of_the_beginning():
    shop = an_engine(RULES)
    shop.tell("complaint.resolved", at="2026-11-02T14:00", complaint_id="K1")
    shop.tell("complaint.opened", at="2026-11-02T13:00", complaint_id="K1")
    shop.tell("purchase")
    assert shop.wait("2026-11-04T15:00").one("advert").state == "sent"
