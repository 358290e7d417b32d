"""The times of the rules as values that pydantic checks: the core's small languages, with their complaints."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice
from typing import Annotated, Any, Final, NamedTuple
from zoneinfo import available_timezones

from pydantic import PlainValidator, ValidationError, WithJsonSchema
from pydantic_core import InitErrorDetails

from outreach.core.hours import Week, parse_days, parse_hours
from outreach.core.moment import MomentError, Span, When, parse_span
from outreach.core.moment_text import parse_when
from outreach.core.tick_text import parse_cron, parse_every
from outreach.core.ticks import Ticks
from outreach.core.zone import known
from outreach.rulebook import editor_texts
from outreach.rulebook.dates import parse_date
from outreach.rulebook.hints import did_you_mean, nearest
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
            raise complaint(f"{{key}} should be a text such as `{like}`, not {described(value)}", _joined(value))
        try:
            return reader(str(value))
        except MomentError as error:
            raise complaint(f"{{key}}: {error.message}", error.hint, error.offset) from None

    return PlainValidator(check)


def _joined(value: object) -> str:
    """A list as the text that it could be."""
    listed = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return f"write `{short(', '.join(value))}`" if isinstance(value, list) and listed else ""


def _once(text: str) -> Once:
    words = ("event", "customer", "year")
    if text in words:
        return Once(text)
    if text[:1].isdigit():
        return Once(text, _window(text).length)
    raise MomentError(f"`{short(text)}` is neither `event`, `customer`, `year` nor a duration", 0, _once_hint(text))


#: How often people say it is to be → how it is written.
_OFTEN: Final = {
    "day": "1 day", "daily": "1 day", "week": "7 days", "weekly": "7 days", "month": "30 days", "monthly": "30 days",
    "quarter": "90 days", "yearly": "year", "annually": "year", "time": "event", "ever": "customer",
    "lifetime": "customer", "once": "customer",
}  # fmt: skip


def _once_hint(text: str) -> str:
    bare = re.sub(r"^(?:(?:once|per|every|each|a) )+", "", text.lower())
    said = _OFTEN.get(bare, bare)
    if said in ("event", "customer", "year") or said[:1].isdigit():
        return f"write `{said}`"
    if re.fullmatch(r"(?:event\.)?[a-z]+_[a-z_]+", text):
        return f"for one run a value write `key: {text.removeprefix('event.')}`"
    return did_you_mean(text, ("event", "customer", "year")) or "write `90 days`"


def _span(text: str) -> Span:
    """A duration; whoever writes a moment learns the difference."""
    try:
        return parse_span(text)
    except MomentError as error:
        meant = "`" in error.hint and error.hint.count("`") == 2
        if meant or not _is_moment(text):
            raise
    raise MomentError(f"`{short(text)}` is a moment, not a duration", 0, "write how long, as `1 day` or `8 hours`")


def _is_moment(text: str) -> bool:
    for moment in (text, text.removeprefix("until "), f"next day {text.removeprefix('until ')}"):
        try:
            return bool(parse_when(moment))
        except MomentError:
            continue
    return False


def _elapsed(text: str) -> timedelta:
    """A duration for rolling windows, where no calendar applies."""
    span = parse_span(text)
    if span.business:
        hint = f"write `{Span(days=span.business)}`"
        raise MomentError("business days can't measure a rolling window", 0, hint)
    return span.elapsed


def _window(text: str) -> Window:
    length = _elapsed(text)
    if not length:
        raise MomentError("a window of no length holds nothing", 0, "write `30 days`")
    return Window(length, parse_span(text).short())


def _zone(text: str) -> str:
    if not known(text):
        raise MomentError(f"no time zone is called `{short(text)}`", 0, _zone_hint(text))
    return text


def _zone_hint(text: str) -> str:
    """The zone of that name, or of the city of that name."""
    places = {zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix", "right"))}
    cities = {zone.rpartition("/")[2]: zone for zone in sorted(places, reverse=True)}
    near = "" if text.isupper() else nearest(text, places) or cities.get(nearest(text, cities), "")
    return f"did you mean `{near}`?" if near else "write it by its city, as `America/New_York`"


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
        return complaint(f"{{key}} should be a text such as `10:00-18:00`, not {described(text)}", _joined(text))
    try:
        parse_days(days)
    except MomentError as error:
        return complaint(error.message, error.hint, at_key=True)
    try:
        parse_hours({"mon": text})
    except MomentError as error:
        return complaint(f"{{key}}: {error.message}", error.hint, error.offset)
    return None


SpanText = Annotated[Span, _read(_span, "3 days"), WithJsonSchema(editor_texts.SPAN)]
WhenText = Annotated[When, _read(parse_when, "next day 10:00"), WithJsonSchema(editor_texts.WHEN)]
ElapsedText = Annotated[timedelta, _read(_elapsed, "20 hours"), WithJsonSchema(editor_texts.ELAPSED)]
WindowText = Annotated[Window, _read(_window, "30 days"), WithJsonSchema(editor_texts.ELAPSED)]
EveryText = Annotated[Ticks, _read(parse_every, "mon 09:00"), WithJsonSchema(editor_texts.EVERY)]
CronText = Annotated[Ticks, _read(parse_cron, "0 9 1 * *"), WithJsonSchema(editor_texts.CRON)]
OnceText = Annotated[Once, _read(_once, "90 days"), WithJsonSchema(editor_texts.ONCE)]
DateText = Annotated[date, _read(parse_date, "2026-12-24"), WithJsonSchema(editor_texts.DATE)]
DaysText = Annotated[tuple[int, ...], _read(parse_days, "mon-fri"), WithJsonSchema(editor_texts.DAYS)]
OpeningText = Annotated[Week, _read(lambda text: parse_hours({"mon-sun": text}), "10:00-18:00")]
ZoneText = Annotated[str, _read(_zone, "America/New_York"), WithJsonSchema(editor_texts.ZONE)]
WeekText = Annotated[Week, PlainValidator(_week), WithJsonSchema(editor_texts.WEEK)]
