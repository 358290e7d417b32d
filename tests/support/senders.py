"""A sender that answers what the test wrote down: for the answers a real provider gives once a year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from outreach.core.looking import CannotTell, Found, Window
from outreach.ports import Answer, Message, Sent


@dataclass
class ScriptedSender:
    """Gives these answers in order, then Sent; `finds` is what look-ups find, in order. `before` runs before each call:
    what happens in the world."""

    answers: list[Answer] = field(default_factory=list)
    idempotency: str = "none"
    before: Callable[[Message], None] = lambda message: None
    indoors: bool = False
    name: str = "scripted"
    channels: frozenset[str] = frozenset({"sms", "email"})
    seen: list[Message] = field(default_factory=list)
    finds: list[Sequence[Found] | CannotTell] = field(default_factory=list)
    looked: list[Window] = field(default_factory=list)

    def send(self, message: Message) -> Answer:
        self.before(message)
        self.seen.append(message)
        return self.answers.pop(0) if self.answers else Sent(provider_id=f"p{len(self.seen)}")

    def find(self, window: Window) -> Sequence[Found] | CannotTell:
        self.looked.append(window)
        return self.finds.pop(0) if self.finds else CannotTell(text="not scripted", for_good=True)
