"""What providers tell: each piece once, whatever its order, and a no holds from the moment it is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outreach.core.customer import Consent
from outreach.core.event import Event
from outreach.store.attempts import Attempt
from tests.web.callers import PUBLIC, SETTINGS, SendGrid, Twilio, sid
from tests.web.house import MAYA, MONDAY, House, open_house, read_only

RULES = """
rules:
  offer:
    on: purchase
    steps:
      - sms: {at: in 1 hour, template: offer}
      - email: {at: in 1 hour, template: thanks}
  ring:
    on: purchase
    steps:
      - call: {at: in 2 hours, script: haircut}
calendars:
  business: {timezone: America/New_York}
cadence: {min_gap: 0 minutes, caps: [], holidays: none}
"""
YES = [Consent(channel="all", purpose="marketing", given=True, at=MONDAY - timedelta(days=9), source="till")]
TOM = replace(MAYA, id="tom", first_name="Tom", email="tom@example.com")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    """Maya and Tom share a phone; both agreed to everything."""
    opened = open_house(tmp_path, rulebook=RULES, **SETTINGS)
    opened.app.engine.save_customers([(c, YES) for c in (MAYA, TOM)])
    yield opened
    opened.client.close()
    opened.app.store.engine.dispose()


@pytest.fixture
def twilio(shop: House) -> Twilio:
    return Twilio(shop)


@pytest.fixture
def sendgrid(shop: House) -> SendGrid:
    return SendGrid(shop)


def buys(house: House, *customers: str) -> None:
    now = house.clock.now()
    house.happens(*(Event(id=f"{c}-{now}", type="purchase", customer=c, time=now) for c in customers or ("maya",)))


def attempts(house: House, customer: str = "maya") -> dict[str, Attempt]:
    with house.app.store.reading() as tx:
        return {a.channel: a for a in tx.attempts.of([customer])}


def history(house: House, customer: str = "maya") -> list[tuple[str, str, dict[str, Any]]]:
    with house.app.store.reading() as tx:
        return [(e.type, e.source, e.data) for e in tx.events.every(customer) if e.source]


def listed(house: House) -> set[tuple[str, str]]:
    """(scope, reason) of everything on the suppression list."""
    with house.app.store.reading() as tx:
        return set(map(tuple, tx.house.read("SELECT channel, reason FROM suppression")))


def states(house: House, customer: str = "maya") -> dict[str, str]:
    with house.app.store.reading() as tx:
        return {f.channel: f.state for f in tx.follow_ups.all_of(customer)}


def test_a_status_moves_the_attempt_that_it_names(shop: House, twilio: Twilio):
    buys(shop)
    sms = attempts(shop)["sms"]
    for status in ("queued", "sent", "delivered"):
        answer = twilio.status(1, status, sms.id)
        assert (answer.status_code, answer.content) == (200, b"")
    assert attempts(shop)["sms"].delivery == "delivered"
    assert states(shop)["sms"] == "delivered"


def test_a_late_status_moves_nothing_back(shop: House, twilio: Twilio):
    buys(shop)
    sms = attempts(shop)["sms"]
    for status in ("delivered", "sent", "queued", "delivered"):
        assert twilio.status(1, status, sms.id).status_code == 200
    assert attempts(shop)["sms"].delivery == "delivered"


def test_an_address_that_cannot_be_reached_is_used_no_more(shop: House, twilio: Twilio):
    buys(shop)
    twilio.status(1, "undelivered", attempts(shop)["sms"].id, code="30005")
    assert listed(shop) == {("sms", "provider:30005")}


@pytest.mark.parametrize("attempt", ["", "0" * 32, "maya", "%00", "a" * 500])
def test_a_status_of_nothing_of_ours_changes_nothing(shop: House, twilio: Twilio, attempt: str):
    buys(shop)
    before = attempts(shop)
    assert twilio.status(1, "undelivered", attempt, code="30003").status_code == 200
    assert attempts(shop) == before


def test_stop_by_sms_ends_it_for_everybody_on_that_phone(shop: House, twilio: Twilio):
    shop.app.engine.ingest([Event(id=c, type="purchase", customer=c, time=MONDAY) for c in ("maya", "tom")])
    answer = twilio.text(1, "STOP")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert answer.text.endswith("<Response></Response>")
    for customer in ("maya", "tom"):
        assert [(t, s, d["text"]) for t, s, d in history(shop, customer)] == [("message.received", "twilio", "STOP")]
        assert states(shop, customer) == {"sms": "suppressed", "call": "suppressed", "email": "scheduled"}


def test_a_message_is_taken_once_for_ever(shop: House, twilio: Twilio):
    twilio.text(1, "Thank you!")
    before = history(shop)
    shop.clock.instant += timedelta(days=400)
    path, body, headers = twilio.said[0]
    assert twilio.send(path, body, headers).status_code == 200
    with shop.app.store.writing() as tx:
        assert tx.callbacks.forget(shop.clock.now()) == 1
    assert twilio.send(path, body, headers).status_code == 200  # and not even when the book has forgotten it
    assert history(shop) == before


@pytest.mark.parametrize("word", ["START", "YES", "UNSTOP", "Yes please, I want your offers again"])
def test_no_message_lifts_a_stop(shop: House, twilio: Twilio, word: str):
    twilio.text(1, word)
    start = twilio.said[-1]
    twilio.text(2, "STOP")
    assert listed(shop) == {("sms", "stop"), ("call:marketing", "message.received")}
    twilio.send(*start)  # an old one, sent once more
    twilio.text(3, word, OptOutType="START")
    buys(shop)
    assert states(shop)["sms"] == "suppressed"


def test_a_keyword_of_the_houses_own_is_a_stop(shop: House, twilio: Twilio):
    twilio.text(1, "GENUG", OptOutType="STOP")
    assert ("sms", "stop") in listed(shop)


def test_twilio_taking_it_for_help_does_not_make_a_refusal_harmless(shop: House, twilio: Twilio):
    twilio.text(1, "please stop texting me", OptOutType="HELP")
    assert ("sms", "stop") in listed(shop)


def test_somebody_else_answers(shop: House, twilio: Twilio):
    twilio.text(1, "wrong number, who is this?")
    assert listed(shop) == {("all", "wrong_number")}
    buys(shop)
    assert states(shop)["call"] == "suppressed"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("STOP", {("sms", "stop"), ("call:marketing", "message.received")}),
        ("Falsche Nummer", {("all", "wrong_number")}), ("Hello?", set()),
    ],
)  # fmt: skip
def test_a_phone_that_is_on_nobodys_file_is_heard(shop: House, twilio: Twilio, text: str, found: set[Any]):
    assert twilio.text(1, text, sender="+12125550777").status_code == 200
    assert listed(shop) == found
    newcomer = replace(MAYA, id="new", phone="+12125550777")
    shop.app.engine.save_customers([(newcomer, YES)])
    buys(shop, "new")
    assert states(shop, "new")["sms"] == ("suppressed" if found else "sent")


def test_who_had_that_phone_once_has_said_nothing(shop: House, twilio: Twilio):
    """The number was given to somebody else, who wants nothing; Maya's new phone has nothing to do with it."""
    shop.app.engine.save_customers(
        [(replace(MAYA, phone="+12125550888"), []), (replace(TOM, phone="+12125550889"), [])]
    )
    twilio.text(1, "Who is this? Wrong number!")
    buys(shop)
    assert states(shop)["sms"] == "sent"
    assert history(shop) == []


