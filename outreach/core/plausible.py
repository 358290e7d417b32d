"""Where a customer may be: the zones and the places that what is known of her allows.

A zone is a set, not a value. What is allowed is what is allowed in all zones of the best evidence there is:

1. the zone she stated herself;
2. the part of the country she lives in (a state, a province), or the country, if it has one zone or her phone is from
   another one;
3. the area code of her phone: all zones that its numbers are in;
4. the country: all its zones.

Better evidence silences worse: somebody in Berlin with a number from New York lives by the clock of Berlin. Places are
different: a law may presume that its people are where their area code is (Florida's does), so the laws of the address
and those of the phone hold together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from outreach.core.customer import Customer
from outreach.core.law import Place
from outreach.core.zone import known


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """The geography that the core asks for and has not; as it stands here it knows no place at all.

    `country` gives all zones of a country; `region` the code of a part of a country, told by its code or name, and its
    zones; `phone_places` and `phone_zones` say where numbers like this one (E.164) are given out. What they don't know
    is empty; none of them raises.
    """

    country: Callable[[str], tuple[str, ...]] = lambda code: ()
    region: Callable[[str, str], tuple[str, tuple[str, ...]]] = lambda country, name: ("", ())
    phone_places: Callable[[str], frozenset[Place]] = lambda number: frozenset()
    phone_zones: Callable[[str], tuple[str, ...]] = lambda number: ()


def plausible_zones(customer: Customer, atlas: Atlas) -> tuple[str, ...]:
    """The zones that the best evidence allows; none when there is no evidence."""
    if known(customer.timezone):
        return (customer.timezone,)
    country = customer.country
    _, zones = atlas.region(country, customer.region) if country and customer.region else ("", ())
    if zones:
        return zones
    everywhere = atlas.country(country) if country else ()
    by_phone = sorted({c for c, _ in atlas.phone_places(customer.phone)})
    if len(everywhere) == 1 or (country and country not in by_phone):
        return everywhere
    return atlas.phone_zones(customer.phone) or everywhere or tuple(z for c in by_phone for z in atlas.country(c))


def plausible_places(customer: Customer, atlas: Atlas) -> frozenset[Place]:
    """The places whose laws hold: that of the address, and those that the phone's area code belongs to."""
    by_phone = atlas.phone_places(customer.phone)
    if not customer.country:
        return by_phone
    part, _ = atlas.region(customer.country, customer.region) if customer.region else ("", ())
    return by_phone | {(customer.country, part)}
