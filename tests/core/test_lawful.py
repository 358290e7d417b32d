"""The laws' hours, days, limits and consent at their edges: each of these numbers stands in a row of a pack."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from outreach.core.cadence import DEFAULT_PURPOSES, PurposePolicy
from outreach.core.customer import Consent
from outreach.core.follow_up import FollowUp
from outreach.core.guard import Opening, Policy, opening, refusal
from outreach.core.hours import parse_hours
from outreach.core.ledger import Touch
from outreach.core.standing import Standing
from outreach.core.trace import Reason
from outreach.core.zone import to_utc
from outreach.rulebook.atlas import ATLAS
from outreach.rulebook.law_packs import laws_of
from outreach.rulebook.law_shapes import PACKS
from outreach.rulebook.public_holidays import public_holidays
from tests.support.guarded import NOON, PHONE_KEY, a_follow_up, a_standing, a_touch
from tests.support.guarded import a_policy as a_bare_policy
from tests.support.people_of_places import NOBODY_KNOWS, PEOPLE, Someone

BY_NAME = {someone.about: someone for someone in PEOPLE}
NEW_YORKER, PARISIAN = BY_NAME["in New York, by her own word"], BY_NAME["in Paris"]
FLORIDIAN, TEXAN = BY_NAME["in New Jersey, with a phone from Miami"], BY_NAME["in El Paso"]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_policy(packs: Iterable[str] = PACKS, **cadence: Any) -> Policy:
    bare = a_bare_policy(laws=laws_of(packs), **cadence)
    return Policy(cadence=bare.cadence, calendar=bare.calendar, holidays=public_holidays, atlas=ATLAS)


def standing_of(someone: Someone, *touches: Touch, policy: Policy | None = None, **given: Any) -> Standing:
    policy, customer = policy or a_policy(), someone.customer
    zones, places = policy.zones(customer), policy.places(customer)
    return a_standing(*touches, customer=customer, zones=zones, places=places, **given)


def found(someone: Someone, at: datetime, *touches: Touch, policy: Policy | None = None, **f: Any) -> Opening:
    policy = policy or a_policy()
    wanted = a_follow_up(**{"channel": "call", "purpose": "marketing"} | f)
    return opening(wanted, at, standing_of(someone, *touches, policy=policy), policy)


def there(local: str, zone: str) -> datetime:
    return to_utc(datetime.fromisoformat(local), zone)


def opens(someone: Someone, local: str, zone: str, **given: Any) -> str:
    """When it opens, on that wall clock, from a time on that wall clock on."""
    at = found(someone, there(local, zone), **given).at
    assert at is not None
    return at.astimezone(ZoneInfo(zone)).strftime("%a %d %b %H:%M:%S")


@pytest.mark.parametrize(
    ("someone", "zone", "at", "opened"),
    [
        ("in New York, by her own word", "America/New_York", "2026-11-04T20:59:59", "Wed 04 Nov 20:59:59"),
        ("in New York, by her own word", "America/New_York", "2026-11-04T21:00:00", "Thu 05 Nov 08:00:00"),
        ("in New York, by her own word", "America/New_York", "2026-11-08T07:59:59", "Sun 08 Nov 08:00:00"),
        ("in New Jersey, with a phone from Miami", "America/New_York", "2026-11-04T20:00", "Thu 05 Nov 08:00:00"),
        # Texas on a Sunday: noon to nine, by El Paso's clock and by Central time
        ("in El Paso", "America/Denver", "2026-11-08T09:00", "Sun 08 Nov 12:00:00"),
        ("in El Paso", "America/Denver", "2026-11-08T19:59:59", "Sun 08 Nov 19:59:59"),
        ("in El Paso", "America/Denver", "2026-11-08T20:00", "Mon 09 Nov 09:00:00"),
        ("in Texas, Dallas or El Paso", "America/Chicago", "2026-11-08T12:00", "Sun 08 Nov 13:00:00"),
        # Mississippi by Central time, though she lives by Oregon's clock
        ("moved from Oregon to Jackson", "America/Los_Angeles", "2026-11-04T07:00", "Wed 04 Nov 08:00:00"),
        ("moved from Oregon to Jackson", "America/Los_Angeles", "2026-11-04T18:00", "Thu 05 Nov 08:00:00"),
        ("in Pittsburgh", "America/New_York", "2026-11-07T18:59:59", "Sat 07 Nov 18:59:59"),
        ("in Pittsburgh", "America/New_York", "2026-11-07T19:00", "Mon 09 Nov 09:00:00"),
        (
            "in Pittsburgh",
            "America/New_York",
            "2026-11-26T12:00",
            "Sat 28 Nov 09:00:00",
        ),  # Thanksgiving and the day after
        ("in Alabama", "America/Chicago", "2026-11-26T12:00", "Fri 27 Nov 08:00:00"),
        ("in Alabama", "America/Chicago", "2026-11-08T12:00", "Mon 09 Nov 08:00:00"),
        ("in Maine", "America/New_York", "2026-11-06T17:00", "Mon 09 Nov 09:00:00"),
        ("in Victoria", "America/Vancouver", "2026-11-07T09:00", "Sat 07 Nov 10:00:00"),
        ("in Victoria", "America/Vancouver", "2026-11-07T18:00", "Sun 08 Nov 10:00:00"),
        ("in Victoria", "America/Vancouver", "2026-11-06T21:29:59", "Fri 06 Nov 21:29:59"),
        ("in Victoria", "America/Vancouver", "2026-11-06T21:30", "Sat 07 Nov 10:00:00"),
        ("in Victoria", "America/Vancouver", "2026-08-03T12:00", "Tue 04 Aug 09:00:00"),  # BC Day
        ("in Paris", "Europe/Paris", "2026-11-04T13:00", "Wed 04 Nov 14:00:00"),
        ("in Paris", "Europe/Paris", "2026-11-04T09:59:59", "Wed 04 Nov 10:00:00"),
        ("in Paris", "Europe/Paris", "2026-11-06T20:00", "Mon 09 Nov 10:00:00"),
        ("in Paris", "Europe/Paris", "2026-07-14T11:00", "Wed 15 Jul 10:00:00"),
        ("in Alsace", "Europe/Paris", "2026-04-03T11:00", "Tue 07 Apr 10:00:00"),  # Good Friday, and Easter Monday
        ("in Paris", "Europe/Paris", "2026-04-03T11:00", "Fri 03 Apr 11:00:00"),
        ("on La Réunion", "Indian/Reunion", "2026-11-04T12:59", "Wed 04 Nov 12:59:00"),
        ("on La Réunion", "Indian/Reunion", "2026-11-04T13:00", "Wed 04 Nov 14:00:00"),
        # Spain by both clocks: 09:00 on the Canaries is 10:00 in Madrid, 21:00 in Madrid is 20:00 there
        ("on a Spanish mobile: Madrid or the Canaries", "Europe/Madrid", "2026-11-04T09:00", "Wed 04 Nov 10:00:00"),
        ("on a Spanish mobile: Madrid or the Canaries", "Europe/Madrid", "2026-11-04T20:59", "Wed 04 Nov 20:59:00"),
        ("on a Spanish mobile: Madrid or the Canaries", "Europe/Madrid", "2026-11-04T21:00", "Thu 05 Nov 10:00:00"),
        ("on Tenerife", "Atlantic/Canary", "2026-11-04T20:59", "Wed 04 Nov 20:59:00"),
        # Italy: until 20:00, on Saturdays and eves of holidays 10 to 19 (8 December is a Tuesday)
        ("in Rome", "Europe/Rome", "2026-12-03T19:30", "Thu 03 Dec 19:30:00"),
        ("in Rome", "Europe/Rome", "2026-12-05T19:00", "Mon 07 Dec 10:00:00"),
        ("in Rome", "Europe/Rome", "2026-12-07T09:30", "Mon 07 Dec 10:00:00"),
        ("in Rome", "Europe/Rome", "2026-12-07T19:00", "Wed 09 Dec 09:00:00"),
        ("in London", "Europe/London", "2026-11-07T20:00", "Mon 09 Nov 09:00:00"),
        ("in Delhi", "Asia/Kolkata", "2026-11-08T09:00", "Sun 08 Nov 10:00:00"),
        # An Australian mobile: open from Lord Howe (+11) and Sydney to Perth (+8) and Cocos (+6:30)
        ("on an Australian mobile", "Australia/Sydney", "2026-11-04T09:00", "Wed 04 Nov 13:30:00"),
        ("on an Australian mobile", "Australia/Sydney", "2026-11-04T20:00", "Thu 05 Nov 13:30:00"),
        ("on an Australian mobile", "Australia/Sydney", "2026-11-07T12:00", "Sat 07 Nov 13:30:00"),
        # Gary, Indiana: eight by Chicago's clock, nine by New York's
        ("from Gary: Chicago's clock or New York's", "America/Chicago", "2026-11-04T20:00", "Thu 05 Nov 08:00:00"),
        ("from Gary: Chicago's clock or New York's", "America/Chicago", "2026-11-04T19:59", "Wed 04 Nov 19:59:00"),
        ("somewhere in the States", "America/New_York", "2026-11-04T09:00", "Wed 04 Nov 15:00:00"),  # Hawaii's ten
    ],
)
def test_the_hours_of_a_law_at_their_edges(someone: str, zone: str, at: str, opened: str):
    assert opens(BY_NAME[someone], at, zone) == opened


def test_in_a_country_without_a_pack_the_house_s_hours_hold_alone():
    assert found(BY_NAME["in Rio, where no pack speaks"], NOON + 14 * HOUR).at == NOON + 14 * HOUR


@pytest.mark.parametrize(
    ("local", "code"),
    [
        ("2026-12-25T12:00", "law:it:holiday"),
        ("2026-12-25T03:00", "law:it:holiday"),
        ("2026-12-24T09:30", "law:it:hours"),  # its eve, from ten
        ("2026-12-24T08:00", "law:it:hours"),
        ("2026-12-13T12:00", "law:it:hours"),  # a Sunday
    ],
)
def test_a_holiday_and_an_hour_are_told_apart(local: str, code: str):
    [reason] = found(BY_NAME["in Rome"], there(local, "Europe/Rome")).reasons
    assert (reason.code, reason.numbers["zone"]) == (code, "Europe/Rome")


def test_a_text_keeps_the_hours_where_the_law_speaks_of_texts():
    assert opens(TEXAN, "2026-11-08T09:00", "America/Denver", channel="sms") == "Sun 08 Nov 12:00:00"
    assert (
        opens(BY_NAME["in Pittsburgh"], "2026-11-08T09:00", "America/New_York", channel="sms")[:13] == "Sun 08 Nov 09"
    )
    assert opens(PARISIAN, "2026-11-08T03:00", "Europe/Paris", channel="sms") == "Sun 08 Nov 03:00:00"
    assert opens(NEW_YORKER, "2026-11-08T03:00", "America/New_York", channel="email") == "Sun 08 Nov 03:00:00"


def test_the_strictest_of_law_and_house_wins_and_both_are_named():
    policy = a_policy(hours={"call": parse_hours({"mon-sun": "07:00-12:00"})})
    at = there("2026-11-04T06:00", "America/New_York")
    opening_ = found(BY_NAME["in Maine"], at, policy=policy)
    assert opening_.at == at + 3 * HOUR
    assert [r.code for r in opening_.reasons] == ["hours:call", "law:us:hours", "law:us-me:hours"]
    last = opening_.reasons[-1]
    assert last.text == "the law of Maine allows mon-fri 09:00-17:00"
    assert last.numbers["opens"] == (at + 3 * HOUR).isoformat()
    assert last.numbers["confidence"] == "V2"
    assert "state law" in last.numbers["source"]


def test_a_house_can_t_talk_itself_out_of_a_law():
    anything = PurposePolicy(obeys_caps=False, counts="no", consent="not needed", any_hours=True)
    purposes = dict(DEFAULT_PURPOSES) | {"care": anything}
    loud = a_policy(purposes=purposes)
    night = there("2026-11-04T22:00", "America/New_York")
    assert found(NEW_YORKER, night, policy=loud, purpose="care").at == night + 10 * HOUR
    touches = [a_touch(night + n * HOUR, channel="call", counts="no") for n in (-12, -11, -10)]
    assert found(FLORIDIAN, night + 10 * HOUR, *touches, policy=loud, purpose="care").at == night + 12 * HOUR


def test_an_exceptional_opening_of_the_house_is_none_of_the_law():
    policy = a_policy(holidays="customer")
    open_on_thanksgiving = Policy(
        cadence=policy.cadence, calendar=type(policy.calendar)(open=frozenset({date(2026, 11, 26)})),
        holidays=public_holidays, atlas=ATLAS,
    )  # fmt: skip
    at = there("2026-11-26T12:00", "America/New_York")
    assert found(NEW_YORKER, at, policy=open_on_thanksgiving).at == at
    refused = found(BY_NAME["in Pittsburgh"], at, policy=open_on_thanksgiving)
    assert [r.code for r in refused.reasons] == ["law:us-pa:holiday"]


@pytest.mark.parametrize("purpose", ["transactional", "safety"])
def test_an_answer_and_a_recall_come_at_the_house_s_hours(purpose: str):
    night = there("2026-11-04T22:00", "America/New_York")
    assert found(NEW_YORKER, night, purpose=purpose).at == night


def test_florida_allows_three_in_24_hours_calls_and_texts_together():
    at = there("2026-11-04T12:00", "America/New_York")
    touches = [a_touch(at - n * HOUR, channel=channel) for n, channel in ((3, "call"), (2, "sms"), (1, "call"))]
    held = found(FLORIDIAN, at, *touches)
    assert held.at == at + 21 * HOUR
    assert [r.code for r in held.reasons] == ["law:us-fl:3/24h"]
    assert (held.reasons[0].numbers["used"], held.reasons[0].numbers["limit"]) == (3, 3)
    assert found(FLORIDIAN, at, *touches[1:]).at == at
    assert found(FLORIDIAN, at, *touches[1:], a_touch(at - HOUR, channel="email")).at == at
    assert found(FLORIDIAN, at, *touches[1:], a_touch(at - HOUR, channel="call", state="released")).at == at
    assert found(FLORIDIAN, at, *touches[1:], a_touch(at - HOUR, channel="call", purpose="transactional")).at == at
    assert found(NEW_YORKER, at, *touches).at == at


def test_france_allows_four_in_thirty_days_and_what_is_planned_counts():
    at = there("2026-11-04T11:00", "Europe/Paris")
    four = [a_touch(at - n * DAY, channel="call") for n in (28, 20, 10)]
    policy, standing = a_policy(), standing_of(PARISIAN, *four)
    f = a_follow_up(channel="call", purpose="care")
    assert opening(f, at, standing, policy).at == at
    with_a_plan = opening(f, at, standing, policy, [a_touch(at + DAY, channel="call")])
    assert with_a_plan.at == at + 2 * DAY
    assert [r.code for r in with_a_plan.reasons] == ["law:fr:4/30d"]


def test_the_touches_of_a_shared_phone_count():
    at = there("2026-11-04T12:00", "America/New_York")
    his = [a_touch(at - n * HOUR, "call", customer="c2", address_key=PHONE_KEY) for n in (3, 2, 1)]
    standing = standing_of(FLORIDIAN, at_phone=his)
    assert opening(a_follow_up(channel="call"), at, standing, a_policy()).at == at + 21 * HOUR


def said(someone: Someone, *consents: Consent, **f: Any) -> Reason | None:
    purposes = dict(DEFAULT_PURPOSES) | {"marketing": PurposePolicy(obeys_caps=True, counts="yes", consent="assumed")}
    policy = a_policy(purposes=purposes)
    wanted: FollowUp = a_follow_up(**{"channel": "call", "purpose": "marketing"} | f)
    return refusal(wanted, standing_of(someone, policy=policy, consents=consents), policy)


YES = Consent(channel="call", purpose="marketing", given=True, at=NOON - DAY)


@pytest.mark.parametrize(
    ("someone", "code"),
    [
        ("in Paris", "law:fr:consent"),
        ("in Berlin, with a phone from New York", "law:de:consent"),
        ("in Vienna", "law:at:consent"),
        ("on Tenerife", "law:es:consent"),
        ("in London", None),
        ("in New York, by her own word", None),
    ],
)
def test_where_the_law_wants_a_yes_an_assumed_one_is_none(someone: str, code: str | None):
    refused = said(BY_NAME[someone])
    assert (refused.code if refused else None) == code
    assert said(BY_NAME[someone], YES) is None
    assert said(BY_NAME[someone], purpose="care") is None
    assert said(BY_NAME[someone], channel="sms") is None


def test_the_refusal_names_the_law():
    refused = said(PARISIAN)
    assert refused is not None
    assert refused.text == "the law of France wants consent for marketing by call; none is recorded"
    assert "L.223-1" in refused.numbers["source"]


def test_whose_place_nobody_knows_waits_and_it_is_said():
    policy = a_policy(hours={"email": parse_hours({"mon-sun": "any"})}, unknown_timezone="business")
    held = found(NOBODY_KNOWS, NOON, policy=policy)
    assert (held.at, [r.code for r in held.reasons]) == (None, ["unknown_place"])
    assert found(NOBODY_KNOWS, NOON, policy=policy, channel="email").at == NOON
    assert found(NOBODY_KNOWS, NOON, policy=policy, purpose="transactional").at == NOON
    assert found(NOBODY_KNOWS, NOON, policy=a_policy([], unknown_timezone="business")).at == NOON


def test_a_law_s_hours_need_a_zone_even_where_the_house_has_none():
    tells_the_country = Someone("", set(), "", known={"country": "DE"})
    policy = a_policy(["uk", "in"])
    standing = standing_of(tells_the_country, policy=policy)
    standing.zones, standing.places = (), frozenset({("GB", "")})
    held = opening(a_follow_up(channel="call"), NOON, standing, policy)
    assert (held.at, [r.code for r in held.reasons]) == (None, ["unknown_timezone"])


def test_t19_no_hour_in_common_is_said_and_does_not_take_for_ever():
    morning = a_policy([], hours={"call": parse_hours({"mon-fri": "09:00-11:00"})})
    held = found(BY_NAME["on an Australian mobile"], NOON, policy=morning)
    assert held.at is None
    assert [r.code for r in held.reasons] == ["hours:call", "no_common_hour"]
    night = a_policy(["us"], hours={"sms": parse_hours({"mon-sun": "22:00-02:00"})})
    held = found(NEW_YORKER, NOON, policy=night, channel="sms")
    assert [r.code for r in held.reasons] == ["hours:sms", "law:us:hours", "no_common_hour"]


def test_t17_t18_the_house_s_hours_hold_in_every_zone_too():
    policy = a_policy([], hours={"call": parse_hours({"mon-fri": "10:00-13:00, 14:00-18:00"})})
    gary, spain = (
        BY_NAME["from Gary: Chicago's clock or New York's"],
        BY_NAME["on a Spanish mobile: Madrid or the Canaries"],
    )
    assert opens(gary, "2026-11-04T09:00", "America/Chicago", policy=policy) == "Wed 04 Nov 10:00:00"
    assert opens(gary, "2026-11-04T12:00", "America/Chicago", policy=policy) == "Wed 04 Nov 14:00:00"
    assert opens(gary, "2026-11-04T17:00", "America/Chicago", policy=policy) == "Thu 05 Nov 10:00:00"
    assert opens(spain, "2026-11-04T10:00", "Europe/Madrid", policy=policy) == "Wed 04 Nov 11:00:00"
    assert opens(spain, "2026-11-04T13:00", "Europe/Madrid", policy=policy) == "Wed 04 Nov 15:00:00"


def test_a_holiday_over_the_date_line_is_one_on_each_clock():
    """26 January begins in Sydney while it is still the 25th in Perth, and ends there last."""
    policy = a_policy(["au"])
    someone = Someone("", set(), "", "+61412345678", {"country": "AU"})
    at = there("2027-01-26T00:30", "Australia/Sydney")
    opened = found(someone, at, policy=policy)
    assert opened.at == there("2027-01-27T09:00", "Indian/Cocos")
