"""Laws and zones in the whole engine: what waits, what is refused, and what a word about her changes."""

from __future__ import annotations

from tests.support.business import a_customer, a_rule, an_engine, rules_of, utc

LAWS = "{min_gap: 0 minutes, caps: [], holidays: none, laws: [us, fr, de]}"
TEXT = "sms: {at: in 12 hours, template: hi}"  # of a purchase at ten in the morning in New York: ten in the evening
NOWHERE = "+18005550101"


def test_at_night_a_text_waits_for_the_law_s_morning():
    shop = an_engine(rules_of(a_rule(TEXT), cadence=LAWS))
    shop.tell("purchase")
    assert shop.wait("2026-11-04T00:00").one().ended == utc("2026-11-03T13:00")  # eight in New York
    assert ("deferred", "law:us:hours") in shop.reasons()


def test_an_answer_comes_at_night_as_it_did():
    shop = an_engine(rules_of(a_rule(TEXT, purpose="transactional"), cadence=LAWS))
    shop.tell("purchase")
    assert shop.wait("2026-11-04T00:00").one().ended == utc("2026-11-03T03:00")


def test_in_two_zones_it_waits_for_both():
    """219 is Gary: eight in the morning by Chicago's clock."""
    shop = an_engine(rules_of(a_rule(TEXT), cadence=LAWS), a_customer(timezone="", phone="+12195550101"))
    shop.tell("purchase")
    assert shop.wait("2026-11-04T00:00").one().ended == utc("2026-11-03T14:00")


def test_whose_place_nobody_knows_waits_until_it_is_told():
    shop = an_engine(rules_of(a_rule(), cadence=LAWS), a_customer(timezone="", phone=NOWHERE))
    shop.tell("purchase")
    assert shop.wait("2026-11-02T17:00").states() == ["scheduled unknown_place"]
    shop.tell("customer.changed", country="US", region="NY")
    assert shop.wait("2026-11-02T17:00").states() == ["sent"]


def test_whose_place_nobody_tells_is_not_contacted():
    shop = an_engine(rules_of(a_rule(), cadence=LAWS), a_customer(phone=NOWHERE))
    shop.tell("purchase")
    assert shop.wait("2026-11-09T00:00").states() == ["expired unknown_place"]


def test_without_laws_an_unknown_place_is_no_matter():
    shop = an_engine(rules_of(a_rule()), a_customer(timezone="", phone=NOWHERE))
    shop.tell("purchase")
    assert shop.wait("2026-11-09T00:00").states() == ["sent"]


def test_a_step_that_won_t_wait_for_room_is_dropped_at_a_law_s_limit_too():
    rules = rules_of(a_rule("sms: {at: immediately, template: hi}", on_cap="drop"), cadence=LAWS)
    shop = an_engine(rules, a_customer(phone="+13055550101"))
    for n in range(4):
        shop.tell("purchase", at=f"2026-11-02T1{n + 5}:00", id=f"e{n}")
        shop.wait(f"2026-11-02T1{n + 5}:00")
    assert sorted(shop.states()) == ["cancelled law:us-fl:3/24h", "sent", "sent", "sent"]


def test_a_law_s_window_is_remembered_for_as_long_as_it_lasts():
    rules = rules_of(a_rule("call: {at: immediately, script: hi, valid_for: 9 days}"), cadence=LAWS)
    shop = an_engine(rules, a_customer(phone="+33612345678", timezone="Europe/Paris"))
    for day in (5, 9, 12, 20):
        shop.tell("contact.made", at=f"2026-10-{day:02}T09:00", channel="call", id=f"by-hand-{day}")
    shop.tell("purchase")
    held = shop.wait("2026-11-02T16:00").one()
    assert (held.state, held.reason, held.wake) == ("scheduled", "law:fr:4/30d", utc("2026-11-04T09:00"))


def test_where_the_law_wants_a_yes_nobody_is_called_without_one():
    cadence = LAWS[:-1] + ", purposes: {marketing: {consent: assumed}}}"
    rules = rules_of(a_rule("call: {at: immediately, script: hi}", purpose="marketing"), cadence=cadence)
    shop = an_engine(rules, a_customer(phone="+4915112345678", timezone="Europe/Berlin"), agreed=False)
    shop.tell("purchase")
    assert shop.wait("2026-11-02T16:00").states() == ["suppressed law:de:consent"]
    shop.tell("consent.given", channel="call", purpose="marketing", id="yes", at="2026-11-02T16:30")
    shop.tell("purchase", id="again", at="2026-11-02T16:30")
    assert shop.wait("2026-11-02T17:00").states() == ["suppressed law:de:consent", "listed"]


def test_a_moment_is_reckoned_on_the_clock_of_her_area_code_and_moves_with_better_news():
    shop = an_engine(
        rules_of(a_rule("call: {at: next day 10:00, script: hi}")), a_customer(timezone="", phone="+13035550101")
    )
    shop.tell("purchase")
    assert shop.one().due == utc("2026-11-03T17:00")  # ten in Denver
    shop.tell("customer.changed", country="US", region="CA")
    assert shop.one().due == utc("2026-11-03T18:00")
    shop.tell("customer.changed", timezone="Europe/Paris", id="moved")
    assert shop.one().due == utc("2026-11-03T09:00")
