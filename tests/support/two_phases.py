"""A shop whose provider sends later than it is asked, or is asked by a worker that stood still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach.flow.claim import LEASE
from outreach.flow.revoking import sweep
from outreach.ports import Answer, Message
from outreach.proof.proving import prove
from tests.support.business import Business, an_engine, utc

DUE = utc("2026-11-02T16:00")


class House:
    """A shop with one real sender, whose provider lives on the shop's own clock."""

    def __init__(self, channel: str, sender: Any, rules: str, *people: Any):
        self.channel, self.sender = channel, sender
        self.shop: Business = an_engine(rules, *people, senders={channel: sender})
        self.shop.tell("purchase")

    def use(self, sender: object) -> None:
        self.shop.engine.senders = {self.channel: sender}  # type: ignore[dict-item]

    def pass_time(self, minutes: float) -> Business:
        """The scheduler's jobs, side by side."""
        end = self.shop.clock.instant + timedelta(minutes=minutes)
        while self.shop.clock.instant < end:
            sweep(self.shop.engine.post)
            self.shop.wait(self.shop.clock.instant + timedelta(seconds=15))
        return self.shop

    def proven(self) -> list[object]:
        return list(prove(self.shop.engine.store, self.shop.engine.policy, self.shop.clock.instant).faults)


class Over:
    """The real sender, with another `send`."""

    def __init__(self, sender: object, send: Callable[[Message], Answer]):
        self._sender, self.send = sender, send

    def __getattr__(self, name: str) -> object:
        return getattr(self._sender, name)


def frozen_after_its_last_check(it: House, minutes: float, due: datetime = DUE) -> None:
    """A worker stops between its last check and the call, others go on for so long, and then it wakes and calls."""
    calls: list[Message] = []

    def freeze(message: Message) -> Answer:
        calls.append(message)
        raise KeyboardInterrupt

    it.use(Over(it.sender, freeze))
    it.shop.clock.instant = due
    with pytest.raises(KeyboardInterrupt):
        it.shop.engine.dispatch()
    it.use(it.sender)
    it.shop.engine.worker = "another"
    it.shop.wait(due + LEASE)
    it.pass_time(minutes)
    it.sender.send(calls[0])
    it.pass_time(30)
