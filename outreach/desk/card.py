"""A card of the list, and what comes of what people do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.core.merging import Also


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One call or task. `text` is the script or the details; `place` where a task is to be done, as its details say in
    a first line `Where: …` ("" when they don't); `why` the rule's word and what set it off; `also` the
    reasons that joined it (`rule`, `about`); `local_time` the customer's wall clock, "" while her zone isn't known;
    `until` the end of its worth, UTC; `memory` what is remembered of her.

    `assign` is who is to do it now; while that person is away, who stands in, and `stands_in_for` names who is away.
    `promised` is the moment (UTC) at which she was promised a call, `promised_to` the person who promised to make it
    in person ("" anyone), `promised_by` who promised. `rank` is the reason of its place in words, `quadrant` one of
    `urgent and important`, `important`, `urgent`, `neither` (see docs/list.md). `holder` has it open, until
    `held_until` (UTC); "" and None when it is free. `order` sorts cards.
    """

    id: str
    channel: str
    customer: str
    name: str
    phone: str
    title: str
    text: str
    why: str
    because: tuple[str, ...]
    also: Also
    rule: str
    step: str
    priority: int
    assign: str
    site: str
    due: datetime
    until: datetime
    done_by: datetime | None
    local_time: str
    zone: str
    problem: str = ""
    place: str = ""
    memory: tuple[str, ...] = ()
    stands_in_for: str = ""
    promised: datetime | None = None
    promised_to: str = ""
    promised_by: str = ""
    rank: str = ""
    quadrant: str = ""
    holder: str = ""
    held_until: datetime | None = None
    order: tuple[Any, ...] = ()

    def plain(self) -> dict[str, Any]:
        """For programs."""
        told = plain(self)
        del told["order"]
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a deed. `status` is `done`, `duplicate` (the same was said before, and is no mistake) or `refused`;
    `code` says why it was refused: `unknown` (no such card), `gone` (off the list), `held` (somebody else has it),
    `invalid` (what was said can't be taken), `late` (too late to undo), `sent` (what it caused can't be taken back),
    `none` (there is nothing to do or to undo). `text` is a sentence for the person. `by` is who holds it, or did what
    stands in the way; `until` the end of the claim, or of the time in which it may be undone (UTC); `card` the card
    that was claimed."""

    status: str
    id: str = ""
    code: str = ""
    text: str = ""
    by: str = ""
    until: datetime | None = None
    card: Card | None = None

    @property
    def ok(self) -> bool:
        """Whether it is as the person wanted it."""
        return self.status != "refused"

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return plain(self) | {"card": self.card.plain() if self.card else None}


def plain(value: Any) -> dict[str, Any]:
    """A flat value for programs: instants are RFC 3339."""
    return {
        name: one.isoformat() if isinstance(one := getattr(value, name), datetime) else one for name in value.__slots__
    }


def refused(code: str, text: str, id: str = "", by: str = "", until: datetime | None = None) -> Result:
    """No, and why."""
    return Result(status="refused", code=code, text=text, id=id, by=by, until=until)
