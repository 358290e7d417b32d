"""What one knows of the customer when her card is open: visits, complaint, last words, consent, may one call now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from outreach.core.by_hand import a_contact, without
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy, objections, opening, refusal
from outreach.core.signs import is_sign
from outreach.core.standing import Standing
from outreach.desk.card import plain
from outreach.desk.words import consent_of, remembered
from outreach.engine import Engine
from outreach.flow.standings import load_standings
from outreach.saying import clock, reason

VISITS, NOTES = 3, 10
#: What staff wrote themselves; other events of the customer are visits.
OURS: Final = frozenset({"outcome", "contact.made", "note.added"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Something that the customer did: when (UTC), what (`purchase`), and its data in words (`total 42.5`)."""

    at: datetime
    what: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What somebody of ours wrote of her: when (UTC), who, what came of it (`reached`, `note`), and the note."""

    at: datetime
    by: str
    outcome: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """`visits` are her last three events, newest first; `complaint` since when one is open (UTC); `words` the latest
    of ours with a note (None: nobody ever wrote one), `notes` all of them, newest first, ten at most; `consent` a
    sentence for each channel; `may_call_now` what the guard says at this moment, `not_now` why not in words, and
    `may_call_at` (UTC) when it may be, None: not in sight."""

    customer: str
    visits: tuple[Visit, ...]
    complaint: datetime | None
    words: Words | None
    notes: tuple[Words, ...]
    consent: dict[str, str]
    memory: tuple[str, ...]
    may_call_now: bool
    not_now: tuple[str, ...]
    may_call_at: datetime | None

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return plain(self) | {
            "visits": [plain(v) for v in self.visits], "words": plain(self.words) if self.words else None,
            "notes": [plain(n) for n in self.notes],
        }  # fmt: skip


def about(engine: Engine, follow_up: str) -> About | None:
    """About the customer of this card; None when there is no such card. Reads only."""
    now, policy = engine.clock.now(), engine.policy
    with engine.store.reading() as tx:
        f = tx.follow_ups.named(follow_up)
        person = tx.customers.get([f.customer]).get(f.customer) if f is not None else None
        if f is None or person is None:
            return None
        standing = load_standings(tx, {person.id: person}, now, policy)[person.id]
        events = tx.events.every(person.id)
    notes = tuple(_notes(events))[:NOTES]
    call = f if f.channel == "call" else a_contact(person.id, "call", f.purpose, now)
    alone = without(standing, {f.id})
    not_now, at = in_the_way(call, alone, policy, now)
    visits = [e for e in events if is_sign(e) and e.type not in OURS]
    return About(
        customer=person.id, visits=tuple(map(_visit, visits[: -VISITS - 1 : -1])),
        complaint=standing.holds.get("complaint"), words=notes[0] if notes else None, notes=notes,
        consent={channel: consent_of(channel, alone, policy, now) for channel in ("call", "sms", "email")},
        memory=tuple(remembered(person, now)), may_call_now=not not_now, not_now=not_now, may_call_at=at,
    )  # fmt: skip


def in_the_way(
    f: FollowUp, standing: Standing, policy: Policy, now: datetime
) -> tuple[tuple[str, ...], datetime | None]:
    """What stands against a call now, in words, and when nothing does."""
    show = clock(policy.wall_zone(standing.customer), now)
    if (no := refusal(f, standing, policy)) is not None:
        return (reason(no, show),), None
    stands = objections(f, now, standing, policy)
    return tuple(reason(r, show) for r in stands), opening(f, now, standing, policy).at if stands else now


def _notes(events: Iterable[Event]) -> Iterable[Words]:
    """What staff wrote, the latest first; what was taken back isn't said."""
    listed = list(events)
    undone = {(e.source, e.id.removeprefix("undo:")) for e in listed if e.type == "outcome.undone"}
    for e in reversed(listed):
        if e.type in OURS and e.data.get("note") and (e.source, e.id) not in undone:
            came = str(e.data.get("outcome") or ("note" if e.type == "note.added" else e.data.get("channel") or "call"))
            yield Words(at=e.time, by=str(e.data.get("by") or ""), outcome=came, note=str(e.data["note"]))


def _visit(event: Event) -> Visit:
    simple = ((k, v) for k, v in event.data.items() if isinstance(v, str | int | float) and not isinstance(v, bool))
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in simple)
    return Visit(at=event.time, what=event.type, told=told[:200])
