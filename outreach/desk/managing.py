"""What managers do: give a card to somebody else, cover an absence, see the load of the next days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from outreach.desk.card import Result
from outreach.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One day (the house's) of the whole house (`house`), of a site (`site:salon`) or of a person or role (`lena`):
    `planned` calls or tasks (handed out or ahead) against `capacity` (None: without limit)."""

    day: date
    channel: str
    of: str
    planned: int
    capacity: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """`who` is away from `since` until `until` (UTC); `to` stands in, "" for anyone."""

    who: str
    since: datetime
    until: datetime
    to: str
    by: str


def assign(engine: Engine, follow_up: str, by: str, *, to: str | None = None, site: str | None = None) -> Result:
    """Give a card to a person or role (`to`, "" for anyone) and to a site; None leaves it as it is."""
    raise NotImplementedError


def absent(engine: Engine, who: str, since: datetime, until: datetime, *, to: str = "", by: str = "") -> Absence:
    """While `who` is away, the cards of that person, those that come new as well, are for `to` (anyone, when left out);
    afterwards they are the person's again. Saying it again replaces it. Raises InputError for a time that ends before
    it begins."""
    raise NotImplementedError


def back(engine: Engine, who: str) -> bool:
    """`who` is back, whatever was said before; False when nobody knew of an absence."""
    raise NotImplementedError


def absences(engine: Engine) -> list[Absence]:
    """Who is away, or will be."""
    raise NotImplementedError


def load(engine: Engine, days: int = 14) -> list[Load]:
    """Calls and tasks of the next days against capacity: for the house, each site and each person or role that has
    some, or has a limit."""
    raise NotImplementedError
