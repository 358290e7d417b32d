"""The times of the rules as values that pydantic checks: the core's small languages, with their complaints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice
from typing import Annotated, Any, NamedTuple
from zoneinfo import available_timezones

from pydantic import PlainValidator, ValidationError
from pydantic_core import InitErrorDetails

from outreach.core.hours import Week, parse_days, parse_hours
from outreach.core.moment import MomentError, Span, When, parse_span
from outreach.core.moment_text import parse_when
from outreach.core.zone import known
from outreach.rulebook.hints import did_you_mean
from outreach.rulebook.places import short
from outreach.rulebook.shape import MOST
from outreach.rulebook.wording import complaint, described


class Once(NamedTuple):
    """How often a rule may start for a customer; `window` only for a duration."""

    per: str
    window: timedelta | None = None


class Window(NamedTuple):
    """The length of a rolling window, and its short name (`30d`)."""

    length: timedelta
    short: str


def _read(reader: Callable[[str], Any], like: str) -> PlainValidator:
    """A text in one of the small languages of time; a number is taken for the text it looks like."""

    def check(value: object) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise complaint(f"{{key}} should be a text such as `{like}`, not {described(value)}")
        try:
            return reader(str(value))
        except MomentError as error:
            raise complaint(f"{{key}}: {error.message}", error.hint, error.offset) from None

    return PlainValidator(check, json_schema_input_type=str)


def _once(text: str) -> Once:
    words = ("event", "customer", "year")
    if text in words:
        return Once(text)
    if text[:1].isdigit():
        return Once(text, _elapsed(text))
    hint = did_you_mean(text, words) or "write `90 days`"
    raise MomentError(f"`{short(text)}` is neither `event`, `customer`, `year` nor a duration", 0, hint)


def _elapsed(text: str) -> timedelta:
    """A duration for rolling windows, where no calendar applies."""
    span = parse_span(text)
    if span.business:
        raise MomentError("business days can't measure a rolling window", 0, f"write `{span.business} days`")
    return span.elapsed


def _window(text: str) -> Window:
    length = _elapsed(text)
    if not length:
        raise MomentError("a window of no length holds nothing", 0, "write `30 days`")
    return Window(length, parse_span(text).short())


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text if len(text) == 10 else "")
    except ValueError:
        raise MomentError(f"`{short(text)}` is not a date", 0, "write it as `2026-12-24`") from None


def _zone(text: str) -> str:
    if not known(text):
        hint = did_you_mean(text, available_timezones()) or "write it as `America/New_York`"
        raise MomentError(f"no time zone is called `{short(text)}`", 0, hint)
    return text


def _week(value: object) -> Week:
    if not isinstance(value, dict):
        raise complaint(f'{{key}} should be like `{{mon-fri: "10:00-18:00"}}`, not {described(value)}')
    found = ((days, _wrong(days, text)) for days, text in value.items())
    wrong = [InitErrorDetails(type=said, loc=(days,), input=days) for days, said in islice(found, MOST) if said]
    if wrong:
        raise ValidationError.from_exception_data("hours", wrong)
    try:
        return parse_hours(value)
    except MomentError as error:
        raise complaint(f"{{key}}: {error.message}", error.hint) from None


def _wrong(days: str, text: object) -> Any:
    """What is wrong with one entry of a week, if anything is."""
    if not isinstance(text, str):
        return complaint(f"{{key}} should be a text such as `10:00-18:00`, not {described(text)}")
    try:
        parse_days(days)
    except MomentError as error:
        return complaint(error.message, error.hint, at_key=True)
    try:
        parse_hours({"mon": text})
    except MomentError as error:
        return complaint(f"{{key}}: {error.message}", error.hint, error.offset)
    return None


SpanText = Annotated[Span, _read(parse_span, "3 days")]
WhenText = Annotated[When, _read(parse_when, "next day 10:00")]
ElapsedText = Annotated[timedelta, _read(_elapsed, "20 hours")]
WindowText = Annotated[Window, _read(_window, "30 days")]
OnceText = Annotated[Once, _read(_once, "90 days")]
DateText = Annotated[date, _read(_date, "2026-12-24")]
DaysText = Annotated[tuple[int, ...], _read(parse_days, "mon-fri")]
OpeningText = Annotated[Week, _read(lambda text: parse_hours({"mon-sun": text}), "10:00-18:00")]
ZoneText = Annotated[str, _read(_zone, "America/New_York")]
WeekText = Annotated[Week, PlainValidator(_week, json_schema_input_type=dict[str, str])]
