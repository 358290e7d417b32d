"""Where a customer may be: the ranks of evidence, and which places' laws hold."""

from __future__ import annotations

import pytest

from outreach.core.cadence import Cadence
from outreach.core.calendar import Calendar
from outreach.core.customer import Customer
from outreach.core.law import in_force
from outreach.core.plausible import Atlas, plausible_places, plausible_zones
from outreach.core.policy import Policy
from outreach.rulebook.atlas import ATLAS, zones_of_country
from outreach.rulebook.law_packs import laws_of
from outreach.rulebook.law_shapes import PACKS
from tests.support.people_of_places import EASTERN, NOBODY_KNOWS, PEOPLE, STATES, Someone

LAWS = laws_of(PACKS)


def a_policy(**cadence: object) -> Policy:
    made = Cadence(laws=LAWS, **cadence)  # type: ignore[arg-type]
    return Policy(cadence=made, calendar=Calendar(), holidays=lambda *_: frozenset(), zone="Europe/Lisbon", atlas=ATLAS)


@pytest.mark.parametrize("someone", PEOPLE, ids=lambda someone: someone.about)
def test_the_zones_somebody_may_be_in(someone: Someone):
    wanted = set(zones_of_country("US")) if someone.zones is None else someone.zones
    assert set(plausible_zones(someone.customer, ATLAS)) == wanted


@pytest.mark.parametrize("someone", PEOPLE, ids=lambda someone: someone.about)
def test_the_laws_that_hold_for_somebody(someone: Someone):
    found = in_force(LAWS, plausible_places(someone.customer, ATLAS), "call", "marketing")
    assert found is not None
    assert {law.code for law, _ in found} == someone.codes


def test_a_text_is_held_to_the_laws_that_speak_of_texts():
    by_name = {someone.about: someone for someone in PEOPLE}
    texan, parisian = by_name["in El Paso"], by_name["in Paris"]
    for someone, codes in ((texan, ["law:us", "law:us-tx"]), (parisian, [])):
        found = in_force(LAWS, plausible_places(someone.customer, ATLAS), "sms", "care")
        assert [law.code for law, _ in found or ()] == codes
    assert in_force(LAWS, plausible_places(texan.customer, ATLAS), "email", "marketing") == ()


@pytest.mark.parametrize("purpose", ["transactional", "safety"])
def test_answers_and_safety_are_no_business_of_these_laws(purpose: str):
    assert in_force(LAWS, frozenset({("US", "FL")}), "call", purpose) == ()
    assert in_force(LAWS, frozenset(), "call", purpose) == ()


def test_without_a_place_no_law_can_be_kept():
    assert in_force(LAWS, plausible_places(NOBODY_KNOWS.customer, ATLAS), "call", "care") is None
    assert in_force(LAWS, frozenset(), "email", "care") == ()
    assert in_force(laws_of(["fr", "de"]), frozenset(), "sms", "care") == ()
    assert in_force((), frozenset(), "call", "care") == ()


def test_of_an_unknown_state_every_state_s_law_holds_and_of_a_known_one_its_own():
    everywhere = in_force(laws_of(["us"]), frozenset({("US", "")}), "call", "care")
    assert everywhere is not None
    assert {law.region for law, _ in everywhere} == {"", *STATES.upper().split()}
    known = in_force(laws_of(["us"]), frozenset({("US", ""), ("US", "MD")}), "call", "care")
    assert [law.region for law, _ in known or ()] == ["", "MD"]


def test_the_holidays_of_a_law_are_those_of_her_own_part_too():
    [alsace, _] = in_force(laws_of(["fr"]), frozenset({("FR", "57")}), "call", "care") or ()
    assert alsace.places == (("FR", ""), ("FR", "57"))
    [island, _] = in_force(laws_of(["fr"]), frozenset({("RE", "")}), "call", "care") or ()
    assert island.places == (("FR", ""), ("RE", ""))
    _, state = in_force(laws_of(["us"]), frozenset({("US", "PA"), ("US", "NY")}), "call", "care") or ()
    assert state.places == (("US", "PA"),)


def test_a_zone_that_is_none_is_no_word_of_hers():
    told = Customer(id="c1", timezone="Mars/Olympus", phone="+12125550101")
    assert plausible_zones(told, ATLAS) == (EASTERN,)


def test_the_house_takes_its_own_zone_only_where_nothing_is_known():
    nobody, gary = NOBODY_KNOWS.customer, PEOPLE[1].customer
    assert a_policy().zones(nobody) == ()
    assert a_policy(unknown_timezone="business").zones(nobody) == ("Europe/Lisbon",)
    assert len(a_policy(unknown_timezone="business").zones(gary)) == 2


def test_moments_are_reckoned_on_her_clock_if_it_is_one():
    policy = a_policy()
    assert policy.wall_zone(PEOPLE[0].customer) == EASTERN
    assert policy.wall_zone(Customer(id="c1", phone="+12125550101")) == EASTERN
    assert policy.wall_zone(Customer(id="c1", country="FR")) == "Europe/Paris"
    assert policy.wall_zone(PEOPLE[1].customer) == "Europe/Lisbon", "two clocks are none to reckon on"
    assert policy.wall_zone(NOBODY_KNOWS.customer) == "Europe/Lisbon"
    assert [policy.own_zone(p.customer) for p in (PEOPLE[0], PEOPLE[1], NOBODY_KNOWS)] == [EASTERN, "", ""]


def test_places_are_asked_for_only_where_laws_are_kept():
    assert a_policy().places(PEOPLE[0].customer) == {("US", "NY")}
    without = Policy(cadence=Cadence(), calendar=Calendar(), holidays=lambda *_: frozenset(), atlas=ATLAS)
    assert without.places(PEOPLE[0].customer) == frozenset()


def test_without_an_atlas_only_her_own_word_counts():
    blank = Atlas()
    assert plausible_zones(PEOPLE[0].customer, blank) == (EASTERN,)
    assert plausible_zones(PEOPLE[3].customer, blank) == ()
    assert plausible_places(PEOPLE[3].customer, blank) == {("US", "")}
