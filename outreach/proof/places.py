"""Where a customer may be, derived anew from what her row tells; and which laws hold there.

Of the zones: the one she stated; those of her part of the country; the country's, if it has one, or if her phone is of
another country; those of her area code; all of the country's. Of the laws: those of her address and of her area code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from outreach.core.law import Law
from outreach.core.policy import Policy
from outreach.proof.rows import Row

Place = tuple[str, str]


@cache
def _all_zones() -> frozenset[str]:
    return frozenset(available_timezones())


class Binding(NamedTuple):
    """A law that holds, and the places whose public holidays are hers by it."""

    law: Law
    places: tuple[Place, ...]


def zone(name: str) -> ZoneInfo:
    """The zone of that name; the standard library keeps those in use."""
    return ZoneInfo(name)


def zones_of(row: Row, policy: Policy) -> frozenset[str]:
    """All zones that she may be in, by today's tables."""
    found = _zones(row, policy)
    if found:
        return frozenset(found)
    return frozenset({policy.zone}) if policy.cadence.unknown_timezone == "business" else frozenset()


def _zones(row: Row, policy: Policy) -> Iterable[str]:
    atlas = policy.atlas
    if row.timezone in _all_zones():
        return (row.timezone,)
    if row.country and row.region and (there := atlas.region(row.country, row.region)[1]):
        return there
    whole = atlas.country(row.country) if row.country else ()
    abroad = {country for country, _ in atlas.phone_places(row.phone)}
    if len(whole) == 1 or (row.country and row.country not in abroad):
        return whole
    return atlas.phone_zones(row.phone) or whole or [z for country in abroad for z in atlas.country(country)]


def binding(laws: Iterable[Law], places: frozenset[Place], channel: str, purpose: str) -> Iterator[Binding]:
    """The laws that hold for such a contact of somebody who may be in these places. Where the country is known and the
    part of it isn't, those of all its parts do."""
    for law in laws:
        if not law.covers(channel, purpose):
            continue
        countries = {country for country, _ in places} & set(law.countries)
        parts = {place for place in places if place[0] in countries and place[1]}
        if law.region:
            home = law.countries[0]
            known = {part for country, part in parts if country == home}
            if home in countries and (law.region in known or not known):
                yield Binding(law, ((home, law.region),))
        elif countries:
            yield Binding(law, ((law.countries[0], ""), *((country, "") for country in countries), *parts))
