"""The outbox: always yes, never anything sent."""

from __future__ import annotations

from collections.abc import Callable

from outreach.ports import Message, Sender, Sent
from outreach.senders.outbox import OutboxSender
from tests.senders.conftest import ATTEMPT


def test_it_takes_everything_under_the_attempts_name(a_message: Callable[..., Message]):
    sender: Sender = OutboxSender()

    assert sender.channels == {"sms", "email"}
    assert sender.idempotency == "native"
    assert sender.send(a_message()) == sender.send(a_message()) == Sent(provider_id=f"outbox:{ATTEMPT}")
