"""What the engine needs of the world, in the engine's words: senders, a renderer, a clock. The store's port is below.

The consumer owns these; `senders/`, `rendering.py`, `store/` provide them, and `bootstrap.py` puts them together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What goes out. `attempt` is our id for this one try (32 hex digits); `to` is E.164 or an e-mail address."""

    attempt: str
    channel: str
    to: str
    body: str
    subject: str = ""
    html: str = ""
    preview: str = ""
    customer: str = ""
    purpose: str = "marketing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The provider accepted it, under this id."""

    provider_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """Proven not sent; trying again is safe. `retry_after` in seconds, where the provider said so."""

    code: str
    text: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The provider said no, for good. `suppress` when the address must not be contacted again (opted out, unknown);
    `stop_sender` when the fault is our account's, so that every further message would fail alike."""

    code: str
    text: str = ""
    suppress: bool = False
    stop_sender: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It may or may not have been sent: never sent again without proof."""

    code: str
    text: str = ""


Answer = Sent | Unsent | Refused | Unknown


class Sender(Protocol):
    """One provider. `send` makes one call with a total timeout, never retries, never raises: every answer, silence
    included, is one of the four above."""

    name: str
    channels: frozenset[str]
    #: "native": sending the same attempt twice sends once; "revocable": can be fenced; "none": ask, or leave it.
    idempotency: str

    def send(self, message: Message) -> Answer:
        """Hand one message over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message's text. `problem` says why it could not be rendered (an undefined name): then nothing is sent."""

    body: str = ""
    subject: str = ""
    html: str = ""
    preview: str = ""
    problem: str = ""


class Clock(Protocol):
    """The one source of `now`, UTC."""

    def now(self) -> datetime:
        """This instant."""


@dataclass(slots=True)
class VirtualClock:
    """A clock that stands where it is put. Ships, because simulations and the demo run on it."""

    instant: datetime = field()

    def now(self) -> datetime:
        """The instant it was put at."""
        return self.instant


class TemplateRenderer(Protocol):
    """Turns a template's name and plain data into text."""

    def render(self, channel: str, name: str, context: dict[str, object], language: str = "") -> Rendered:
        """A message by its template. Never raises: what is undefined or wrong comes back as `problem`."""

    def render_text(self, text: str, context: dict[str, object]) -> Rendered:
        """A short text that stands in a rule itself. Never raises."""
