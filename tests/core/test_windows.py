"""Rolling windows: the worked example of a push provider, the boundary, and brute force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.windows import counted, crowded, first_free, gap_counted
from tests.support.guarded import DAY, HOUR, NOON, a_cap, a_touch, in_windows

MINUTE = timedelta(minutes=1)
#: OneSignal's own table for three in 24 hours.
WORKED = [("02 09:00", True), ("02 13:00", True), ("02 17:00", True), ("03 08:00", False), ("03 09:01", True),
          ("03 10:00", False), ("03 11:00", False), ("03 14:00", True)]  # fmt: skip

minutes = st.integers(0, 120)
pasts = st.lists(minutes, max_size=8).map(lambda found: sorted(NOON + m * MINUTE for m in found))


def test_three_in_24_hours_as_the_worked_example_says():
    sent: list[datetime] = []
    for text, goes in WORKED:
        at = datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC)
        assert crowded(at, sent, 3, DAY) is not goes, text
        sent += [at] if goes else []


def test_room_opens_exactly_when_the_window_is_over():
    assert crowded(NOON + DAY - timedelta(microseconds=1), [NOON], 1, DAY)
    assert not crowded(NOON + DAY, [NOON], 1, DAY)
    assert first_free(NOON + HOUR, [NOON], 1, DAY) == NOON + DAY


def test_a_touch_that_lies_ahead_keeps_its_room():
    assert crowded(NOON, [NOON + DAY - MINUTE], 1, DAY)
    assert not crowded(NOON, [NOON + DAY], 1, DAY)


def test_two_windows_that_overlap_are_both_kept():
    around = [NOON - 20 * HOUR, NOON + 20 * HOUR]
    assert not crowded(NOON, around, 2, DAY)
    assert crowded(NOON, [NOON - 2 * HOUR, NOON + 20 * HOUR], 2, DAY)
    assert not crowded(NOON, [NOON - 12 * HOUR, NOON + 12 * HOUR], 2, DAY)  # the first is out when the last comes


def test_what_allows_nothing_never_has_room():
    assert crowded(NOON, [], 0, DAY)
    assert first_free(NOON, [], 0, DAY) is None


@given(at=minutes, times=pasts, most=st.integers(1, 4), window=st.integers(1, 60))
def test_crowded_is_what_counting_every_window_says(at: int, times: list[datetime], most: int, window: int):
    moment, length = NOON + at * MINUTE, window * MINUTE
    if not any(in_windows(times, length)(t) - 1 > most for t in times):  # a past that kept the cap itself
        assert crowded(moment, times, most, length) == (in_windows(times, length)(moment) > most)


@given(at=minutes, times=pasts, most=st.integers(1, 4), window=st.integers(1, 60))
def test_the_first_free_moment_is_free_and_none_before_it_is(at: int, times: list[datetime], most: int, window: int):
    start, length = NOON + at * MINUTE, window * MINUTE
    found = first_free(start, times, most, length)
    assert found is not None
    assert not crowded(found, times, most, length)
    assert all(crowded(start + n * MINUTE, times, most, length) for n in range((found - start) // MINUTE))


@given(at=minutes, times=pasts, more=minutes, most=st.integers(1, 4), window=st.integers(1, 60))
def test_more_history_never_makes_it_earlier(at: int, times: list[datetime], more: int, most: int, window: int):
    start, length = NOON + at * MINUTE, window * MINUTE
    before = first_free(start, times, most, length)
    after = first_free(start, sorted([*times, NOON + more * MINUTE]), most, length)
    assert before is not None
    assert after is not None
    assert after >= before


@pytest.mark.parametrize(
    ("state", "counts"), [("reserved", 1), ("attempted", 1), ("delivered", 1), ("unknown", 1), ("released", 0)]
)
def test_what_was_given_back_does_not_count(state: str, counts: int):
    touch = a_touch(NOON, state=state)
    assert (len(counted(a_cap(1, DAY), [touch])), len(gap_counted([touch]))) == (counts, counts)


@pytest.mark.parametrize(("said", "cap", "gap"), [("yes", 1, 1), ("gap", 0, 1), ("no", 0, 0)])
def test_a_purpose_says_for_what_its_touches_count(said: str, cap: int, gap: int):
    touch = a_touch(NOON, counts=said)
    assert (len(counted(a_cap(1, DAY), [touch])), len(gap_counted([touch]))) == (cap, gap)


def test_a_cap_counts_its_own_channels_and_purposes():
    touches = [a_touch(NOON, "sms"), a_touch(NOON, "call"), a_touch(NOON, "sms", "marketing")]
    assert len(counted(a_cap(1, DAY, ["sms"]), touches)) == 2
    assert len(counted(a_cap(1, DAY, ["sms"], ["care"]), touches)) == 1
    assert len(counted(a_cap(1, DAY), touches)) == 3
