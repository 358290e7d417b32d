"""Laws on hours and limits of contacts, as values: what one place asks for, and which places' laws hold for a customer.

The laws themselves are data (`rulebook/laws/*.yaml`), each with its source, its date and how sure we are of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from outreach.core.week import Week

#: Country (ISO 3166, two letters) and the part of it (ISO 3166-2 without the country); "" is an unknown part.
Place = tuple[str, str]


class Limit(NamedTuple):
    """At most `max` touches in any rolling window of length `per`; `label` is `4/30d`."""

    max: int
    per: timedelta
    label: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Law:
    """One row of a pack; nobody's rows are merged, so that a reason names the one that stands in the way.

    `code` is `law:us-fl`; `countries` begins with the pack's own, `region` is "" for a law of the whole country.
    `hours` is on the customer's clock, and on the clocks of `zones` too where a law may mean those. On `eves` of public
    holidays those hours hold as well; with `holidays` the day itself is closed. `consent`: marketing needs a recorded
    yes. `silence` after a refusal. `confidence` is V (read in the source), V2 (read in a second hand) or R (recalled).
    """

    code: str
    place: str
    countries: tuple[str, ...]
    region: str = ""
    channels: frozenset[str] = frozenset({"call"})
    purposes: frozenset[str] = frozenset({"marketing", "care"})
    hours: Week | None = None
    zones: tuple[str, ...] = ()
    holidays: bool = False
    eves: Week | None = None
    limits: tuple[Limit, ...] = ()
    consent: bool = False
    silence: timedelta | None = None
    source: str
    read_in: str
    as_of: date
    confidence: str
    note: str = ""

    def covers(self, channel: str, purpose: str) -> bool:
        """Whether it speaks of such contacts."""
        return channel in self.channels and purpose in self.purposes


class InForce(NamedTuple):
    """A law that holds for a customer, and the places in its reach that she may be in: their holidays are hers."""

    law: Law
    places: tuple[Place, ...]


@lru_cache(maxsize=4096)
def in_force(laws: tuple[Law, ...], places: frozenset[Place], channel: str, purpose: str) -> tuple[InForce, ...] | None:
    """The laws that hold for such a contact of a customer who may be in these places. All of them hold: the strictest
    wins. None when no place is known at all and one of the laws might hold.

    Where the country is known and the part of it isn't, the laws of all its parts hold.
    """
    speaking = [law for law in laws if law.covers(channel, purpose)]
    if speaking and not places:
        return None
    parts = _parts(places)
    return tuple(InForce(law, found) for law in speaking if (found := _reach(law, parts)))


@lru_cache(maxsize=4096)
def limiting(laws: tuple[Law, ...], places: frozenset[Place]) -> tuple[tuple[Law, Limit], ...]:
    """The limits that hold for a customer who may be in these places, each with its law."""
    parts = _parts(places)
    return tuple((law, limit) for law in laws if law.limits and _reach(law, parts) for limit in law.limits)


def _parts(places: Iterable[Place]) -> Mapping[str, frozenset[str]]:
    """The known parts of each country that she may be in."""
    found: dict[str, frozenset[str]] = {}
    for country, part in places:
        found[country] = found.get(country, frozenset()) | ({part} if part else frozenset())
    return found


def _reach(law: Law, parts: Mapping[str, frozenset[str]]) -> tuple[Place, ...]:
    """The places of this law that she may be in; none when it doesn't hold."""
    if law.region:
        known = parts.get(law.countries[0])
        holds = known is not None and (law.region in known or not known)
        return ((law.countries[0], law.region),) if holds else ()
    here = [country for country in law.countries if country in parts]
    regions = [(country, part) for country in here for part in sorted(parts[country])]
    whole = [(country, "") for country in dict.fromkeys((law.countries[0], *here))]
    return tuple(whole + regions) if here else ()
