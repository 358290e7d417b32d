"""Silence after a refusal, and the pause until a person has read a reply."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.guard import opening
from outreach.core.quiet import PAUSE
from outreach.core.trace import Reason, awaited
from tests.support.guarded import DAY, HOUR, NOON, a_follow_up, a_policy, a_standing

SILENCE = 60 * DAY
POLICY = a_policy(silence=SILENCE)
MICRO = timedelta(microseconds=1)
CHANNELS, PURPOSES = ("sms", "email", "call"), ("marketing", "care", "transactional", "safety")


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize(
    ("mark", "span", "code"), [("refusal", SILENCE, "silence:60d"), ("reply", PAUSE, "hold:reply")]
)
def test_by_no_channel_for_so_long_and_not_a_moment_longer(channel: str, purpose: str, mark: str, span, code: str):
    f = a_follow_up(channel=channel, purpose=purpose, worth=90 * DAY)
    standing = a_standing(marks={mark: NOON})
    found = opening(f, NOON + MICRO, standing, POLICY)
    held = purpose in ("marketing", "care")
    assert found.at == (NOON + span if held else NOON + MICRO)
    assert [r.code for r in found.reasons] == ([code] if held else [])
    assert opening(f, NOON + span, standing, POLICY).at == NOON + span


def test_the_reason_says_since_when():
    [reason] = opening(a_follow_up(), NOON + DAY, a_standing(marks={"refusal": NOON}), POLICY).reasons
    assert reason.numbers == {"since": NOON.isoformat(), "free": (NOON + SILENCE).isoformat()}


def test_a_cadence_without_silence_asks_for_none_and_a_reply_is_read_all_the_same():
    marks = {"refusal": NOON, "reply": NOON}
    assert opening(a_follow_up(), NOON, a_standing(marks=marks), a_policy()).at == NOON + PAUSE


@given(st.integers(-2000, 0), st.integers(-2000, 0), st.integers(0, 2000))
def test_a_later_refusal_never_makes_anything_earlier(one: int, two: int, at: int):
    early, late = sorted((one, two))

    def opens(said: int):
        return opening(a_follow_up(), NOON + at * HOUR, a_standing(marks={"refusal": NOON + said * HOUR}), POLICY).at

    assert opens(early) <= opens(late)
    assert opens(late) == max(NOON + at * HOUR, NOON + late * HOUR + SILENCE)


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        (["cap:1/3d"], "cap:1/3d"), (["back_off:40h", "hours:sms"], "back_off:40h"),
        (["gap:20h", "hours:call"], "gap:20h"), (["back_off:40h", "hold:complaint"], "hold:complaint"),
        (["hold:reply", "cap:4/30d", "hours:sms"], "hold:reply"),
        (["unknown_timezone"], "unknown_timezone"), (["silence:60d", "hours:sms"], "silence:60d"),
    ],
)  # fmt: skip
def test_what_is_put_off_waits_for_what_news_may_lift(codes: list[str], code: str):
    assert awaited([Reason(code=c) for c in codes]) == code
