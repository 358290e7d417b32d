"""A rehearsal with everything in place: the provider's settings are read and checked, and nobody calls it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from outreach.calling import Ring
from outreach.ports import Answer, Message, Unsent
from outreach.senders.outbox import OutboxSender

log = logging.getLogger("outreach.dry_run")

#: By this name attempts of a dry run are known afterwards.
NAME = "dry-run"


@dataclass(frozen=True, slots=True)
class DryRunSender(OutboxSender):
    """As the outbox, under a name of its own, and a line in the log for each."""

    name = NAME

    def send(self, message: Message) -> Answer:
        """Always Sent."""
        log.info("dry run: %s %s would go out now", message.channel, message.attempt)
        return OutboxSender.send(self, message)


class DryRunCaller:
    """Puts no call through, and says so."""

    def ring(self, asked: Ring) -> Answer:
        """Always Unsent."""
        log.info("dry run: a call for %s would be put through now", asked.card)
        return Unsent(code="dry_run", text="this is a dry run, in which nobody's phone rings")

    def state(self, sid: str) -> str:
        """There is no call."""
        return ""

    def bridge(self, number: str, card: str, n: int) -> str:
        """Nobody asks for it."""
        return self.hang_up("")

    def hang_up(self, why: str) -> str:
        """Nobody asks for it."""
        return "<Response><Hangup/></Response>"
