"""`why` explains in words: every deciding path with its numbers, on the customer's clock, and what was known then."""

from __future__ import annotations

import re

import pytest
from syrupy.assertion import SnapshotAssertion

from outreach.cli.explaining import told_why
from outreach.saying import clock
from outreach.why import why
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of, utc

FREE = "min_gap: 0 minutes, caps: [], holidays: none"
RAW = re.compile(r"\d{4}-\d\d-\d\dT\d\d:|[0-9a-f]{32}|\bNone\b|timedelta|<")
SMS = "sms: {at: in 1 hour, template: hi, valid_for: 2 days}"
CALL = "call: {at: in 1 hour, script: hi, valid_for: 4 hours}"


def a_house(*rules: str, cadence: str = FREE, **given: object) -> Business:
    return an_engine(rules_of(*rules, cadence=f"{{{cadence}}}"), a_customer(), a_customer("c2"), **given)


def text(it: Business, customer: str = "c1", at: str = "", rule: str = "") -> str:
    answer = why(it.engine, customer, rule, utc(at) if at else None)
    show = clock(it.engine.policy.wall_zone(answer.customer), it.clock.now())
    return "\n".join(told_why(answer, show))


def capped() -> Business:
    it = a_house(a_rule(SMS), cadence="min_gap: 0 minutes, caps: [{max: 1, per: 14 days}], holidays: none")
    it.tell("contact.made", channel="call", by="Lena", note="about the mug")
    it.tell("purchase")
    return it.wait("2026-11-05T00:00")


def gapped() -> Business:
    it = a_house(a_rule(SMS), cadence="min_gap: 20 hours, caps: [], holidays: none")
    it.tell("purchase")
    it.wait("2026-11-02T15:30").tell("contact.made", channel="email", override="she had asked for it")
    it.wait("2026-11-02T15:40").tell("contact.made", channel="email", override="and the attachment")
    return it


def backed_off() -> Business:
    it = a_house(a_rule(SMS), cadence="min_gap: 20 hours, caps: [], holidays: none, back_off: {after: 1, factor: 2}")
    it.tell("purchase")
    it.wait("2026-11-02T15:10").tell("contact.made", channel="email")
    it.wait("2026-11-02T15:20").tell("contact.made", channel="email")
    return it.wait("2026-11-02T17:00")


def outside_hours() -> Business:
    it = a_house(a_rule(CALL), cadence=FREE + ", hours: {call: {mon-fri: '16:00-18:00'}}")
    it.tell("purchase")
    return it.wait("2026-11-02T17:00")


def silenced() -> Business:
    it = a_house(a_rule(SMS), cadence=FREE + ", silence_after_refusal: 60 days")
    it.tell("consent.withdrawn", channel="call", purpose="all")
    it.tell("purchase")
    return it.wait("2026-11-02T17:00")


def held() -> Business:
    hold = FREE + ", holds: [{while: complaint, purposes: [care]}]"
    it = a_house(a_rule(SMS), cadence=hold)
    it.tell("complaint.opened", key="k1")
    it.tell("purchase")
    return it.wait("2026-11-05T00:00")


def lawful() -> Business:
    it = an_engine(
        rules_of(a_rule(CALL, purpose="marketing"), cadence=f"{{{FREE}, laws: [fr]}}"),
        a_customer(country="FR", timezone="Europe/Paris", phone="+33612345678"), at="2026-11-02T18:00",
    )  # fmt: skip
    it.tell("purchase")
    return it.wait("2026-11-02T20:00")


def over_capacity() -> Business:
    it = a_house(a_rule(CALL, on="visit"), cadence=FREE + ", capacity: {calls_per_day: 1}")
    it.tell("visit", "c2")
    it.tell("visit", "c1")
    return it.wait("2026-11-03T00:00")


def dropped() -> Business:
    it = a_house(a_rule(SMS, on_cap="drop"), cadence="min_gap: 20 hours, caps: [], holidays: none")
    it.tell("contact.made", channel="call")
    it.tell("purchase")
    return it.wait("2026-11-02T17:00")


def joined() -> Business:
    more = a_rule("sms: {at: in 2 hours, template: also, valid_for: 2 days}", name="more", on_cap="merge")
    first = a_rule("sms: {at: in 2 hours, template: also}", name="first", priority="90")
    it = a_house(first, more, cadence="min_gap: 20 hours, caps: [], holidays: none")
    it.tell("purchase")
    return it.wait("2026-11-02T18:00")


def suppressed() -> Business:
    it = a_house(a_rule(SMS))
    it.tell("purchase")
    it.tell("message.received", channel="sms", text="STOP")
    return it.wait("2026-11-02T17:00")


def withdrawn() -> Business:
    it = a_house(a_rule(SMS, stop_on="[visit]"))
    it.tell("purchase")
    it.tell("visit")
    return it


def moved() -> Business:
    rule = a_rule("sms: {at: 1 day before event.arrival 09:00, template: hi}", on="stay.booked", key="stay")
    it = a_house(rule)
    it.tell("stay.booked", stay="s1", arrival="2026-11-20")
    it.tell("stay.changed", stay="s1", arrival="2026-11-25")
    return it


