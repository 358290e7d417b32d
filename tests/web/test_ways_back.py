"""The whole way: what a provider gets over the wire leads back to the very message, and ends it."""

from __future__ import annotations

import email
from collections.abc import Iterator
from contextlib import contextmanager
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from outreach.core.customer import Consent
from outreach.core.event import Event
from tests.web.callers import PUBLIC, SETTINGS, SendGrid, Twilio, sid
from tests.web.house import MAYA, MONDAY, House, open_house
from tests.web.test_hooks import RULES
from tests.wire import sendgrid, twilio
from tests.wire.server import Wire
from tests.wire.smtp import Mailbox, mail_server

FROM = {"email_from": "hello@shop.example", "business_address": "1 Own Street, Springfield"}


@contextmanager
def a_shop(folder: Path, **more: Any) -> Iterator[House]:
    house = open_house(folder, rulebook=RULES, **(dict(SETTINGS) | FROM | more))
    yes = [Consent(channel="all", purpose="marketing", given=True, at=MONDAY, source="till")]
    house.app.engine.save_customers([(MAYA, yes)])
    house.happens(Event(id="p", type="purchase", customer="maya", time=MONDAY))
    yield house
    house.client.close()
    house.app.store.engine.dispose()


def sent_by_sendgrid(folder: Path) -> Iterator[tuple[House, dict[str, str], str, str]]:
    api = sendgrid.SendGrid()
    with Wire(api) as wire:
        given = {"email": "sendgrid", "SENDGRID_API_KEY": sendgrid.KEY, "sendgrid_host": wire.url}
        with a_shop(folder, **given) as house:
            (mail,) = api.accepted
            text, page = (part["value"] for part in mail["content"])
            yield house, mail["headers"], text, page


def sent_by_smtp(folder: Path) -> Iterator[tuple[House, dict[str, str], str, str]]:
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        given = {"email": "smtp", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_starttls": False}
        with a_shop(folder, **given) as house:
            mail: Any = email.message_from_bytes(mailbox.taken[0], policy=default)
            text, page = (mail.get_body([kind]).get_content() for kind in ("plain", "html"))
            yield house, {k: v for k, v in mail.items() if k.startswith("List-")}, text, page


@pytest.mark.parametrize("sent", [sent_by_sendgrid, sent_by_smtp])
def test_a_mail_carries_what_ends_it(tmp_path: Path, sent: Any):
    for house, headers, text, page in sent(tmp_path):
        url = headers["List-Unsubscribe"].strip("<>")
        assert url.startswith(f"{PUBLIC}/u/")
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        for face in (text.replace("=\n", ""), page):
            assert url in face
            assert "1 Own Street, Springfield" in face
        world = house.guest(base_url=PUBLIC)
        assert world.post(url.removeprefix(PUBLIC), data={"List-Unsubscribe": "One-Click"}).status_code == 200
        with house.app.store.reading() as tx:
            listed = tx.customers.suppressed([tx.customers.key(MAYA.email)])
        assert [s.scope for s in listed] == ["email:marketing"]


def test_sendgrid_names_the_attempt_that_it_was_given(tmp_path: Path):
    api = sendgrid.SendGrid()
    with Wire(api) as wire:
        given = {"email": "sendgrid", "SENDGRID_API_KEY": sendgrid.KEY, "sendgrid_host": wire.url}
        with a_shop(tmp_path, **given) as house:
            caller, args = SendGrid(house), api.accepted[0]["personalizations"][0]["custom_args"]
            caller.call([caller.event(1, "dropped", reason="Bounced Address", **args)])  # after it had said 202
            with house.app.store.reading() as tx:
                (mail,) = [a for a in tx.attempts.of(["maya"]) if a.channel == "email"]
                listed = {s.scope for s in tx.customers.suppressed([mail.address_key])}
            assert (mail.delivery, mail.code, listed) == ("failed", "bounced", {"email"})


def test_twilio_calls_the_address_that_it_was_given(tmp_path: Path):
    api = twilio.Twilio()
    with Wire(api) as wire:
        given = {
            "sms": "twilio", "TWILIO_ACCOUNT_SID": twilio.ACCOUNT, "TWILIO_AUTH_TOKEN": twilio.TOKEN,
            "twilio_from": "+12125550100", "twilio_base_url": wire.url,
        }  # fmt: skip
        with a_shop(tmp_path, **given) as house:
            (sms,) = api.accepted
            path = sms["StatusCallback"].removeprefix(PUBLIC)
            told = {"MessageSid": sid(1), "MessageStatus": "delivered"}
            assert Twilio(house).call(path, told, token=twilio.TOKEN).status_code == 200
            with house.app.store.reading() as tx:
                (attempt,) = [a for a in tx.attempts.of(["maya"]) if a.channel == "sms"]
            assert (attempt.delivery, attempt.segments, sms["ValidityPeriod"]) == ("delivered", 1, "14400")
