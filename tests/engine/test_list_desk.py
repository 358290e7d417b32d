"""What stands on a card and why it stands there; the day in figures; what managers do; the list for other programs."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest

from outreach.core.away import Absence, stand_in
from outreach.desk import (
    Card,
    Said,
    about,
    absent,
    add_note,
    as_csv,
    as_ics,
    assign,
    back,
    cancel,
    cards,
    figures,
    load,
    next_card,
    outcome,
    remember,
    snooze,
)  # fmt: skip
from outreach.errors import InputError
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of, utc

CALL = "call: {at: immediately, script: hi, valid_for: 2 days, assign: Lena}"
TASK = "task: {at: immediately, valid_for: 2 days, title: Look}"


def a_list() -> Business:
    rules = rules_of(
        a_rule(CALL, priority="90", stop_on="call.received"), a_rule(TASK, name="look", on="visit", priority="40"),
        a_rule(CALL.replace("2 days", "50 minutes"), name="soon", on="order.placed", priority="20"),
        cadence="{min_gap: 0 minutes, caps: [], holidays: none, capacity: {calls_per_day: 1}}",
    )  # fmt: skip
    shop = an_engine(rules, *(a_customer(f"c{n}", phone=f"+121255501{n:02d}") for n in range(4)))
    shop.clock.instant += timedelta(seconds=1)
    return shop


def told(shop: Business, *events: tuple[str, str]) -> Business:
    for kind, customer in events:
        shop.tell(kind, customer, at="2026-11-02T15:00", total=30)
    while shop.engine.dispatch():
        pass
    return shop


def test_what_ends_soon_comes_first_then_what_matters_most():
    shop = told(a_list(), ("purchase", "c0"), ("visit", "c1"))
    assert [(c.rank, c.quadrant) for c in cards(shop.engine)] == [
        ("priority 90, worth 30", "important"), ("priority 40, worth 30", "neither"),
    ]  # fmt: skip
    soon = told(a_list(), ("visit", "c1"), ("order.placed", "c2"))
    assert [(c.rank, c.quadrant) for c in cards(soon.engine)] == [
        ("ends in 50 minutes", "urgent"), ("priority 40, worth 30", "neither"),
    ]  # fmt: skip


def test_a_card_tells_what_one_knows_of_its_customer():
    shop = told(a_list(), ("purchase", "c0"))
    shop.tell("complaint.opened", "c0", key="k")
    shop.tell("visit", "c0", at="2026-11-01T15:00", id="first", room=7)
    add_note(shop.engine, "c0", "Rang about the invoice", "Omar")
    remember(shop.engine, "c0", "meal", "well done", "Kim", utc("2027-01-01T00:00"))
    [card] = [c for c in cards(shop.engine) if c.channel == "call"]
    found = about(shop.engine, card.id)
    assert found is not None
    assert [(v.what, v.told) for v in found.visits] == [
        ("complaint.opened", "key k"), ("purchase", "total 30"), ("visit", "room 7"),
    ]  # fmt: skip
    assert found.complaint == shop.clock.instant
    assert found.words is not None
    assert (found.words.by, found.words.outcome, found.words.note) == ("Omar", "note", "Rang about the invoice")
    assert card.memory == found.memory == ("meal: well done (staff Kim, 2026-11-02)",)
    assert found.consent["call"] == "agreed to everything on 2025-09-28"
    assert (found.may_call_now, found.not_now) == (True, ())
    shop.tell("consent.withdrawn", "c0", channel="sms", purpose="marketing")
    again = about(shop.engine, card.id)
    assert again is not None
    assert again.consent["sms"].startswith("no marketing: withdrawn on 2026-11-02; care is all right")


def test_a_card_tells_when_one_may_call():
    cadence = "{min_gap: 0 minutes, caps: [], holidays: none, hours: {call: {mon-sun: '09:00-18:00'}}}"
    shop = an_engine(rules_of(a_rule(CALL), cadence=cadence))
    shop.tell("purchase")
    shop.engine.dispatch()
    [card] = cards(shop.engine)
    shop.clock.instant = utc("2026-11-02T23:30")
    found = about(shop.engine, card.id)
    assert found is not None
    assert (found.may_call_now, found.may_call_at) == (False, utc("2026-11-03T14:00"))
    assert "begin Tue 3 Nov 09:00" in found.not_now[0]


def test_the_day_in_figures():
    shop = told(a_list(), ("visit", "c0"), ("visit", "c1"), ("visit", "c2"), ("visit", "c3"), ("purchase", "c0"))
    call = next(c for c in cards(shop.engine) if c.channel == "call")
    tasks = [c.id for c in cards(shop.engine) if c.channel == "task"]
    outcome(shop.engine, tasks[0], Said(outcome="done", by="Omar"))
    snooze(shop.engine, tasks[1], shop.clock.instant + timedelta(hours=1), "Lena")
    cancel(shop.engine, tasks[2], "Kim")
    shop.tell("call.received", "c0")
    day = figures(shop.engine)
    assert (day.done, day.open, day.total) == (1, 1, 3)
    assert {(g.state, g.by) for g in day.gone} == {("done", "Omar"), ("snoozed", "Lena"), ("withdrawn", "Kim"),
                                                   ("withdrawn", "")}  # fmt: skip
    assert [(g.id, g.why) for g in day.of("withdrawn") if not g.by] == [(call.id, "needless: call.received came")]
    assert day.of("snoozed")[0].back == shop.clock.instant + timedelta(hours=1)
    assert figures(shop.engine, assign="omar").done == 1
    assert (day.quadrants["neither"], day.proactive) == (2, 0)
    tomorrow = shop.wait(shop.clock.instant + timedelta(days=1))
    assert figures(tomorrow.engine).done == 0


def test_a_contact_by_hand_takes_the_card_off_and_the_day_tells_it():
    shop = an_engine(rules_of(a_rule(CALL), cadence="{min_gap: 20 hours, caps: [], holidays: none}"))
    shop.tell("purchase")
    shop.engine.dispatch()
    shop.clock.instant += timedelta(minutes=5)
    shop.tell("contact.made", channel="call", by="Omar", note="Spoke to her")
    [gone] = figures(shop.engine).gone
    assert (gone.state, gone.why[:27]) == ("waiting", "within 20h of another conta")
    assert gone.back == shop.clock.instant + timedelta(hours=20)


def test_a_card_is_given_to_somebody_else():
    shop = told(a_list(), ("purchase", "c0"))
    [card] = cards(shop.engine)
    assert assign(shop.engine, card.id, "Kim", to="Omar", site="north").ok
    assert assign(shop.engine, card.id, "Kim", to="Ann").ok
    [now] = cards(shop.engine, assign="ann")
    assert (now.assign, now.site) == ("Ann", "north")
    assert assign(shop.engine, card.id, "Kim", to="").ok
    assert cards(shop.engine)[0].assign == ""
    outcome(shop.engine, card.id, Said(outcome="reached"))
    assert assign(shop.engine, card.id, "Kim", to="Omar").code == "gone"


def test_while_somebody_is_away_another_stands_in():
    shop = told(a_list(), ("purchase", "c0"))
    begins = shop.clock.instant + timedelta(hours=1)
    absent(shop.engine, "Lena", begins, begins + timedelta(hours=2), to="Omar", by="Kim")
    assert [c.assign for c in cards(shop.engine)] == ["Lena"]
    shop.clock.instant = begins
    [card] = cards(shop.engine, assign="omar")
    assert (card.assign, card.stands_in_for) == ("Omar", "Lena")
    assert cards(shop.engine, assign="lena") == []
    assert next_card(shop.engine, "Omar", assign="Omar").id == card.id
    shop.clock.instant = begins + timedelta(hours=2)
    assert [c.assign for c in cards(shop.engine)] == ["Lena"]
    assert not [c.stands_in_for for c in cards(shop.engine) if c.stands_in_for]
    assert back(shop.engine, "lena")
    assert not back(shop.engine, "lena")
    for wrong in ((begins, begins, "Omar"), (begins, begins + timedelta(days=1), " lena")):
        with pytest.raises(InputError):
            absent(shop.engine, "Lena", wrong[0], wrong[1], to=wrong[2])


def test_who_stands_in_may_be_away_too():
    now = utc("2026-11-02T15:00")
    away = [Absence(who=a, since=now, until=now + timedelta(days=1), to=b) for a, b in (("A", "B"), ("B", "C"))]
    assert stand_in("a", away, now) == "C"
    assert stand_in("B", away, now + timedelta(days=1)) == "B"
    assert stand_in("a", [*away, Absence(who="C", since=now, until=now + timedelta(days=1), to="A")], now) == ""


def test_the_load_of_the_next_days_against_capacity():
    shop = told(a_list(), ("purchase", "c0"), ("purchase", "c1"), ("visit", "c2"))
    found = {(one.day, one.channel, one.of): (one.planned, one.capacity) for one in load(shop.engine, 3)}
    monday, tuesday = date(2026, 11, 2), date(2026, 11, 3)
    assert found[monday, "call", "house"] == (1, 1)
    assert found[tuesday, "call", "house"] == (1, 1)  # there was no hand free for it on Monday
    assert found[monday, "task", "house"] == (1, None)
    assert found[monday, "call", "lena"] == (1, None)
    assert len({day for day, _, _ in found}) == 3


def nasty() -> Card:
    shop = told(a_list(), ("purchase", "c0"))
    [card] = cards(shop.engine)
    return replace(card, title="=cmd|' /C calc'!A0", name="Ann; \\ B, C", text="One\nTwo " + "ü" * 200)


def test_a_spreadsheet_runs_nothing_of_it():
    [row] = csv.DictReader(io.StringIO(as_csv([nasty()])))
    assert row["title"] == "'=cmd|' /C calc'!A0"
    assert (row["rank"], row["quadrant"]) == ("priority 90, worth 30", "important")


def test_a_calendar_can_be_read_by_others():
    card, now = nasty(), utc("2026-11-02T15:30")
    text = as_ics([card], now)
    assert as_ics([card], now) == text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.endswith("END:VCALENDAR\r\n")
    lines = text.replace("\r\n ", "").split("\r\n")
    assert f"UID:{card.id}@outreach" in lines
    assert "SUMMARY:Ann\\; \\\\ B\\, C: =cmd|' /C calc'!A0" in lines
    assert "DTSTART:20261102T153000Z" in lines
    [told_of] = [line for line in lines if line.startswith("DESCRIPTION:")]
    assert told_of.endswith("One\\nTwo " + "ü" * 200)


def test_a_note_needs_words_and_a_customer():
    shop = a_list()
    assert add_note(shop.engine, "c0", "  ", "Lena").code == "invalid"
    assert remember(shop.engine, "c0", "meal", "", "Lena").code == "invalid"
    with pytest.raises(InputError, match="is not known"):
        add_note(shop.engine, "nobody", "Hello", "Lena")
    assert [add_note(shop.engine, "c0", "Hello", "Lena", id="n1").status for _ in range(2)] == ["done", "duplicate"]
