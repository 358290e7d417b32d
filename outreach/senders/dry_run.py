"""A rehearsal with everything in place: the provider's settings are read and checked, and nobody calls it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from outreach.ports import Answer, Message
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
