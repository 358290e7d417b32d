"""The guard against a judge who reads the laws' table himself and walks through time a quarter of an hour at a step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from outreach.core.guard import opening
from outreach.core.hours import parse_hours
from outreach.core.ledger import Touch
from outreach.rulebook.atlas import zones_of_country
from outreach.rulebook.law_shapes import PACKS
from tests.core.moments import utc
from tests.core.test_lawful import BY_NAME, a_policy, standing_of
from tests.support.guarded import a_follow_up, a_touch, in_windows
from tests.support.law_table import lawful, open_there, rows
from tests.support.people_of_places import PEOPLE, Someone

STEP = timedelta(minutes=15)  # every hour of a law and every change of a clock lies on one
DAYS = 12
#: The house's hours as marketers write them, and as the judge reads them.
ALWAYS, BUSY, EARLY = "mon-sun 00:00-24:00", "mon-fri 10:00-13:00, 14:00-18:00", "mon-sun 06:00-09:30"
HOUSES = {
    ALWAYS: "0-6 00:00-24:00",
    BUSY: "0-4 10:00-13:00, 0-4 14:00-18:00",
    EARLY: "0-6 06:00-09:30",
    "mon-sun 20:00-02:00": "0-6 20:00-24:00, 0-6 00:00-02:00",
    "sat-sun 09:00-21:00": "5-6 09:00-21:00",
}
#: The clocks change, a holiday comes, or nothing happens.
STARTS = (
    "2026-11-04T12:00", "2026-10-31T12:00", "2027-03-13T12:00", "2027-03-27T12:00", "2026-10-03T12:00",
    "2026-04-02T12:00", "2026-12-04T12:00", "2026-12-23T12:00", "2027-01-24T12:00", "2026-07-02T12:00",
)  # fmt: skip
#: Of these the table doesn't have all holidays of their own part.
MORE_HOLIDAYS = ("in Alsace", "on La Réunion", "in Sydney, Broken Hill or on Lord Howe")

somebody = st.sampled_from(PEOPLE)
houses = st.sampled_from(sorted(HOUSES))
instants = st.builds(lambda start, steps: utc(start) + steps * STEP, st.sampled_from(STARTS), st.integers(0, 4 * 72))
packs = st.lists(st.sampled_from(PACKS), max_size=10, unique=True)
earlier = st.lists(
    st.tuples(st.integers(-4 * 24 * 40, 4 * 24 * 3), st.sampled_from(["call", "sms", "email"])), max_size=8,
    unique_by=lambda touch: touch[0],
)  # fmt: skip


def written(house: str) -> dict[str, str]:
    days, _, spans = house.partition(" ")
    return {days: spans}


def zones_of(someone: Someone) -> Iterable[str]:
    return zones_of_country("US") if someone.zones is None else someone.zones


def allowed(someone: Someone, at: datetime, channel: str, purpose: str, house: str, touches: list[Touch]) -> bool:
    """Whether house and laws allow this very moment: on every clock, and with the contacts around it."""
    told = rows(someone.codes, channel, purpose)
    return (
        all(open_there(HOUSES[house], at.astimezone(ZoneInfo(zone))) for zone in zones_of(someone))
        and all(lawful(row, at, zones_of(someone)) for row in told)
        and all(
            in_windows([t.at for t in touches if t.channel in row.channels], row.limit[1] * timedelta(hours=1))(at)
            <= row.limit[0]
            for row in told
            if row.limit
        )
    )


@given(
    somebody,
    houses,
    instants,
    st.sampled_from(["call", "sms"]),
    st.sampled_from(["marketing", "care", "transactional"]),
    earlier,
)
@example(BY_NAME["from Gary: Chicago's clock or New York's"], EARLY, utc("2026-10-31T12:00"), "call", "care", [])
@example(BY_NAME["in El Paso"], ALWAYS, utc("2026-11-01T00:00"), "sms", "marketing", [])
@example(BY_NAME["moved from Oregon to Jackson"], ALWAYS, utc("2026-11-05T02:00"), "call", "care", [])
@example(BY_NAME["in Rome"], ALWAYS, utc("2026-12-07T06:00"), "call", "care", [])
@example(BY_NAME["in Pittsburgh"], ALWAYS, utc("2026-11-26T00:30"), "call", "care", [])
@example(BY_NAME["in Paris"], BUSY, utc("2026-12-24T18:00"), "call", "care", [(-96 * n, "call") for n in range(5)])
@example(BY_NAME["in Florida, Pensacola or Miami"], ALWAYS, utc("2026-11-04T18:00"), "call", "care",
         [(-4, "sms"), (-8, "call"), (-12, "sms")])  # fmt: skip
def test_it_opens_at_the_first_moment_that_house_and_every_law_allow(
    someone: Someone, house: str, start: datetime, channel: str, purpose: str, before: list[tuple[int, str]]
):
    touches = [a_touch(start + steps * STEP, kind) for steps, kind in before]
    policy = a_policy(hours={channel: parse_hours(written(house))})
    standing = standing_of(someone, *touches, policy=policy)
    found = opening(a_follow_up(channel=channel, purpose=purpose), start, standing, policy).at
    assert found is None or allowed(someone, found, channel, purpose, house, touches)
    if someone.about in MORE_HOLIDAYS:
        return
    steps = DAYS * 96 if found is None else -(-(min(found, start + timedelta(days=DAYS)) - start) // STEP)
    too_late = (start + n * STEP for n in range(steps))
    assert next((at for at in too_late if allowed(someone, at, channel, purpose, house, touches)), None) is None


@given(somebody, houses, instants, earlier)
def test_what_all_allow_each_allows_alone_on_each_clock(
    someone: Someone, house: str, start: datetime, before: list[tuple[int, str]]
):
    touches = [a_touch(start + steps * STEP, kind) for steps, kind in before]
    hours = {"call": parse_hours(written(house))}
    f, together = a_follow_up(channel="call"), a_policy(hours=hours)
    standing = standing_of(someone, *touches, policy=together)
    found = opening(f, start, standing, together).at
    if found is None:
        return
    for zone in standing.zones:
        standing.zones = (zone,)
        assert opening(f, found, standing, a_policy([], hours=hours)).at == found
        assert all(opening(f, found, standing, a_policy([pack])).at == found for pack in PACKS)


@given(somebody, houses, instants, earlier, packs, packs)
def test_one_law_more_never_makes_anything_earlier(
    someone: Someone, house: str, start: datetime, before: list[tuple[int, str]], some: list[str], more: list[str]
):
    touches = [a_touch(start + steps * STEP, kind) for steps, kind in before]
    f, hours = a_follow_up(channel="call"), {"call": parse_hours(written(house))}
    few, many = (a_policy(names, hours=hours) for names in (some, some + more))
    with_few, with_many = (opening(f, start, standing_of(someone, *touches, policy=p), p).at for p in (few, many))
    assert with_many is None or (with_few is not None and with_few <= with_many)


@given(somebody, st.lists(somebody, max_size=2), houses, instants)
def test_one_zone_or_place_more_never_makes_anything_earlier(
    someone: Someone, others: list[Someone], house: str, start: datetime
):
    policy = a_policy(hours={"call": parse_hours(written(house))})
    f, alone, unsure = a_follow_up(channel="call"), standing_of(someone), standing_of(someone)
    for other in others:
        too = standing_of(other)
        unsure.zones, unsure.places = unsure.zones + too.zones, unsure.places | too.places
    sure, later = opening(f, start, alone, policy).at, opening(f, start, unsure, policy).at
    # A part that becomes known lifts the laws of the other parts of that country.
    if {(c, "") for c, part in unsure.places if part} & alone.places:
        return
    assert later is None or (sure is not None and sure <= later)
