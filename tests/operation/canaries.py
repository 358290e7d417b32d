"""Words that must not be told, and who sings them: providers, readers of mails, and staff."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import httpx2

from outreach.core.keys import address_key
from outreach.core.unsubscribing import WayOut
from outreach.providers import links
from outreach.settings import Settings
from tests.web.callers import PUBLIC, SendGrid, Twilio, sid

NAME, STREET, NOTE = "Zuleikacanary", "Canarystraat", "canarynote she is ill"
MAIL, PHONE, OTHER = "canary.zu@leak.example", "+12125550177", "+12125550178"
TWILIO_TOKEN, SENDGRID_KEY = "canarytwiliotoken0123", "SG.canarysendgridkey.0123"
HOUSE_KEY, SECRET, SMTP, GUESS = "canaryhousekey0123", "canarysecret0123", "canarysmtp0123", "canarypassword guessed"
PERSONAL = (NAME, "zuleika", STREET, "canarynote", MAIL, "canary.zu", PHONE, PHONE[1:], OTHER[1:])
SECRETS = (TWILIO_TOKEN, SENDGRID_KEY, HOUSE_KEY, SECRET, SMTP, GUESS, "canarytemplate", "canarybody")
KEY = {"authorization": f"Bearer {HOUSE_KEY}"}


def spotted(text: str, canaries: tuple[str, ...]) -> list[str]:
    low = text.lower()
    return [c for c in canaries if c.lower() in low or quote(c, safe="").lower() in low]


@dataclass
class Outside:
    """A house on the wire, as those see it who call from outside."""

    client: httpx2.Client

    def guest(self, base_url: str) -> httpx2.Client:
        assert base_url == PUBLIC
        return self.client

    @property
    def clock(self) -> Outside:
        return self

    def now(self) -> datetime:
        return datetime.now(UTC)


def told_by_providers(client: httpx2.Client) -> list[httpx2.Response]:
    """Sealed, forged and malformed."""
    house = Outside(client)
    twilio, sendgrid = Twilio(house), SendGrid(house)  # type: ignore[arg-type]
    said = {"MessageSid": sid(1), "From": PHONE, "To": "+12125550199", "Body": f"{NOTE}, says {NAME}", "NumMedia": "0"}
    inbound, status = "/hooks/twilio/inbound", f"/hooks/twilio/status?attempt={quote(PHONE)}"
    news = {"MessageSid": sid(1), "MessageStatus": "undelivered", "To": PHONE, "ErrorCode": "30003"}
    heard = [
        twilio.call(path, fields, token=token)
        for token in (TWILIO_TOKEN, GUESS)
        for path, fields in (
            (inbound, said), (inbound, said | {"MessageSid": sid(2), "From": OTHER, "Body": f"STOP {NAME}"}),
            (inbound, said | {"MessageSid": NAME, "From": MAIL}), (inbound, {"Body": NOTE}),
            (status, news), (status, news | {"MessageStatus": NAME, "ErrorCode": NOTE}), (status, {"To": PHONE}),
        )
    ]  # fmt: skip
    heard += [twilio.send(inbound, b"Body=%ff" + NAME.encode(), {"x-twilio-signature": TWILIO_TOKEN})]
    events = [
        sendgrid.event(1, "bounce", email=MAIL, reason=f"{NAME} moved out of {STREET}", type="bounce", status="5.1.1"),
        sendgrid.event(2, "click", email=MAIL, url=f"https://shop.example/{NAME}?m={quote(MAIL)}"),
        sendgrid.event(3, "unsubscribe", email=MAIL, attempt=NAME), {"event": NAME, "email": MAIL}, NOTE,
    ]  # fmt: skip
    heard += [sendgrid.call(e) for e in (events, {"email": MAIL}, b'{"' + NAME.encode())]  # type: ignore[arg-type]
    return [*heard, sendgrid.send(json.dumps(events).encode(), {"x-twilio-email-event-webhook-signature": NAME})]


def told_by_readers(client: httpx2.Client) -> list[httpx2.Response]:
    """The links at the ends of mails: ours, forged ones, and what is none."""
    way = WayOut(customer="c1", channel="email", purpose="care", address_key=address_key(SECRET.encode(), MAIL))
    ours = links(Settings(public_url=PUBLIC), SECRET.encode()).token(way)
    tokens = (ours, f"{ours[:-4]}{HOUSE_KEY}", f"{HOUSE_KEY}.{NAME}", quote(MAIL))
    asked = [client.get(f"/u/{t}") for t in tokens]
    return asked + [client.post(f"/u/{t}", data={"scope": w, "email": MAIL}) for t in tokens for w in (NAME, "all")]


def told_by_staff(client: httpx2.Client) -> list[httpx2.Response]:
    """What they do with two cards, and with one that is none."""
    by, deadline = {"by": NAME}, time.monotonic() + 10
    while len(cards := client.get("/v1/calls", headers=KEY).json()["calls"]) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(cards) >= 2
    first, second = (card["id"] for card in cards[:2])
    soon = datetime.now(UTC).isoformat()
    bodies: list[tuple[str, object]] = [
        (f"{first}/claim", by), (f"{first}/outcome", {"outcome": "reached", "note": NOTE, "by": GUESS}),
        (f"{first}/assign", by | {"to": MAIL}), (f"{first}/skip", by), (f"{first}/release", by),
        (f"{first}/snooze", by | {"until": NOTE}), (f"{first}/snooze", by | {"until": soon}),
        (f"{first}/outcome", by | {"outcome": NAME, "note": NOTE}), (f"{first}/outcome", by | {NOTE: NOTE}),
        (f"{first}/outcome", by | {"outcome": "wrong_number", "note": NOTE}), (f"{first}/undo", by),
        (f"{second}/cancel", by | {"why": NOTE}), (f"{second}/undo", by), (f"{NAME}/claim", by),
    ]  # fmt: skip
    heard = [client.post(f"/v1/calls/{path}", json=body, headers=KEY) for path, body in bodies]
    for path, body in (("notes", {"note": NOTE} | by), ("memory", {"name": STREET, "value": NOTE} | by)):
        heard += [client.post(f"/v1/customers/{c}/{path}", json=body, headers=KEY) for c in ("c1", NAME)]
    return heard