def too_many() -> Business:
    it = a_house(a_rule(SMS, max_per_day="1"))
    it.tell("purchase", "c2")
    it.tell("purchase", "c1")
    return it


def held_out() -> Business:
    it = a_house(a_rule(SMS, holdout="99%"))
    it.tell("purchase")
    return it


def once() -> Business:
    it = a_house(a_rule(SMS, once_per="90 days"))
    it.tell("purchase")
    it.wait("2026-11-10T15:00").tell("purchase")
    return it


def old_news() -> Business:
    it = a_house(a_rule(SMS, max_event_age="2 days"))
    it.tell("purchase", at="2026-10-29T15:00")
    return it


def nearest() -> Business:
    it = a_house(a_rule(SMS, when="event.total >= 30"), a_rule(SMS, on="visit", name="other"))
    it.tell("purchase", total=20)
    return it


def paused() -> Business:
    it = a_house(a_rule(SMS))
    it.tell("purchase")
    with it.engine.store.writing() as tx:
        tx.house.pause("r", it.clock.instant, "test")
    return it


#: A scenario, and what has to be told in its words: used, limit, window, the next possible moment.
TOLD = [
    (capped, ["1 of 1 contacts in 14 days are taken; room again Mon 16 Nov 10:00", "contacted by hand", "by Lena"]),
    (gapped, ["less than 20 hours from the contact of Mon 2 Nov 10:30; room again Tue 3 Nov 06:30",
              "next possible: Tue 3 Nov 06:40", "all the same, because: and the attachment"]),
    (backed_off, ["2 contacts without a sign of life: 40 hours until the next; room again Wed 4 Nov 02:20"]),
    (outside_hours, ["outside call hours; they begin Mon 2 Nov 16:00 (America/New_York)", "next possible"]),
    (silenced, ["she refused on Mon 2 Nov 10:00; silence until Fri 1 Jan 2027 10:00"]),
    (held, ["a complaint is open since Mon 2 Nov 10:00; held until it is resolved"]),
    (lawful, ["the law of France allows mon-fri 10:00-13:00 and 14:00-20:00", "opens Tue 3 Nov 10:00"]),
    (over_capacity, ["1 of 1 a day are handed out (house), 0 more important come first; looked at again"]),
    (dropped, ["cancelled  gap:20h less than 20 hours", "room again Tue 3 Nov 06:00"]),
    (joined, ["joins the sms of first"]),
    (suppressed, ["opted_out:sms", "she contacted us: message.received (channel sms"]),
    (withdrawn, ["stop_on:visit needless: visit came", "sign of life: visit"]),
    (moved, ["moved by stay.changed from Thu 19 Nov 09:00 to Tue 24 Nov 09:00", "next possible: Tue 24 Nov 09:00"]),
    (too_many, ["run 2 of that day, 1 are allowed", "`outreach resume r` lets them go"]),
    (held_out, ["left out on purpose, to measure what the rule does (99%)"]),
    (once, ["once per 90 days (last on Mon 2 Nov 10:00); again from Sun 31 Jan 2027 10:00 on"]),
    (old_news, ["news older than 2 days starts nothing: it happened Thu 29 Oct 11:00, and was known Mon 2 Nov 10:00"]),
    (nearest, ["(nearest: purchase@", "when event.total >= 30 (event.total 20)", "other: not planned: no_event"]),
    (paused, ["r is paused since Mon 2 Nov 10:00: nothing of it goes out until somebody resumes it", "none in sight"]),
]  # fmt: skip


@pytest.mark.parametrize(("scene", "words"), TOLD, ids=[scene.__name__ for scene, _ in TOLD])
def test_every_path_is_told_in_words_with_its_numbers(scene, words: list[str], snapshot: SnapshotAssertion):
    said = text(scene())
    assert [w for w in words if w not in said] == [], said
    assert not RAW.search(said), said
    assert said == snapshot


def test_what_was_known_then_is_told_as_it_stood():
    it = capped()
    planned, later = text(it, at="2026-11-02T15:00"), text(it, at="2026-11-02T17:00")
    assert "r / 1-sms (sms, care): scheduled\n" in planned
    assert "expired" not in later
    assert "scheduled — cap:1/14d" in later
    assert "expired — cap:1/14d" in text(it)


def test_then_it_was_due_when_it_was_not_moved_yet():
    it = moved()
    it.wait("2026-11-10T00:00").tell("stay.changed", stay="s1", arrival="2026-11-28", id="again")
    [now], [then] = (why(it.engine, "c1", at=at).told for at in (None, utc("2026-11-05T00:00")))
    assert (now.follow_up.due, then.follow_up.due) == (utc("2026-11-27T14:00"), utc("2026-11-24T14:00"))


def test_news_that_came_later_was_not_known_then():
    it = a_house(a_rule(SMS, on="order"))
    it.clock.instant = utc("2026-11-05T15:00")
    it.tell("purchase", at="2026-11-02T16:00")
    it.tell("order", at="2026-11-02T16:00")
    then = why(it.engine, "c1", at=utc("2026-11-03T00:00"))
    assert (then.heard, then.misses[0].reasons[0].code) == ((), "no_event")
    assert [h.type for h in why(it.engine, "c1").heard] == ["order", "purchase"]
