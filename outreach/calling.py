"""What the staff's desk needs of a provider that puts calls through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from outreach.ports import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A call that is to be put through: whose phone (E.164) rings first, and our name for it: the card and the number
    of its call."""

    to: str
    card: str
    n: int


class Caller(Protocol):
    """A provider that puts calls through: it rings the staff's phone, and the customer once somebody there says so."""

    def ring(self, asked: Ring) -> Answer:
        """Ring the staff's phone. One request, never again by itself, never raises."""

    def state(self, sid: str) -> str:
        """How the staff's leg of a call stands (`core.dialling`), "" where that can't be told. Never raises."""

    def bridge(self, number: str, card: str, n: int) -> str:
        """What the provider is told once somebody is there: dial this number (E.164), with the house's as caller."""

    def hang_up(self, why: str) -> str:
        """What it is told instead when the customer mustn't be called any more: say why, and hang up."""
