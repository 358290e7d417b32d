"""Geography for the core, which has none of its own: zones of countries and their parts, and where phones are from.

Everything is read when it is first asked for; a customer who stated her zone asks for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from outreach.core.law import Place
from outreach.core.plausible import Atlas
from outreach.core.zone import known

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

HERE: Final = Path(__file__).parent / "geography"
#: What phone numbers say who belong to no country: satellites, services.
_NOWHERE: Final = "001"
_NOTHING: Final[tuple[frozenset[Place], tuple[str, ...]]] = (frozenset(), ())

Rows = list[tuple[str, str, str]]


def zones_of_country(code: str) -> tuple[str, ...]:
    """All zones of a country, as the IANA database lists them.

    >>> zones_of_country("ES")
    ('Europe/Madrid', 'Africa/Ceuta', 'Atlantic/Canary')
    """
    return _countries().get(code, ())


def region_of(country: str, name: str) -> tuple[str, tuple[str, ...]]:
    """The code of a part of a country (told by its code or its name) and its zones; ("", ()) when it isn't known.

    Of a country whose parts aren't listed, any is taken by the name it is given; its zones are the country's.

    >>> region_of("US", "Florida"), region_of("US", "ZZ"), region_of("FR", "57")
    (('FL', ('America/New_York', 'America/Chicago')), ('', ()), ('57', ()))
    """
    listed = _regions().get(country)
    return (name, ()) if listed is None else listed.get(name.casefold(), ("", ()))


def phone_places(number: str) -> frozenset[Place]:
    """Where numbers like this one (E.164) are given out: a country, and its parts where an area code tells them.

    Toll-free and personal numbers say nothing. A mobile number says where it was bought, which is the best there is.

    >>> phone_places("+13055550100"), phone_places("+18005550100"), phone_places("+4915112345678")
    (frozenset({('US', 'FL')}), frozenset(), frozenset({('DE', '')}))
    """
    if number.startswith("+1"):
        return _area_codes().get(number[2:5], _NOTHING)[0]
    return _country_of(number)


def phone_zones(number: str) -> tuple[str, ...]:
    """All zones of its area code, or of all numbers that begin like it; none for a number that says nothing.

    A North American area code is taken whole: of few of its prefixes it is known on which side of the line they lie.

    >>> phone_zones("+12195550100"), phone_zones("+34612345678")
    (('America/Chicago', 'America/New_York'), ('Atlantic/Canary', 'Europe/Madrid'))
    """
    if number.startswith("+1"):
        return _area_codes().get(number[2:5], _NOTHING)[1]
    return _zones_abroad(number)


#: The geography that comes with this program.
ATLAS: Final = Atlas(
    country=zones_of_country, region=region_of, phone_places=phone_places, phone_zones=phone_zones
)  # fmt: skip


@lru_cache(maxsize=65536)
def _country_of(number: str) -> frozenset[Place]:
    """The country of a number outside North America; of satellites and services none."""
    import phonenumbers  # takes a while, and who has customers in North America only never needs it

    parsed = _parsed(number)
    if parsed is None:
        return frozenset()
    main = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[parsed.country_code or 0]
    country = main[0] if len(main) == 1 else phonenumbers.region_code_for_number(parsed) or main[0]
    return frozenset() if country == _NOWHERE else frozenset({(country, "")})


@lru_cache(maxsize=65536)
def _zones_abroad(number: str) -> tuple[str, ...]:
    """The zones of a number outside North America."""
    from phonenumbers import timezone

    parsed = _parsed(number)
    return () if parsed is None else tuple(zone for zone in timezone.time_zones_for_number(parsed) if known(zone))


def _parsed(number: str) -> PhoneNumber | None:
    """An E.164 number taken apart, a good deal faster than for a number of any form; None when it isn't one."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumber

    digits = number[1:]
    if not (number.startswith("+") and digits.isascii() and digits.isdigit()):
        return None
    for end in (1, 2, 3):
        if int(digits[:end]) in COUNTRY_CODE_TO_REGION_CODE and digits[end:]:
            rest = digits[end:]
            zero = rest.startswith("0") or None
            return PhoneNumber(country_code=int(digits[:end]), national_number=int(rest), italian_leading_zero=zero)
    return None


@cache
def _countries() -> Mapping[str, tuple[str, ...]]:
    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    found: dict[str, tuple[str, ...]] = {}
    for country, _, zone, *_ in lines:
        found[country] = (*found.get(country, ()), zone)
    return found


@cache
def _regions() -> Mapping[str, Mapping[str, tuple[str, tuple[str, ...]]]]:
    """By country, then by code and by name in lower case."""
    found: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {}
    for codes, names, zones in rows(HERE / "regions.txt"):
        for place in codes.split():
            country, _, code = place.partition("-")
            for name in (code, *filter(None, (name.strip() for name in names.split(",")))):
                found.setdefault(country, {})[name.casefold()] = (code, tuple(zones.split()))
    return found


@cache
def _area_codes() -> Mapping[str, tuple[frozenset[Place], tuple[str, ...]]]:
    return {
        code: (frozenset(_place(place) for place in places.split()), tuple(zones.split()))
        for code, places, zones in rows(HERE / "area_codes.txt")
    }


def _place(text: str) -> Place:
    country, _, part = text.partition("-")
    return country, part


def rows(path: Path) -> Rows:
    """The rows of a table: three columns between `|`; lines that begin with `#` are remarks."""
    lines = path.read_text(encoding="utf-8").splitlines()
    split = [[cell.strip() for cell in line.split("|")] for line in lines if line.strip() and not line.startswith("#")]
    return [(first, second, third) for first, second, third in split]
