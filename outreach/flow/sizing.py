"""How many follow-ups one claim takes: small claims keep none waiting between intent and call, big ones cost less."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from outreach.ports import Sender

#: Where a provider keeps each waiting; and where no sender does.
CLAIM, CLAIM_NATIVE = 20, 500
#: A claim that takes longer was too big: what it intends is soon too old to be sent.
SLOW = timedelta(seconds=1)
_LEAST = 1 / 1024


def as_suits(senders: Iterable[Sender]) -> int:
    """The most that one claim should take for these senders."""
    return CLAIM_NATIVE if all(sender.idempotency == "native" for sender in senders) else CLAIM


@dataclass(slots=True)
class Daring:
    """The part of the most that is dared: less after a claim that failed or took long."""

    part: float = 1

    def size(self, most: int) -> int:
        """How many the next claim takes."""
        return max(1, int(most * self.part))

    def took(self, time: timedelta) -> None:
        """A claim went well, and took so long."""
        self.part = max(self.part / 2, _LEAST) if time > SLOW else min(1, self.part * 2)

    def failed(self) -> None:
        """One of it can't be decided: the next ones are small, so that trying again costs little."""
        self.part = max(self.part / 8, _LEAST)
