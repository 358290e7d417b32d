"""A sender that answers what the test wrote down: for the answers a real provider gives once a year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from outreach.ports import Answer, Message, Sent


@dataclass
class ScriptedSender:
    """Gives these answers in order, then Sent. `before` runs before each: what happens in the world."""

    answers: list[Answer] = field(default_factory=list)
    idempotency: str = "none"
    before: Callable[[Message], None] = lambda message: None
    name: str = "scripted"
    channels: frozenset[str] = frozenset({"sms", "email"})
    seen: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> Answer:
        self.before(message)
        self.seen.append(message)
        return self.answers.pop(0) if self.answers else Sent(provider_id=f"p{len(self.seen)}")
