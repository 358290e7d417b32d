"""The table of North American area codes, made anew from the data of `phonenumbers`.

Each area code gets all zones that any of its prefixes is in. For a prefix it doesn't list, `phonenumbers` answers with
one zone, which is often the wrong one: of 219 (Gary, on Chicago's clock) it says New York for 673 of 800 prefixes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from phonenumbers import PhoneNumber, region_code_for_number
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.timezone import time_zones_for_geographical_number
from phonenumbers.tzdata import TIMEZONE_DATA

from outreach.rulebook.atlas import region_of

HEADER = """\
# North American area codes: code | places | all zones in which it is used.
# Made from the data of phonenumbers by tests/support/area_codes.py; to make it anew, delete it and run its test.
# Codes laid over a split one have its zones too, because of them only one is known.

"""
#: Laid over (recalled, not read in a source): these serve the area of the other one.
OVERLAYS = {
    "364": "270", "448": "850", "458": "541", "930": "812", "986": "208", "689": "407", "474": "306", "639": "306",
    "879": "709", "236": "250", "257": "250", "672": "250", "778": "250", "367": "418", "581": "418",
}  # fmt: skip
#: What a number is answered with of which nothing is known: every zone of the North American plan.
ANYWHERE = time_zones_for_geographical_number(PhoneNumber(country_code=1, national_number=8002222222))
#: Places named for less than this share of an area code's prefixes are slips of the data.
SHARE = 0.05


def numbers(code: str) -> Iterator[PhoneNumber]:
    """One number of each prefix."""
    return (
        PhoneNumber(country_code=1, national_number=int(f"{code}{prefix}1234"))
        for prefix in range(200, 1000)
    )  # fmt: skip


def codes() -> list[str]:
    """The area codes that are of a place; toll-free and personal ones aren't."""
    return sorted({prefix[1:4] for prefix in TIMEZONE_DATA if prefix[0] == "1" and len(prefix) >= 4})


def zones(code: str) -> list[str]:
    """All zones of one area code."""
    answers = map(time_zones_for_geographical_number, numbers(code))
    found = {zone for answer in answers if answer != ANYWHERE for zone in answer}
    return sorted(found - {"Etc/Unknown"})


def country(code: str) -> str:
    """The country of one area code."""
    return next(filter(None, map(region_code_for_number, numbers(code))))


def said_of_prefixes() -> dict[str, Counter[str]]:
    """What the prefixes of each area code are said to be: `Kentucky`, `IN`, `Nova Scotia/Prince Edward Island`."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for prefix, names in GEOCODE_DATA.items():
        if prefix[0] == "1" and len(prefix) >= 4 and "en" in names:
            found[prefix[1:4]][names["en"].rpartition(", ")[2]] += 1
    return found


def places(land: str, said: Counter[str]) -> list[str]:
    """`US-IN`; the country alone where it has no parts with laws or zones of their own."""
    if land not in ("US", "CA"):
        return [land]
    parts: Counter[str] = Counter()
    for names, times in said.items():
        for name in names.split("/"):
            parts[region_of(land, name)[0]] += times
    often = [part for part, times in parts.items() if part and times >= SHARE * said.total()]
    return [f"{land}-{part}" for part in sorted(often)] or [land]


def line(code: str, said: dict[str, Counter[str]]) -> str:
    everywhere = sorted({*zones(code), *(zones(OVERLAYS[code]) if code in OVERLAYS else ())})
    return f"{code} | {' '.join(places(country(code), said[code]))} | {' '.join(everywhere)}\n"


def table() -> str:
    """The whole file."""
    said = said_of_prefixes()
    return HEADER + "".join(line(code, said) for code in codes())
