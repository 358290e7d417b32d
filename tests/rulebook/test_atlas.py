"""Geography: the table of area codes is what the data says, and what it says of zones and places holds together."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.zone import known
from outreach.rulebook.atlas import ATLAS, HERE, phone_places, phone_zones, region_of, rows, zones_of_country
from tests.support.area_codes import OVERLAYS, table

AREA_CODES = {code: (places.split(), zones.split()) for code, places, zones in rows(HERE / "area_codes.txt")}
#: Area codes in several zones: the union over all their prefixes, and what is laid over them (domain facts).
SPLIT = """
    208 986 219 270 364 308 423 541 458 574 605 606 620 701 775 785 812 930 850 448 906 907 928 689
    250 236 257 672 778 418 367 581 709 879 807 867 474
"""
#: The data of prefixes and the map disagree: too many zones are kept rather than too few.
ODD = {
    "907": {"Pacific/Honolulu"}, "879": {"America/Puerto_Rico"}, "474": {"America/Winnipeg"},
    "867": {"America/Toronto", "America/Vancouver"},
}  # fmt: skip
SEASONS = [datetime(2027, month, 15, 12, tzinfo=UTC) for month in (1, 7)]


def clocks(zone: str) -> tuple[object, ...]:
    """How a zone's clocks stand in winter and in summer."""
    return tuple(at.astimezone(ZoneInfo(zone)).utcoffset() for at in SEASONS)


def test_the_table_of_area_codes_is_what_the_data_says():
    """Delete the file and run this to write it anew."""
    path = HERE / "area_codes.txt"
    if not path.exists():
        path.write_text(table(), encoding="utf-8")
        pytest.fail("area_codes.txt was written: read what changed, then run again")
    assert path.read_text(encoding="utf-8") == table()


def test_every_zone_exists():
    named = {zone for _, zones in AREA_CODES.values() for zone in zones}
    named |= {zone for _, _, zones in rows(HERE / "regions.txt") for zone in zones.split()}
    assert [zone for zone in named if not known(zone)] == []


def test_area_codes_over_a_line_have_the_zones_of_both_sides():
    assert {code for code, (_, zones) in AREA_CODES.items() if len(zones) > 1} == set(SPLIT.split())
    assert [set(AREA_CODES[code][1]) >= set(AREA_CODES[of][1]) for code, of in OVERLAYS.items()] == [True] * 15


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+12195550100", {"America/Chicago", "America/New_York"}),  # Gary, Indiana; phonenumbers says New York
        ("+12705550100", {"America/Chicago", "America/New_York"}),  # western Kentucky
        ("+18505550100", {"America/Chicago", "America/New_York"}),  # Pensacola
        ("+12125550100", {"America/New_York"}),
        ("+18005550100", set()),  # toll-free
        ("+15005550100", set()),  # personal
        ("+19995550100", set()),  # not given out
        ("+34612345678", {"Europe/Madrid", "Atlantic/Canary"}),
        ("+34912345678", {"Europe/Madrid"}),
        ("+262692123456", {"Indian/Mayotte", "Indian/Reunion"}),
        ("+61212345678", {"Australia/Sydney"}),
        ("+393123456789", {"Europe/Rome", "Europe/Vatican"}),
        ("+390612345678", {"Europe/Rome"}),
        ("", set()),
        ("4915112345678", set()),
        ("+870773111632", set()),  # a satellite
    ],
)
def test_a_phone_says_in_which_zones_it_may_be(number: str, zones: set[str]):
    assert set(phone_zones(number)) == zones


def test_an_australian_and_a_russian_mobile_may_be_anywhere_there():
    assert set(phone_zones("+61412345678")) >= {"Australia/Perth", "Australia/Sydney", "Australia/Adelaide"}
    assert len(phone_zones("+79161234567")) == 16


@pytest.mark.parametrize(
    ("number", "places"),
    [
        ("+13055550100", {("US", "FL")}),
        ("+19025550100", {("CA", "NS"), ("CA", "PE")}),
        ("+18675550100", {("CA", "NT"), ("CA", "NU"), ("CA", "YT")}),
        ("+12025550100", {("US", "DC")}),
        ("+12065550100", {("US", "WA")}),
        ("+17875550100", {("PR", "")}),
        ("+18765550100", {("JM", "")}),
        ("+447400123456", {("GB", "")}),
        ("+447700900123", {("GB", "")}),  # a number for films
        ("+447781123456", {("GG", "")}),
        ("+77012345678", {("KZ", "")}),
        ("+79161234567", {("RU", "")}),
        ("+390669812345", {("VA", "")}),
        ("+4915112345678", {("DE", "")}),
        ("+18885550100", set()),
        ("+80012345678", set()),
        ("+870773111632", set()),
        ("phone", set()),
        ("", set()),
    ],
)
def test_a_phone_says_whose_laws_may_hold(number: str, places: set[tuple[str, str]]):
    assert phone_places(number) == places


@pytest.mark.parametrize("code", AREA_CODES)
def test_the_zones_of_an_area_code_are_those_of_its_places(code: str):
    places, zones = AREA_CODES[code]
    there = [region_of(*place.split("-")) if "-" in place else ("", zones_of_country(place)) for place in places]
    allowed = {clocks(zone) for _, of_place in there for zone in of_place}
    assert {clocks(zone) for zone in set(zones) - ODD.get(code, set())} <= allowed
    assert len(places) == len(set(places)) > 0


def test_a_country_has_all_its_zones():
    assert len(zones_of_country("US")) == 29
    assert set(zones_of_country("ES")) == {"Europe/Madrid", "Africa/Ceuta", "Atlantic/Canary"}
    assert zones_of_country("FR") == ("Europe/Paris",)
    assert zones_of_country("XX") == ()


def test_a_part_of_a_country_goes_by_its_code_or_its_name():
    assert region_of("US", "FL") == region_of("US", "florida") == ("FL", ("America/New_York", "America/Chicago"))
    assert region_of("CA", "Québec")[0] == "QC"
    assert region_of("ES", "tf") == ("TF", ("Atlantic/Canary",))
    assert region_of("US", "QC") == ("", ())
    assert region_of("DE", "BY") == ("BY", ()), "its zones are the country's"


def test_every_state_and_province_is_there():
    parts = {place for codes, _, _ in rows(HERE / "regions.txt") for place in codes.split()}
    assert sum(place.startswith("US-") for place in parts) == 56  # states, the capital, five territories
    assert sum(place.startswith("CA-") for place in parts) == 13
    assert sum(place.startswith("AU-") for place in parts) == 8
    assert sum(place.startswith("ES-") for place in parts) == 19 + 50 + 1  # Ourense has an old code and a new one
    assert sum(place.startswith("PT-") for place in parts) == 20


@given(st.text(max_size=20) | st.from_regex(r"\A\+[0-9]{1,15}\Z"), st.text(max_size=3))
def test_nothing_that_is_asked_raises(text: str, other: str):
    assert all(known(zone) for zone in ATLAS.phone_zones(text))
    assert len(ATLAS.phone_places(text)) <= 3
    assert ATLAS.country(text) == () or len(text) == 2
    assert ATLAS.region(other, text) == (text, ()) or other in ("US", "CA", "AU", "ES", "PT")


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
def test_a_number_of_a_country_is_a_number_of_that_country(country: str):
    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.FIXED_LINE)
    if number is None:
        return
    text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert {c for c, _ in phone_places(text)} == {phonenumbers.region_code_for_number(number)}
    if not text.startswith("+1"):
        assert set(phone_zones(text)) == {z for z in phonenumbers.timezone.time_zones_for_number(number) if known(z)}
