"""What managers do: give a card to somebody else, cover an absence, see the load of the next days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from outreach.core.away import Absence
from outreach.core.capacity import Capacity, Limits, bounds, today
from outreach.core.event import Event
from outreach.core.follow_up import AHEAD, FollowUp
from outreach.core.zone import to_local
from outreach.desk.card import Result, plain, refused
from outreach.desk.telling import At, digest, tell, too_long
from outreach.desk.words import became
from outreach.engine import Engine
from outreach.errors import InputError

#: Absences that have been over for so long are forgotten.
FORGET = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One day (the house's) of the whole house (`house`), of a site (`site:salon`) or of a person or role (`lena`):
    `planned` calls or tasks (handed out or ahead) against `capacity` (None: without limit)."""

    day: date
    channel: str
    of: str
    planned: int
    capacity: int | None

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return plain(self) | {"day": self.day.isoformat()}


def assign(engine: Engine, follow_up: str, by: str, *, to: str | None = None, site: str | None = None) -> Result:
    """Give a card to a person or role (`to`, "" for anyone) and to a site; None leaves it as it is. Also one that is
    only planned."""
    if (no := too_long(to or site or by)) is not None:
        return no

    def check(here: At) -> Result | None:
        return None if here.f.state in AHEAD else refused("gone", became(here.f), follow_up, here.f.outcome_by)

    def make(here: At) -> Event:
        told = {"follow_up": here.f.id, "to": to, "site": site, "by": by or None}
        name = f"assign:{here.f.id}:{here.now.isoformat()}:{digest(str(to), str(site))}"
        data = {name: value for name, value in told.items() if value is not None}
        return Event(id=name, type="card.assigned", customer=here.f.customer, time=here.now, data=data)

    return tell(engine, follow_up, check, make)


def absent(engine: Engine, who: str, since: datetime, until: datetime, *, to: str = "", by: str = "") -> Absence:
    """While `who` is away, the cards of that person, those that come new as well, are for `to` (anyone, when left out);
    afterwards they are the person's again. Saying it again replaces it. Raises InputError for a time that ends before
    it begins."""
    now = engine.clock.now()
    if not who.strip():
        raise InputError("say who is away")
    if until <= since or until <= now:
        raise InputError("an absence ends after it begins, and is not over yet")
    if to and to.strip().casefold() == who.strip().casefold():
        raise InputError(f"{who} can't stand in for {who}")
    found = Absence(who=who.strip(), since=since, until=until, to=to.strip(), by=by)
    with engine.store.writing() as tx:
        tx.cards.forget_absences(now - FORGET)
        tx.cards.away(found)
    return found


def back(engine: Engine, who: str) -> bool:
    """`who` is back, whatever was said before; False when nobody knew of an absence."""
    with engine.store.writing() as tx:
        return tx.cards.back(who)


def absences(engine: Engine) -> list[Absence]:
    """Who is away, or will be."""
    now = engine.clock.now()
    with engine.store.reading() as tx:
        return [a for a in tx.cards.absences() if a.until > now]


def load(engine: Engine, days: int = 14) -> list[Load]:
    """Calls and tasks of the next days against capacity: for the house, each site and each person or role that has
    some, or has a limit."""
    now, zone, capacity = engine.clock.now(), engine.policy.zone, engine.policy.cadence.capacity
    first = today(now, zone)
    calendar = [first + timedelta(days=n) for n in range(days)]
    with engine.store.reading() as tx:
        out, ahead = tx.follow_ups.for_staff(bounds(first, zone)[0], bounds(calendar[-1], zone)[1])
    counts: Counter[tuple[date, str, str]] = Counter()
    for f in out:
        counts.update((first, f.channel, name) for name in _names(f))
    for f in ahead:
        at = max(now, f.due, f.wake or f.due)
        counts.update((to_local(at, zone).date(), f.channel, name) for name in _names(f))
    names = sorted({name for _, _, name in counts} | set(_limited(capacity)), key=_in_order)
    return [
        Load(day=day, channel=channel, of=name, planned=counts[day, channel, name],
             capacity=_limit(engine, capacity, day, channel, name))
        for day in calendar for channel in ("call", "task") for name in names
    ]  # fmt: skip


def _names(f: FollowUp) -> Iterator[str]:
    yield "house"
    if f.site:
        yield f"site:{f.site}"
    if f.assign:
        yield f.assign.casefold()


def _limited(capacity: Capacity) -> Iterable[str]:
    return ["house", *(f"site:{name}" for name in capacity.sites), *capacity.people]


def _limit(engine: Engine, capacity: Capacity, day: date, channel: str, name: str) -> int | None:
    """None: without limit. On a closed day nobody is there."""
    by_name = {"house": capacity.house} | {f"site:{n}": limits for n, limits in capacity.sites.items()}
    limit = by_name.get(name, capacity.people.get(name, Limits())).of(channel)
    return 0 if limit is not None and not engine.policy.calendar.is_open(day) else limit


def _in_order(name: str) -> tuple[bool, bool, str]:
    return name != "house", not name.startswith("site:"), name
