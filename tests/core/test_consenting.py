"""Consent at a moment: the latest word, its end, what lifts a withdrawal, and what the suppression list says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.consenting import Suppression, refused, word, words_at
from outreach.core.customer import Consent
from outreach.core.expiring import ends
from outreach.core.follow_up import FollowUp
from outreach.core.guard import opening, refusal
from outreach.core.span import MomentError
from tests.support.guarded import DAY, HOUR, NOON, PHONE_KEY, a_follow_up, a_policy, a_standing

MICRO = timedelta(microseconds=1)
ADVERT = a_follow_up(purpose="marketing")
RECALL = a_follow_up(purpose="safety")
POLICY = a_policy()


def yes(at: datetime = NOON - DAY, **said: object) -> Consent:
    return Consent(**({"channel": "sms", "purpose": "marketing", "given": True, "at": at} | said))


def no(at: datetime = NOON - DAY, **said: object) -> Consent:
    return yes(at, given=False, **said)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ([], "none"),
        ([yes()], "given"),
        ([no()], "withdrawn"),
        ([yes(), no()], "withdrawn"),  # a withdrawal wins a tie
        ([no(NOON - 2 * DAY), yes()], "given"),
        ([yes(NOON - 2 * DAY), no()], "withdrawn"),
        ([yes(channel="email")], "none"),
        ([yes(purpose="care")], "none"),
        ([yes(channel="all", purpose="all")], "given"),
        ([yes(expires=NOON)], "expired"),
        ([yes(expires=NOON + MICRO)], "given"),
        ([yes(expires=NOON - DAY), yes(NOON - 9 * DAY)], "given"),  # an older one without end still stands
        ([no(NOON - 9 * DAY), yes(NOON - 2 * DAY, expires=NOON)], "withdrawn"),  # what lifted it is over
        ([no(NOON - 2 * DAY), yes(basis="implied:purchase")], "withdrawn"),  # buying again is no yes
        ([no(NOON - 2 * DAY), yes(NOON - DAY), yes(basis="implied:purchase")], "given"),
        ([no(NOON - 2 * DAY, purpose="all"), yes()], "withdrawn"),
        ([no(NOON - 2 * DAY, purpose="all"), yes(evidence="form 12")], "given"),
    ],
)
def test_what_holds_at_a_moment(said: list[Consent], status: str):
    assert word(said, "sms", "marketing", NOON).status == status
    assert word(reversed(said), "sms", "marketing", NOON).status == status


@pytest.mark.parametrize(
    ("basis", "expires", "given_at", "until"),
    [
        ("implied:purchase", None, "2024-11-02T12:00", "2026-11-02T12:00"),
        ("implied:contract", None, "2024-02-29T12:00", "2026-02-28T12:00"),
        ("implied:inquiry", None, "2026-08-31T12:00", "2027-02-28T12:00"),
        ("implied", None, "2026-05-02T12:00", "2026-11-02T12:00"),
        ("implied:purchase", "5 years", "2024-11-02T12:00", "2026-11-02T12:00"),
        ("implied:purchase", "30 days", "2026-10-03T12:00", "2026-11-02T12:00"),
        ("express", None, "2024-11-02T12:00", None),
        ("", None, "2024-11-02T12:00", None),
        ("express", "2 years", "2024-11-02T12:00", "2026-11-02T12:00"),
        ("express", "2026-11-02T13:00:00+01:00", "2024-11-02T12:00", "2026-11-02T12:00"),
    ],
)
def test_how_long_it_lasts(basis: str, expires: str | None, given_at: str, until: str | None):
    at = datetime.fromisoformat(given_at).replace(tzinfo=UTC)
    assert ends(basis, expires, at, "UTC") == (datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None)


def test_a_date_begins_at_her_own_midnight_and_years_keep_the_wall_time():
    at = datetime(2025, 3, 1, 17, tzinfo=UTC)  # noon in New York, in winter
    assert ends("", "2027-07-01", at, "America/New_York") == datetime(2027, 7, 1, 4, tzinfo=UTC)
    july = datetime(2025, 7, 1, 16, tzinfo=UTC)  # noon in New York, in summer
    assert ends("implied:inquiry", None, july, "America/New_York") == datetime(2026, 1, 1, 17, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["soon", "2027-13-01", "2027-05-01T10:00:00", 3, "3 business days", True])
def test_an_end_that_cannot_be_read_is_refused(wrong: object):
    with pytest.raises(MomentError):
        ends("", wrong, NOON, "UTC")


@pytest.mark.parametrize(
    ("basis", "given_at"), [("implied:purchase", "2024-11-02T12:00"), ("implied:inquiry", "2026-05-02T12:00")]
)
def test_implied_consent_ends_to_the_microsecond(basis: str, given_at: str):
    at = datetime.fromisoformat(given_at).replace(tzinfo=UTC)
    said = yes(at, basis=basis, expires=ends(basis, None, at, "UTC"))
    for moment, code in ((NOON - MICRO, None), (NOON, "no_consent:sms")):
        why = refusal(ADVERT, a_standing(consents=(said,), now=moment), POLICY)
        assert (why.code if why else None) == code
    assert why.text == "marketing by sms needs consent; it expired on 2026-11-02"


def test_a_planned_moment_must_lie_before_the_end():
    standing = a_standing(consents=(yes(expires=NOON + HOUR),), now=NOON)
    assert refusal(ADVERT, standing, POLICY) is None
    assert opening(ADVERT, NOON + HOUR - MICRO, standing, POLICY).at == NOON + HOUR - MICRO
    later = opening(ADVERT, NOON + HOUR, standing, POLICY)
    assert (later.at, [r.code for r in later.reasons]) == (None, ["no_consent:sms"])
    assert opening(a_follow_up(purpose="care"), NOON + HOUR, standing, POLICY).at == NOON + HOUR


def test_words_at_an_address_hold_for_the_channels_that_use_it():
    listed = [
        Suppression(PHONE_KEY, "call:marketing", "message.received", NOON),
        Suppression("k-mail", "all:all", "consent.withdrawn", NOON),
        Suppression(PHONE_KEY, "sms", "stop", NOON),
        Suppression("k-other", "sms:all", "consent.withdrawn", NOON),
    ]
    keys = {"sms": PHONE_KEY, "call": PHONE_KEY, "email": "k-mail"}
    assert {(c.channel, c.purpose) for c in words_at(keys, listed)} == {("call", "marketing"), ("email", "all")}


SAFE = ["wrong_number", "provider:30005", "stop", "do_not_call"]


@pytest.mark.parametrize("why", SAFE)
@pytest.mark.parametrize("channel", ["sms", "call", "email"])
def test_a_recall_passes_nothing_of_the_list_but_a_do_not_call(why: str, channel: str):
    standing = a_standing()
    standing.suppressed = {(standing.address_keys[channel], channel): why}
    passes = refused(a_follow_up(channel=channel, purpose="safety"), standing, POLICY.cadence) is None
    assert passes == (channel == "call" and why == "do_not_call")
    assert (
        refused(a_follow_up(channel=channel, purpose="care"), standing, POLICY.cadence).code == f"suppressed:{channel}"
    )


@pytest.mark.parametrize(
    ("purpose", "code"),
    [
        ("marketing", None),
        ("care", None),
        ("transactional", None),
        ("safety", "opted_out:sms"),
        ("all", "opted_out:sms"),
    ],
)
def test_a_recall_passes_a_withdrawal_that_speaks_of_something_else(purpose: str, code: str | None):
    why = refused(RECALL, a_standing(consents=(no(purpose=purpose),)), POLICY.cadence)
    assert (why.code if why else None) == code


def test_a_recall_needs_no_consent_and_outlasts_one():
    assert refused(RECALL, a_standing(consents=()), POLICY.cadence) is None
    assert refused(RECALL, a_standing(consents=(yes(expires=NOON),), now=NOON), POLICY.cadence) is None


#: A judge of its own: replays the history in order of time, keeping what is in force.
def in_force(history: list[Consent], at: datetime) -> bool:
    agreed: list[Consent] = []
    withdrawn: set[str] = set()
    for line in sorted(history, key=lambda c: (c.at, not c.given)):  # at one instant the withdrawal has the last word
        if not line.given:
            agreed, withdrawn = [], withdrawn | {line.purpose}
        elif not withdrawn or (line.basis != "implied:purchase" and ("all" not in withdrawn or line.evidence)):
            agreed.append(line)
    return any(line.expires is None or at < line.expires for line in agreed)


hours = st.integers(-40, 40)
lines = st.builds(
    lambda at, given, purpose, basis, evidence, end: Consent(
        channel="sms", purpose=purpose, given=given, at=NOON + at * HOUR, basis=basis, evidence=evidence,
        expires=None if end is None or not given else NOON + end * HOUR,
    ),
    hours, st.booleans(), st.sampled_from(["marketing", "all"]), st.sampled_from(["", "express", "implied:purchase"]),
    st.sampled_from(["", "form"]), st.none() | hours,
)  # fmt: skip
histories = st.lists(lines, max_size=6)


@given(histories, hours)
def test_a_replay_comes_to_the_same(history: list[Consent], hour: int):
    at = NOON + hour * HOUR
    assert (word(history, "sms", "marketing", at).status == "given") == in_force(history, at)


@given(histories, hours, hours)
def test_time_alone_never_brings_consent(history: list[Consent], one: int, two: int):
    early, late = sorted((one, two))
    if word(history, "sms", "marketing", NOON + late * HOUR).status == "given":
        assert word(history, "sms", "marketing", NOON + early * HOUR).status == "given"


@given(histories, hours, hours)
def test_one_more_withdrawal_never_allows_anything(history: list[Consent], at: int, hour: int):
    moment = NOON + hour * HOUR
    if word([*history, no(NOON + at * HOUR)], "sms", "marketing", moment).status == "given":
        assert word(history, "sms", "marketing", moment).status == "given"


@given(histories, hours)
def test_the_guard_of_the_plan_says_the_same_as_the_refusal_at_that_moment(history: list[Consent], hour: int):
    for f in (ADVERT, a_follow_up(purpose="care"), RECALL):
        _agree(f, history, NOON + hour * HOUR)


def _agree(f: FollowUp, history: list[Consent], at: datetime) -> None:
    now = a_standing(consents=tuple(history), now=at)
    planned = a_standing(consents=tuple(history), now=NOON - 50 * HOUR)
    if refusal(f, planned, POLICY) is None:
        assert (opening(f, at, planned, POLICY).at == at) == (refusal(f, now, POLICY) is None)