@pytest.mark.parametrize("sender", ["whatsapp:+12125550101", "+1 212 555 0101"])
def test_the_sender_in_other_clothes(shop: House, twilio: Twilio, sender: str):
    twilio.text(1, "STOP", sender=sender)
    assert ("sms", "stop") in listed(shop)


@pytest.mark.parametrize("sender", ["", "12345", "BANK", "+", "+1", "\u0661\u0662"])
def test_a_sender_without_a_phone_is_nobody(shop: House, twilio: Twilio, sender: str):
    assert twilio.text(1, "STOP", sender=sender).status_code == 200
    assert listed(shop) == set()


def test_a_picture_without_words_is_a_sign_of_life(shop: House, twilio: Twilio):
    twilio.text(1, "", NumMedia="1", MediaUrl0="https://api.twilio.com/x")
    assert history(shop) == [("message.received", "twilio", {"channel": "sms", "from": MAYA.phone, "text": ""})]


def test_how_far_a_mail_has_come(shop: House, sendgrid: SendGrid):
    buys(shop)
    mail = attempts(shop)["email"]
    sendgrid.call([sendgrid.event(1, "delivered", mail.id), sendgrid.event(2, "processed", mail.id)])
    sendgrid.call([sendgrid.event(3, "deferred", mail.id), sendgrid.event(4, "open", mail.id)])
    assert attempts(shop)["email"].delivery == "delivered"
    assert history(shop) == []


