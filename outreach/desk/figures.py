"""The whole list in figures: how far today has come, and where the time goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.core.away import Absence, stand_in
from outreach.core.capacity import bounds, today
from outreach.core.follow_up import FollowUp
from outreach.core.handling import Handling, same
from outreach.core.ranking import QUADRANTS, rank
from outreach.desk.card import plain
from outreach.desk.words import full_name
from outreach.engine import Engine
from outreach.saying import clock
from outreach.wording import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A card that left today's list: `state` is `done`, `snoozed`, `expired`, `withdrawn` or `waiting` (taken off, and
    may come back); `why` in words (the outcome, the reason); `by` whoever did it, "" the engine; `at` (UTC) when;
    `back` (UTC) when it comes back, if it does."""

    id: str
    customer: str
    name: str
    channel: str
    rule: str
    state: str
    why: str
    by: str
    at: datetime
    back: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Today, the house's day. Progress is `done` of `total`: done, still open, and snoozed until later today.
    `quadrants` counts the open and done cards by quadrant; `proactive` is the share (0…1) of the important and not
    urgent among them. `gone` is all that left the list today, newest first."""

    done: int
    total: int
    open: int
    quadrants: dict[str, int]
    proactive: float
    gone: tuple[Gone, ...]

    def of(self, state: str) -> tuple[Gone, ...]:
        """What of `gone` is in this state."""
        return tuple(g for g in self.gone if g.state == state)

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return plain(self) | {"gone": [plain(g) for g in self.gone]}


@dataclass(frozen=True, slots=True)
class _Day:
    """Today's facts."""

    now: datetime
    since: datetime
    until: datetime
    zone: str
    handled: dict[str, Handling]
    names: dict[str, str]
    off: dict[str, tuple[datetime, str]]


def figures(engine: Engine, *, assign: str = "") -> Figures:
    """Today's figures, of one person's or role's cards or of all. Reads only."""
    now, zone = engine.clock.now(), engine.policy.zone
    since, until = bounds(today(now, zone), zone)
    with engine.store.reading() as tx:
        listed, ended, apart = tx.follow_ups.listed(), tx.cards.ended(since), tx.cards.put_off(until)
        ids, away = {f.customer for f in (*ended, *apart)}, tx.cards.absences()
        people, traces = tx.customers.get(ids), tx.traces.of_all(ids, ("taken_off", "woken", "snoozed"))
        handled = tx.cards.of(ids)
    off = {t.follow_up: (t.at, t.reasons[0].code if t.reasons else "") for of in traces.values() for t in of}
    names = {i: full_name(person) for i, person in people.items()}
    day = _Day(now, since, until, zone, handled, names, off)
    mine = [f for f in listed if _whose(f, assign, away, now)]
    gone = [g for f in (*ended, *apart) if _whose(f, assign, away, now) for g in _gone(f, day)]
    done = [f for f in ended if f.state == "done" and _whose(f, assign, away, now)]
    snoozed = sum(g.state == "snoozed" and g.back is not None and g.back < until for g in gone)
    counted = Counter(rank(f, 0, f.ended or now).quadrant for f in (*mine, *done))
    return Figures(
        done=len(done), open=len(mine), total=len(done) + len(mine) + snoozed,
        quadrants={q: counted[q] for q in QUADRANTS}, proactive=counted[QUADRANTS[1]] / max(1, counted.total()),
        gone=tuple(sorted(gone, key=lambda g: (g.at, g.id), reverse=True)),
    )  # fmt: skip


def _whose(f: FollowUp, assign: str, away: list[Absence], now: datetime) -> bool:
    return not assign or same(stand_in(f.assign, away, now), assign) or same(f.outcome_by, assign)


def _gone(f: FollowUp, day: _Day) -> Iterator[Gone]:
    """Why this one isn't on the list any more; nothing for one that left it before today, or was never on it."""
    by = day.handled[f.id].by if f.id in day.handled and day.handled[f.id].deed.startswith("card.") else ""
    if f.state == "scheduled":
        at, code = day.off.get(f.id, (None, ""))
        if at is not None and at >= day.since:
            state = "snoozed" if f.reason == "snoozed" else "waiting"
            yield _of(f, day, state, in_words(f.reason or code), at, by if state == "snoozed" else "", f.wake)
    elif f.ended is not None and (f.listed is not None or f.state == "done"):
        state = f.state if f.state in ("done", "expired") else "withdrawn"
        why = f.outcome.replace("_", " ") if state == "done" else in_words(f.reason)
        yield _of(f, day, state, why, f.ended, f.outcome_by if state == "done" else by)


def _of(
    f: FollowUp, day: _Day, state: str, why: str, at: datetime, by: str, back: datetime | None = None
) -> Gone:  # fmt: skip
    told = f"{why}; back {clock(day.zone, day.now)(back)}" if back else why
    return Gone(
        id=f.id, customer=f.customer, name=day.names.get(f.customer, f.customer), channel=f.channel, rule=f.rule,
        state=state, why=told, by=by, at=at, back=back,
    )  # fmt: skip
