"""The `at` language: a small reader with one function a form, and for every mistake what to write instead."""

from __future__ import annotations

from datetime import time
from typing import Literal

from outreach.core.moment import When
from outreach.core.moment_dates import is_date, path_of
from outreach.core.moment_hints import hint_for
from outreach.core.span import Span, read_span
from outreach.core.words import WEEKDAYS, MomentError, Word, clock_minutes, is_number, looks_like_clock, weekday, words

FORMS = "`in 3 days`, `next business day 10:00`, `5 days before event.arrival 09:00`, `1 hour after previous` …"


def parse_when(text: str) -> When:
    """The moment that `text` says. Raises MomentError with the place of the mistake and what to write instead.

    >>> when = parse_when("5 days before event.arrival 09:00")
    >>> when.kind, when.span.days, when.anchor, when.clock
    ('before', 5, 'event.arrival', datetime.time(9, 0))
    >>> parse_when("next buisness day 10:00")
    Traceback (most recent call last):
    ...
    outreach.core.words.MomentError: no weekday is called `buisness` (did you mean `next business day 10:00`?)
    """
    read = words(text)
    try:
        return _Reader(read, " ".join(word.text for word in read)).when()
    except MomentError as error:
        hint = hint_for(read, _reads) or error.hint
        raise MomentError(error.message, error.offset, hint) from None


def _reads(text: str) -> bool:
    try:
        _Reader(words(text), text).when()
    except MomentError:
        return False
    return True


class _Reader:
    """Takes the words from left to right."""

    def __init__(self, read: list[Word], source: str):
        self.read, self.source, self.at = read, source, 0

    def when(self) -> When:
        """The whole text, by its first word."""
        if not self.read:
            raise MomentError("a moment is missing", 0, f"write {FORMS}")
        first = self.read[0]
        match first.low:
            case "immediately":
                self.at += 1
                return self._end(When(kind="immediately", source=self.source))
            case "in":
                return self._in()
            case "next":
                return self._next()
            case "same":
                return self._same()
            case "on":
                self.at += 1
                return self._anchored("on", Span())
        if is_date(self.read):
            raise MomentError(
                f"`{first.text}` begins a fixed date", first.offset, f"a step hangs on its event: {FORMS}"
            )
        if looks_like_clock(first.low):
            raise MomentError("a time of day needs its day", first.offset, f"write `next day {first.text}`")
        if is_number(first.low[:1]):
            return self._relative()
        raise MomentError(f"no moment begins with `{first.text}`", first.offset, f"write {FORMS}")

    def _in(self) -> When:
        self.at += 1
        span = self._span("in")
        return self._end(When(kind="in", span=span, clock=self._clock(span), source=self.source))

    def _next(self) -> When:
        self.at += 1
        word = self._take("after `next` comes `day`, `business day` or a weekday")
        day = weekday(word.low)
        if day is not None:
            return self._end(When(kind="weekday", weekday=day, clock=self._clock(), source=self.source))
        if word.low == "business":
            self._expect("day")
            span = Span(business=1)
        elif word.low == "day":
            span = Span(days=1)
        else:
            raise MomentError(f"no weekday is called `{word.text}`", word.offset, f"weekdays are {', '.join(WEEKDAYS)}")
        return self._end(When(kind="in", span=span, clock=self._clock(), source=self.source))

    def _same(self) -> When:
        self.at += 1
        self._expect("day")
        if self.at == len(self.read):
            raise MomentError("`same day` needs a time of day", self._place(), "write `same day 18:00`")
        return self._end(When(kind="in", clock=self._clock(), source=self.source))

    def _relative(self) -> When:
        span = self._span("")
        word = self._take("after the duration comes `before` or `after`")
        match word.low:
            case "before":
                return self._anchored("before", span)
            case "after" if self._peek() == "previous":
                self.at += 1
                clock = self._clock(span)
                return self._end(When(kind="previous", span=span, clock=clock, source=self.source))
            case "after":
                return self._anchored("after", span)
        raise MomentError(f"`{word.text}` is neither `before` nor `after`", word.offset, f"write {FORMS}")

    def _anchored(self, kind: Literal["before", "on", "after"], span: Span) -> When:
        path = path_of(self._take(f"after `{kind}` comes a date such as `event.arrival`"), kind)
        clock = self._clock(span if kind != "on" else None)
        return self._end(When(kind=kind, span=span, path=path, clock=clock, source=self.source))

    def _span(self, after: str) -> Span:
        if self.at == len(self.read):
            raise MomentError(f"after `{after}` comes a duration", self._place(), "write `in 3 days`, `in 2 hours` …")
        span, used = read_span(self.read[self.at :])
        self.at += used
        return span

    def _clock(self, span: Span | None = None) -> time | None:
        """The time of day, if there is one; hours and minutes take none."""
        if self.at == len(self.read):
            return None
        word = self.read[self.at]
        if not looks_like_clock(word.low):
            return None
        self.at += 1
        minutes = clock_minutes(word.text, word.offset)
        if span is not None and span.elapses:
            raise MomentError(
                f"`{span}` and a time of day exclude each other", word.offset, "a time of day goes with days, not hours"
            )
        return time(minutes // 60, minutes % 60)

    def _take(self, otherwise: str) -> Word:
        if self.at == len(self.read):
            raise MomentError(otherwise, self._place())
        self.at += 1
        return self.read[self.at - 1]

    def _expect(self, low: str) -> None:
        before = self.read[self.at - 1].low
        word = self._take(f"after `{before}` comes `{low}`")
        if word.low != low:
            raise MomentError(f"after `{before}` comes `{low}`, not `{word.text}`", word.offset)

    def _peek(self) -> str:
        return self.read[self.at].low if self.at < len(self.read) else ""

    def _place(self) -> int:
        return self.read[-1].offset + len(self.read[-1].text)

    def _end(self, when: When) -> When:
        if self.at < len(self.read):
            word = self.read[self.at]
            zone = looks_like_clock(self.read[self.at - 1].low) and word.text.isupper()
            hint = "times are on the customer's own clock, without a zone" if zone else ""
            raise MomentError(f"`{word.text}` is too much here", word.offset, hint)
        return when