@pytest.mark.parametrize(
    ("event", "delivery", "lists", "told"),
    [
        ({"event": "bounce", "type": "bounce", "reason": "550 no <maya@example.com>"}, "undelivered",
         {("email", "provider:bounced")}, "message.bounced"),
        ({"event": "bounce", "type": "blocked", "reason": "421 later"}, "undelivered", set(), "message.bounced"),
        ({"event": "dropped", "reason": "Bounced Address"}, "failed", {("email", "provider:bounced")},
         "message.bounced"),
        ({"event": "dropped", "reason": "Invalid"}, "failed", {("email", "provider:bounced")}, "message.bounced"),
        ({"event": "dropped", "reason": "Spam Content"}, "failed", set(), "message.bounced"),
        ({"event": "dropped", "reason": "Unsubscribed Address"}, "failed", {("email:all", "consent.withdrawn")},
         "consent.withdrawn"),
        ({"event": "spamreport"}, "", {("email:all", "consent.withdrawn")}, "consent.withdrawn"),
        ({"event": "unsubscribe"}, "", {("email:all", "consent.withdrawn")}, "consent.withdrawn"),
        ({"event": "group_unsubscribe", "asm_group_id": 7}, "", {("email:marketing", "consent.withdrawn")},
         "consent.withdrawn"),
    ],
    ids=lambda v: f"{v.get('event')}-{v.get('type', v.get('reason', ''))}" if isinstance(v, dict) else "",
)  # fmt: skip
def test_what_ends_a_mailbox(
    shop: House, sendgrid: SendGrid, event: dict[str, Any], delivery: str, lists: set[Any], told: str
):
    buys(shop)
    mail = attempts(shop)["email"]
    assert sendgrid.call([sendgrid.event(1, attempt=mail.id, kind=event["event"]) | event]).status_code == 200
    assert (attempts(shop)["email"].delivery, listed(shop)) == (delivery, lists)
    ((type_, source, data),) = history(shop)
    assert (type_, source, data["channel"]) == (told, "sendgrid", "email")
    assert MAYA.email not in str(data) + attempts(shop)["email"].detail
    shop.clock.instant += timedelta(days=1)
    buys(shop)
    assert (attempts(shop)["email"].id == mail.id) == bool(lists)
    assert history(shop, "tom") == []


def test_a_wish_reaches_an_address_that_is_on_nobodys_file(shop: House, sendgrid: SendGrid):
    sendgrid.call(
        [sendgrid.event(1, "spamreport", email="New@Example.com"), sendgrid.event(2, "bounce", email="b@b.example")]
    )
    assert listed(shop) == {("email:all", "consent.withdrawn"), ("email", "provider:bounced")}
    shop.app.engine.save_customers([(replace(MAYA, id="new", email="new@example.com"), YES)])
    buys(shop, "new")
    assert states(shop, "new")["email"] == "suppressed"


def test_a_group_that_is_joined_again_lifts_nothing(shop: House, sendgrid: SendGrid):
    sendgrid.call([sendgrid.event(1, "group_unsubscribe")])
    sendgrid.call([sendgrid.event(2, "group_resubscribe")])
    buys(shop)
    assert states(shop)["email"] == "suppressed"


def test_a_click_is_a_sign_of_life_and_keeps_no_secret(shop: House, sendgrid: SendGrid):
    buys(shop)
    mail = attempts(shop)["email"]
    click = sendgrid.event(1, "click", mail.id, url="https://shop.example/offer?token=secret#x")
    way_out = sendgrid.event(2, "click", mail.id, url=f"{PUBLIC}/u/0.abc.def")
    sendgrid.call([click, way_out])
    told = {"channel": "email", "url": "https://shop.example/offer"}
    assert history(shop) == [("message.clicked", "sendgrid", told)]
    with shop.app.store.reading() as tx:
        assert tx.events.last_signs(["maya"])["maya"] == shop.clock.now()


def test_what_came_back_is_no_sign_of_life(shop: House, sendgrid: SendGrid):
    sendgrid.call([sendgrid.event(1, "bounce"), sendgrid.event(2, "spamreport")])
    with shop.app.store.reading() as tx:
        assert tx.events.last_signs(["maya"]) == {}


def test_one_broken_event_keeps_nobody_out(shop: House, sendgrid: SendGrid):
    broken = [None, 1, "x", [], {}, {"event": 7}, {"event": "bounce"}, sendgrid.event(9, "bounce", email="nobody")]
    late = sendgrid.event(8, "spamreport", timestamp=10**40)
    assert sendgrid.call([*broken, late, sendgrid.event(1, "spamreport"), {"event": "new_kind"}]).status_code == 200
    assert listed(shop) == {("email:all", "consent.withdrawn")}


def test_what_cannot_be_stored_is_not_said_to_be(shop: House, twilio: Twilio, sendgrid: SendGrid):
    with read_only(shop):
        assert twilio.text(1, "STOP").status_code == 503
        assert sendgrid.call([sendgrid.event(1, "spamreport")]).status_code == 503
    twilio.send(*twilio.said[0])
    sendgrid.call([sendgrid.event(1, "spamreport")])
    assert listed(shop) >= {("sms", "stop"), ("email:all", "consent.withdrawn")}


def test_it_is_counted(shop: House, twilio: Twilio):
    def count(result: str) -> float:
        text = shop.client.get("/metrics", headers={"authorization": "Bearer key"}).text
        name = f'outreach_callbacks_total{{hook="twilio/inbound",result="{result}"}} '
        return float(next((line.removeprefix(name) for line in text.splitlines() if line.startswith(name)), 0))

    before = count("taken"), count("again"), count("not_sealed")
    twilio.text(1, "hello")
    twilio.text(1, "hello")
    twilio.call("/hooks/twilio/inbound", {"MessageSid": sid(2)}, token="guessed")
    assert (count("taken"), count("again"), count("not_sealed")) == tuple(n + 1 for n in before)
    assert shop.guest().get("/metrics").status_code == 401
