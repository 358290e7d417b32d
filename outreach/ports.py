"""What the engine needs of the world, in the engine's words: senders, a renderer, a clock; and what the rulebook needs
of the templates.

The consumer owns these; `senders/` and `rendering/` provide them, and `bootstrap.py` puts them together.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from outreach.core.looking import CannotTell, Found, Window
from outreach.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What goes out. `attempt` is our id for this one try (32 hex digits); `to` is E.164 or an e-mail address.
    `send_at` is when the provider shall send it (UTC), where it is handed over before; None: at once."""

    attempt: str
    channel: str
    to: str
    body: str
    subject: str = ""
    html: str = ""
    preview: str = ""
    customer: str = ""
    purpose: str = "marketing"
    send_at: datetime | None = None
    #: Seconds after which the provider must give up; None: as it does by itself.
    valid_for: int | None = None
    #: The provider's handle to take it back by, where it gives one out before.
    batch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The provider accepted it, under this id. `alarm`: not as it was asked to, so no other may be handed over until a
    person has looked."""

    provider_id: str = ""
    alarm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """Proven not sent; trying again is safe. `retry_after` in seconds, where the provider said so; `slower`: we send
    faster than it takes."""

    code: str
    text: str = ""
    retry_after: float | None = None
    slower: bool = False


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

    #: "native": sending the same attempt twice sends once; "revocable": it is handed over `lead` before it goes, and
    #: until then (`sure` before that, where there is such) `cancel` takes it back; "none": ask, or leave it. With a
    #: `prepare` it gives out a handle to take it back by, before anything is sent.
    @property
    def idempotency(self) -> str:
        """One of these words."""

    def send(self, message: Message) -> Answer:
        """Hand one message over."""

    def find(self, window: Window) -> Sequence[Found] | CannotTell:
        """The messages that may be this attempt's, newest first. Never raises, asks within the same timeout."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A name that a template uses: its parts, how it is written, and where. `offset` counts from 0 within its text.

    `guarded`: the template provides for its absence (`|default`, `is defined`). `asked`: it decides an `if`, which an
    absent one can't do.
    """

    parts: tuple[str, ...]
    text: str
    line: int
    column: int
    offset: int = 0
    guarded: bool = False
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsLength:
    """What an SMS costs, written with made-up values of usual length. `room` is what fits until it costs one more: in
    septets (GSM-7) or UTF-16 units (UCS-2)."""

    file: str
    characters: int
    encoding: str
    segments: int
    room: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A template's file (or a rule's own text), read without a customer: what is wrong with it, what it speaks of."""

    file: str = ""
    problems: tuple[Problem, ...] = ()
    names: tuple[Spoken, ...] = ()
    sms: SmsLength | None = None


class TemplateReader(Protocol):
    """What the rulebook needs of the templates, to check that they speak of what is there."""

    @property
    def business(self) -> Collection[str]:
        """What `business.…` has."""

    def read(self, channel: str, name: str) -> Sequence[Reading]:
        """Every file of a template: all languages, and the layout around it. None when there is no such template."""

    def read_text(self, text: str) -> Reading:
        """A short text that stands in a rule itself; lines and columns count within it."""
