"""The `at` language: what it reads, and what it says to those who write something else."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.moment import Span, When
from outreach.core.moment_text import parse_when
from outreach.core.words import MomentError

TEN = time(10)
ARRIVAL, RENEWAL = ("event", "arrival"), ("customer", "renews_on")
DAY, BUSINESS = Span(days=1), Span(business=1)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("immediately", When(kind="immediately")),
        ("in 2 hours", When(kind="in", span=Span(seconds=7200))),
        ("in 90m", When(kind="in", span=Span(seconds=5400))),
        ("in 3 days", When(kind="in", span=Span(days=3))),
        ("in 3 days 10:00", When(kind="in", span=Span(days=3), clock=TEN)),
        ("in 2w 9:05", When(kind="in", span=Span(days=14), clock=time(9, 5))),
        ("in 2 business days 10:00", When(kind="in", span=Span(business=2), clock=TEN)),
        ("next day 10:00", When(kind="in", span=DAY, clock=TEN)),
        ("Next  Day 10:00", When(kind="in", span=DAY, clock=TEN)),
        ("next business day 10:00", When(kind="in", span=BUSINESS, clock=TEN)),
        ("next monday 10:00", When(kind="weekday", weekday=0, clock=TEN)),
        ("next Sun 10:00", When(kind="weekday", weekday=6, clock=TEN)),
        ("next thurs", When(kind="weekday", weekday=3)),
        ("same day 18:00", When(kind="in", clock=time(18))),
        ("same day 00:00", When(kind="in", clock=time(0))),
        ("5 days before event.arrival 09:00", When(kind="before", span=Span(days=5), path=ARRIVAL, clock=time(9))),
        ("on event.arrival 12:00", When(kind="on", path=ARRIVAL, clock=time(12))),
        ("on event.stay.arrival", When(kind="on", path=("event", "stay", "arrival"))),
        ("7 days after event.arrival 10:00", When(kind="after", span=Span(days=7), path=ARRIVAL, clock=TEN)),
        ("60 days before customer.renews_on 10:00", When(kind="before", span=Span(days=60), path=RENEWAL, clock=TEN)),
        ("2 hours before event.arrival", When(kind="before", span=Span(seconds=7200), path=ARRIVAL)),
        ("3 business days before event.arrival", When(kind="before", span=Span(business=3), path=ARRIVAL)),
        ("1 hour after previous", When(kind="previous", span=Span(seconds=3600))),
        ("2 days after previous 10:00", When(kind="previous", span=Span(days=2), clock=TEN)),
        ("on customer.birthday 10:00", When(kind="on", path=("customer", "birthday"), clock=TEN)),
    ],
)  # fmt: skip
def test_what_it_reads(text, when):
    assert parse_when(text) == when
    assert str(parse_when(text)) == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("next buisness day 10:00", "did you mean `next business day 10:00`?"),
        ("tomorrow 10:00", "write `next day 10:00`"),
        ("tomorow 10:00", "did you mean `next day 10:00`?"),
        ("today 18:00", "write `same day 18:00`"),
        ("now", "write `immediately`"),
        ("imediately", "did you mean `immediately`?"),
        ("next day 10am", "write `next day 10:00`"),
        ("next day 10 AM", "write `next day 10:00`"),
        ("next day 12am", "write `next day 00:00`"),
        ("next day 10.30pm", "write `next day 22:30`"),
        ("next day 10:00:00", "write `next day 10:00`"),
        ("next day at 10:00", "write `next day 10:00`"),
        ("next day at noon", "write `next day 12:00`"),
        ("next working day 10:00", "write `next business day 10:00`"),
        ("next moonday 10:00", "did you mean `next monday 10:00`?"),
        ("next week 10:00", "write `in 1 week 10:00`"),
        ("monday 10:00", "write `next monday 10:00`"),
        ("10:00", "write `next day 10:00`"),
        ("3 days", "write `in 3 days`"),
        ("3 days later", "write `in 3 days`"),
        ("after 3 days", "write `in 3 days`"),
        ("in three days 10:00", "write `in 3 days 10:00`"),
        ("an hour after previous", "write `1 hour after previous`"),
        ("2 houres after previuos", "did you mean `2 hours after previous`?"),
        ("5 days befor event.arrival", "did you mean `5 days before event.arrival`?"),
        ("5 days prior to event.arrival", "write `5 days before event.arrival`"),
        ("5 days before evnt.arrival 10:00", "did you mean `5 days before event.arrival 10:00`?"),
        ("5 days before arrival", "write `event.arrival` or `customer.arrival`"),
        ("event.arrival 10:00", "write `on event.arrival 10:00`"),
        ("on event", "write `event.arrival`, with its field"),
        ("on event.", "write it as `event.arrival`"),
        ("2 days before previous", "write `1 hour after previous`"),
        ("same day", "write `same day 18:00`"),
        ("next tuesday at 10", "write `next tuesday 10:00`"),
        ("next day 10.00", "write `next day 10:00`"),
        ("next day 1000", "write `next day 10:00`"),
        ("next day 10 o'clock", "write `next day 10:00`"),
        ("next day 10:00-12:00", "write `next day 10:00`"),
        ("next day 9:5", "write `next day 09:05`"),
        ("next day in the morning", "write `next day 10:00`"),
        ("next day 10:00 CET", "times are on the customer's own clock"),
        ("on monday 10:00", "write `next monday 10:00`"),
        ("weekdays 9:00", "write `next business day 09:00`"),
        ("day after tomorrow 10:00", "write `in 2 days 10:00`"),
        ("the day after 10:00", "write `next day 10:00`"),
        ("nextday 10:00", "write `next day 10:00`"),
        ("in 1.5 days", "write `in 36 hours`"),
        ("in 1 day and 2 hours", "write `in 26 hours`"),
        ("in 2-3 days", "write `in 2 days`"),
        ("in 90", "write `in 90 days`"),
        ("+3d", "write `in 3d`"),
        ("-3 days", "write `3 days before event.arrival`"),
        ("in 1 business hour", "write `1 business day`"),
        ("before event.arrival", "write `1 day before event.arrival`"),
        ("5 days event.arrival", "write `5 days before event.arrival`"),
        ("event.arrival - 5 days", "write `5 days before event.arrival`"),
        ("5 days before {{ event.arrival }}", "write `5 days before event.arrival`"),
        ("5 days before 'event.arrival'", "write `5 days before event.arrival`"),
        ("5 days before stay.start", "write it as `event.start`"),
        ("1 hour after the call", "write `1 hour after previous`"),
        ("1 hour previous", "write `1 hour after previous`"),
        ("after previous", "write `1 hour after previous`"),
        ("1 hour after previous.time", "write `1 hour after previous`"),
        ("2026-12-24 10:00", "a step hangs on its event: `in 3 days`"),
        ("24 December", "a step hangs on its event: `in 3 days`"),
        ("in 2 hours 10:00", "a time of day goes with days, not hours"),
        ("in", "write `in 3 days`, `in 2 hours` …"),
        ("gibberish", "write `in 3 days`"),
        ("the", "write `in 3 days`"),
        (" ", "write `in 3 days`"),
        ("", "write `in 3 days`"),
    ],
)
def test_what_to_write_instead(text, hint):
    with pytest.raises(MomentError) as caught:
        parse_when(text)
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("next day 25:00", 9, "`25:00` is not a time of day (00:00 to 23:59)"),
        ("next day 24:00", 9, "`24:00` is not a time of day (00:00 to 23:59)"),
        ("next day 10:60", 9, "`10:60` is not a time of day (00:00 to 23:59)"),
        ("next day 10:5", 9, "`10:5` is not a time of day"),
        ("next day 100:00", 9, "`100:00` is not a time of day"),
        ("next  day 10:00 11:00", 16, "`11:00` is too much here"),
        ("next", 4, "after `next` comes `day`, `business day` or a weekday"),
        ("next business 10:00", 14, "after `business` comes `day`, not `10:00`"),
        ("next buisness day 10:00", 5, "no weekday is called `buisness`"),
        ("same week 10:00", 5, "after `same` comes `day`, not `week`"),
        ("in 2 hours 10:00", 11, "`2 hours` and a time of day exclude each other"),
        ("2 hours before event.arrival 10:00", 29, "`2 hours` and a time of day exclude each other"),
        ("in 3", 3, "`3` of what?"),
        ("3 days", 6, "after the duration comes `before` or `after`"),
        ("3 days beside event.x", 7, "`beside` is neither `before` nor `after`"),
        ("3 days before", 13, "after `before` comes a date such as `event.arrival`"),
        ("on event", 3, "which date of the event?"),
        ("on previous", 3, "nothing can be on the previous step"),
        ("on event.ar-rival", 3, "`event.ar-rival` is no date of an event or customer"),
        ("immediately 10:00", 12, "`10:00` is too much here"),
        ("x" * 201, 200, "longer than 200 characters"),
    ],
)
def test_what_is_wrong_and_where(text, offset, message):
    with pytest.raises(MomentError) as caught:
        parse_when(text)
    assert (caught.value.message, caught.value.offset) == (message, offset)


SAID = (
    "in next same day days business monday on before after previous event.a customer.b 3 2h 10:00 25:00 immediately "
    "tomorrow 10am hours a the . : :: -1 ² in next"
)
WORDS = st.lists(st.sampled_from(SAID.split(" ")) | st.text(max_size=8), max_size=7)


@given(WORDS.map(" ".join) | st.text(max_size=250))
def test_whatever_is_written_it_is_read_or_refused_with_a_place(text):
    try:
        when, offset = parse_when(text), 0
    except MomentError as error:
        when, offset = None, error.offset
        assert error.message  # noqa: PT017 - both ways are right here
    assert 0 <= offset <= len(text)
    assert when is None or parse_when(when.source) == when
