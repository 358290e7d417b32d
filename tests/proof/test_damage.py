"""Every kind of check sees its own kind of damage, by name, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from outreach.core.policy import Policy
from outreach.desk import Said, cards, outcome, undo
from outreach.store.codec import micros
from tests.proof.damage import CALM, HOURS, MON, NEXT, RULES, WED, House, a_house
from tests.support.business import a_customer, an_engine, rules_of, utc

H = timedelta(hours=1)
FREE = "{min_gap: 20 hours, holidays: none}"
LAWS = "{min_gap: 0 minutes, hours: {}, laws: [us]}"


@pytest.fixture
def house() -> House:
    return a_house()


def test_the_minimum_gap(house: House):
    house.shift("call", -47)
    found = house.proof()
    assert {f.rule for f in found.faults} == {"gap:20h"}
    assert {f.subject[:2] for f in found.faults} == {"c:", "a:"}  # her, and the phone
    assert found.faults[0].numbers == {"allowed": 1, "found": 2, "window": "20h", "minutes_since": 60}
    assert (found.violations, found.broken["gap"]) == (2, 2)
    assert found.said == "2 violations in 3 touches of 1 customers"


def test_a_gap_is_over_when_it_is_over():
    house = a_house(FREE)
    house.shift("call", -28)
    assert house.rules() == set()
    house.shift("call", -1 / 3600)
    assert house.rules() == {"gap:20h"}


def test_a_place_that_keeps_no_gap(house: House):
    house.do("UPDATE touch SET gap_until = NULL WHERE channel = 'sms'")
    assert house.rules() == {"gap:20h"}


def test_a_cap():
    house = a_house(
        "{min_gap: 20 hours, holidays: none, caps: [{max: 1, per: 40 hours}, {max: 1, per: 20 days, channel: sms}]}"
    )
    house.shift("call", -24)
    assert house.rules() == {"cap:1/40h"}


def test_the_cap_of_one_channel():
    house = a_house("{min_gap: 20 hours, caps: [{max: 1, per: 20 days, channel: sms}]}")
    house.do("UPDATE touch SET channel = 'sms' WHERE channel = 'call'")
    assert house.rules() == {"cap:1/20d"}


def test_the_back_off():
    house = a_house("{min_gap: 20 hours, back_off: {after: 0, factor: 3, longest: 8}}")
    house.do("UPDATE event SET type = 'customer.changed' WHERE type = 'visit'")
    found = house.proof().faults
    assert [(f.rule, f.subject, f.numbers["unanswered"]) for f in found] == [("back_off:60h", "c:c1", 1)]


def undo_the_outcome(house: House, at: datetime) -> None:
    house.do(
        "INSERT INTO event SELECT bucket, tenant_id, customer, source, 'undo:' || id, 'outcome.undone', ?, '', '{}', ?"
        " FROM event WHERE type = 'outcome'", micros(at), micros(at),
    )  # fmt: skip


def test_the_back_off_knows_what_was_taken_back():
    house = a_house("{min_gap: 20 hours, back_off: {after: 1, factor: 7, longest: 8}}")
    house.do("UPDATE event SET type = 'customer.changed' WHERE type IN ('visit', 'promo')")
    assert house.rules() == set()  # the call on Wednesday reached her
    undo_the_outcome(house, WED + H)
    found = house.proof().faults
    assert [(f.rule, f.subject, f.numbers["unanswered"]) for f in found] == [("back_off:140h", "c:c1", 2)]
    house.do("UPDATE event SET source = 'another' WHERE type = 'outcome.undone'")
    assert house.rules() == set()


def test_the_back_off_knows_what_staff_took_back():
    cadence = "{min_gap: 20 hours, back_off: {after: 1, factor: 7, longest: 8}}"
    shop = an_engine(rules_of(*RULES, cadence=cadence), a_customer(country="US", region="NY"))
    shop.tell("purchase")
    shop.wait("2026-11-04T15:00").tell("visit")
    shop.wait("2026-11-04T16:30")
    [card] = cards(shop.engine)
    assert outcome(shop.engine, card.id, Said(outcome="reached", by="Lena")).ok
    assert undo(shop.engine, card.id, "Lena").ok
    assert outcome(shop.engine, card.id, Said(outcome="no_answer", by="Lena")).ok
    shop.wait("2026-11-09T15:00").tell("promo")
    shop.wait("2026-11-20T15:00")
    house = House(shop)
    assert house.rules() == set()
    house.do("UPDATE event SET type = 'customer.changed' WHERE type IN ('visit', 'promo')")
    assert house.rules() == {"back_off:140h"}


def test_what_was_taken_back_later_was_a_sign_until_then():
    house = a_house("{min_gap: 20 hours, back_off: {after: 1, factor: 7, longest: 8}}")
    house.do("UPDATE event SET type = 'customer.changed' WHERE type IN ('visit', 'promo')")
    undo_the_outcome(house, NEXT)
    assert house.rules() == set()


def test_silence_after_a_refusal():
    house = a_house("{min_gap: 20 hours, silence_after_refusal: 3 days}")
    house.hold("refusal", WED - 2 * H)
    assert house.rules() == {"silence:3d"}


def test_silence_ends():
    house = a_house("{min_gap: 20 hours, silence_after_refusal: 1 day}")
    house.hold("refusal", WED - 24 * H)
    assert house.rules() == set()


def test_an_open_hold(house: House):
    house.hold("complaint", NEXT - H)
    assert house.rules() == {"hold:complaint"}


def test_a_hold_that_was_closed_again_or_opened_later(house: House):
    house.hold("complaint", WED, NEXT - H)
    assert house.rules() == set()
    house.do("UPDATE hold SET opened = ?, closed = NULL", micros(NEXT + H))
    assert house.rules() == set()


def test_a_hold_that_nobody_knew_of(house: House):
    house.hold("complaint", NEXT - H)
    house.hear("complaint.opened", NEXT - H, received=NEXT + H)
    assert house.rules() == set()


def test_a_reply_that_nobody_had_read(house: House):
    house.hold("reply", WED - 2 * H)
    assert house.rules() == {"hold:reply"}
    house.do("UPDATE hold SET opened = ?", micros(WED - 24 * H))
    assert house.rules() == set()


def test_the_house_s_hours(house: House):
    house.shift("sms", -3)
    found = house.proof().faults
    assert [(f.check, f.rule, f.numbers["zone"]) for f in found] == [("hours", "hours:sms", "America/New_York")]


def test_the_hours_of_every_zone_she_may_be_in():
    """By what was known then, although she says today where she is."""
    house = a_house(f"{{holidays: none, {HOURS}}}")
    house.do("UPDATE customer SET updated = ?", micros(NEXT + H))
    house.do('UPDATE touch SET known = replace(known, \'"America/New_York"\', \'"America/New_York","Asia/Tokyo"\')')
    assert house.rules() == {"hours:sms", "hours:call", "hours:email"}


def test_zones_that_other_tables_tell_today(house: House):
    house.do("UPDATE touch SET known = replace(known, 'America/New_York', 'Asia/Tokyo') WHERE channel = 'sms'")
    found = house.proof()
    assert (found.faults, dict(found.not_judged)) == ([], {"hours: other tables tell her zones today": 1})


def test_no_zone_at_all(house: House):
    house.do("UPDATE customer SET updated = ?", micros(NEXT + H))
    house.do("UPDATE touch SET known = replace(known, '\"America/New_York\"', '') WHERE channel = 'sms'")
    assert house.rules() == {"unknown_timezone"}


def test_a_holiday(house: House):
    house.shift("call", 7 * 24)
    assert house.rules() == {"holiday"}  # Veterans Day


def test_a_law_s_hours():
    house = a_house(LAWS)
    house.shift("sms", -4)
    assert house.rules() == {"law:us:hours"}


def test_a_law_s_holiday():
    house = a_house("{min_gap: 0 minutes, hours: {}, holidays: none, laws: [us]}", region="PA", phone="+12155550101")
    house.shift("call", 7 * 24)
    assert house.rules() == {"law:us-pa:holiday"}


def test_a_law_s_limit():
    house = a_house(LAWS, region="FL", phone="+13055550101")
    for n in (1, 2, 3):
        house.copy("touch", "channel = 'call' AND follow_up <> ''", id=f"x{n}", at=f"(at - {n} * 60000000)",
                   counts="no", follow_up="", known="")  # fmt: skip
        assert house.rules() == (set() if n < 3 else {"law:us-fl:3/24h"})


def test_no_place_whose_laws_could_be_kept():
    house = a_house(LAWS)
    house.do("UPDATE touch SET known = replace(known, '[\"US\",\"NY\"]]', ']') WHERE channel = 'sms'")
    house.do("UPDATE touch SET known = replace(known, '\"places\":[],', '\"places\":[],') WHERE channel = 'sms'")
    assert house.rules() == {"unknown_place"}


def test_consent_that_nobody_gave(house: House):
    house.do("DELETE FROM consent")
    assert house.rules() == {"no_consent:email"}


def test_consent_that_had_run_out(house: House):
    house.do("UPDATE consent SET expires = ?", micros(NEXT))
    assert house.rules() == {"no_consent:email"}
    house.do("UPDATE consent SET expires = ?", micros(NEXT + H))
    assert house.rules() == set()


def test_a_law_that_wants_a_yes():
    free = "min_gap: 0 minutes, hours: {}, holidays: none, purposes: {marketing: {consent: assumed}}"
    germany = {"country": "DE", "region": "", "phone": "+493012345678", "timezone": "Europe/Berlin"}
    house = a_house(f"{{{free}, laws: [de]}}", **germany)
    house.do("DELETE FROM consent")
    assert house.rules() == set()  # of e-mail the law doesn't speak
    house.do("UPDATE touch SET purpose = 'marketing' WHERE channel = 'call'")
    assert house.rules() == {"no_consent:call"}


def test_consent_that_was_withdrawn(house: House):
    house.withdraw(NEXT - H)
    house.hear("consent.withdrawn", NEXT - H)
    assert house.rules() == {"opted_out:email"}


def test_a_withdrawal_that_came_late_or_later(house: House):
    house.withdraw(NEXT - H)
    house.hear("consent.withdrawn", NEXT - H, received=NEXT + H)
    found = house.proof()
    assert (found.faults, found.not_judged) == ([], {})


def test_a_withdrawal_of_which_nobody_knows_when_it_came(house: House):
    house.withdraw(NEXT - 2 * H)
    found = house.proof()
    assert found.faults == []
    assert list(found.not_judged.values()) == [1]


def test_a_withdrawal_of_somebody_at_the_same_address(house: House):
    house.suppress("email", NEXT - H, "consent.withdrawn", scope="email:marketing")
    house.hear("consent.withdrawn", NEXT - H)
    assert house.rules() == {"opted_out:email"}


def test_an_address_on_the_suppression_list(house: House):
    house.suppress("call", WED - H)
    assert house.rules() == {"suppressed:call"}


def test_an_address_that_came_onto_the_list_later(house: House):
    house.suppress("call", WED + H)
    assert house.rules() == set()


def test_two_live_touches_of_one_follow_up(house: House):
    house.copy("touch", "channel = 'sms'", id="x", counts="no", gap_until="(NULL)")
    assert house.rules() == {"one_touch"}


def test_a_touch_that_its_address_doesn_t_know(house: House):
    house.do("DELETE FROM touch WHERE subject LIKE 'a:%' AND channel = 'sms'")
    assert house.rules() == {"entries"}


def test_a_touch_that_its_customer_doesn_t_know(house: House):
    house.copy("touch", "subject LIKE 'a:%' AND channel = 'sms'", id="x", follow_up="", known="", counts="no",
               gap_until="(NULL)")  # fmt: skip
    assert house.rules() == {"entries"}


def test_a_touch_that_its_address_remembers_otherwise(house: House):
    house.do("UPDATE touch SET state = 'unknown' WHERE subject LIKE 'a:%' AND channel = 'sms'")
    assert house.rules() == {"entries"}


def test_a_touch_of_a_follow_up_that_reached_nobody(house: House):
    house.do("UPDATE follow_up SET state = 'cancelled', reason = 'x' WHERE channel = 'sms'")
    assert house.rules() == {"touch_alone"}


def test_a_touch_of_no_follow_up(house: House):
    house.do("DELETE FROM follow_up WHERE channel = 'call'")
    assert house.rules() == {"touch_alone"}


def test_a_call_that_isn_t_in_the_ledger(house: House):
    house.do("DELETE FROM touch WHERE channel = 'call'")
    assert house.rules() == {"no_touch"}


def test_one_event_that_began_a_step_twice(house: House):
    house.copy("follow_up", "channel = 'sms'", id="x", state="cancelled", reason="x")
    assert house.rules() == {"twice"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [("reason = ''", "no_reason"), ("ended = NULL", "no_end"), ("wake = 1", "no_end")],
)
def test_an_end_that_isn_t_explained(house: House, change: str, rule: str):
    house.do(f"UPDATE follow_up SET {change} WHERE channel = 'call'")
    assert house.rules() == {rule}


def test_a_follow_up_that_nobody_looks_at(house: House):
    house.copy("follow_up", "channel = 'sms'", id="x", rule="y", state="scheduled", ended="(NULL)", wake="(NULL)")
    assert house.rules() == {"lost"}


def test_a_claim_that_outlasts_its_lease(house: House):
    late = micros(house.shop.clock.instant - 2 * H)
    house.copy("follow_up", "channel = 'sms'", id="x", rule="y", state="claimed", channel="task", wake=f"({late})",
               ended="(NULL)")  # fmt: skip
    assert house.rules() == {"lease"}
    house.do("UPDATE follow_up SET wake = ? WHERE id = 'x'", micros(house.shop.clock.instant + H))
    assert house.rules() == set()


@pytest.mark.parametrize(
    "change", ["state = 'refused'", "made = made + 1", "ended = made - 1", "number = 7", "channel = 'email'"]
)
def test_an_attempt_that_tells_another_story_than_the_ledger(house: House, change: str):
    house.do(f"UPDATE attempt SET {change} WHERE channel = 'sms'")
    assert {f.check for f in house.proof().faults} == {"attempt"}


def test_a_message_that_was_sent_twice(house: House):
    house.copy("attempt", "channel = 'sms'", id="x", number="(1)")
    assert {f.said for f in house.proof().faults} == {"one follow-up was sent 2 times"}


def test_a_contact_by_hand_is_told_apart(house: House):
    shop = house.shop
    shop.clock.instant = utc("2026-11-20T16:00")
    shop.tell("contact.made", channel="call", by="Lena")
    shop.tell("contact.made", at="2026-11-09T17:00", channel="call", by="Lena", id="late")
    found = House(shop).proof()
    assert (found.faults, [(f.rule, f.at[:10]) for f in found.by_hand]) == ([], [("gap:20h", "2026-11-09")])


def test_a_contact_by_hand_that_was_told_later_accuses_nobody(house: House):
    house.shop.tell("contact.made", at="2026-11-09T15:30", channel="call", by="Lena")
    assert house.rules() == set()
    house.do("UPDATE event SET received = time WHERE type = 'contact.made'")
    assert house.rules() == {"gap:20h"}


def test_what_another_cadence_decided_is_counted_and_the_gap_still_judged(house: House):
    old = house.shop.engine.policy
    other = Policy(cadence=old.cadence, calendar=old.calendar, holidays=old.holidays, atlas=old.atlas, version="other")
    found = house.proof(policy=other)
    assert (found.faults, list(found.not_judged.values())) == ([], [3])
    house.shift("call", -47)
    assert {f.rule for f in house.proof(policy=other).faults} == {"gap:20h"}


def test_what_is_from_before_it_was_kept_is_counted(house: House):
    house.do("UPDATE touch SET known = ''")
    found = house.proof()
    assert (found.faults, list(found.not_judged.values()), found.touches) == ([], [3], 3)


def test_what_can_t_be_read_is_counted_too(house: House):
    house.do("UPDATE touch SET known = '{' WHERE channel = 'sms'")
    found = house.proof()
    assert (found.faults, list(found.not_judged.values())) == ([], [1])


def test_since_a_moment(house: House):
    house.shift("call", -47)
    assert house.proof(since=WED).violations == 0
    assert house.proof(since=WED).said == "0 violations in 1 touches of 1 customers"
    assert house.proof(since=MON).violations == 2


def test_another_cadence_is_another_version():
    versions = {a_house(text).shop.engine.policy.version for text in (CALM, LAWS, f"{{min_gap: 21 hours, {HOURS}}}")}
    assert len(versions) == 3
    assert a_house(CALM).shop.engine.policy.version in versions
