"""Reading what marketers write about time, word by word: no regular expressions, and every mistake knows its place."""

from __future__ import annotations

from typing import NamedTuple

LONGEST = 200
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class MomentError(ValueError):
    """A time, duration or opening that can't be read: what is wrong, where in the text (from 0), what to write."""

    def __init__(self, message: str, offset: int = 0, hint: str = ""):
        super().__init__(message, offset, hint)
        self.message, self.offset, self.hint = message, offset, hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class Word(NamedTuple):
    """A word as written, in lower case, and where it begins."""

    text: str
    low: str
    offset: int


def words(text: str) -> list[Word]:
    """The words between white space. Raises MomentError beyond 200 characters.

    >>> words("next  day")
    [Word(text='next', low='next', offset=0), Word(text='day', low='day', offset=6)]
    """
    if len(text) > LONGEST:
        raise MomentError(f"longer than {LONGEST} characters", LONGEST)
    found, offset = [], 0
    for part in text.split():
        offset = text.index(part, offset)
        found.append(Word(part, part.lower(), offset))
        offset += len(part)
    return found


def is_number(text: str) -> bool:
    """Whether it is plain digits; `isdigit` alone also takes superscripts, which `int` refuses."""
    return text.isascii() and text.isdigit()


def weekday(low: str) -> int | None:
    """0 for `mon`, `monday`; None for what is no weekday.

    >>> weekday("tues"), weekday("sun"), weekday("mo")
    (1, 6, None)
    """
    return next((i for i, name in enumerate(WEEKDAYS) if len(low) >= 3 and name.startswith(low)), None)


def looks_like_clock(low: str) -> bool:
    """Whether someone meant a time of day, well written or not: `10:00`, `25:00`, `10am`, `9.30pm`."""
    return low[:1].isdigit() and (":" in low or low.endswith(("am", "pm", "a.m.", "p.m.", "o'clock")))


def clock_minutes(text: str, offset: int = 0, *, end: bool = False) -> int:
    """Minutes since midnight of `HH:MM` in 24 hours; `24:00` only where an `end` may stand. Raises MomentError.

    >>> clock_minutes("9:05"), clock_minutes("24:00", end=True)
    (545, 1440)
    """
    hour, colon, minute = text.partition(":")
    if not (colon and is_number(hour) and is_number(minute) and len(hour) <= 2 and len(minute) == 2):
        raise MomentError(f"`{text}` is not a time of day", offset, clock_hint(text))
    minutes = int(hour) * 60 + int(minute)
    if int(minute) > 59 or minutes > 1440 or (minutes == 1440 and not end):
        last = "24:00" if end else "23:59"
        raise MomentError(f"`{text}` is not a time of day (00:00 to {last})", offset, clock_hint(text))
    return minutes


def clock_hint(text: str) -> str:
    """What to write for a time in another fashion; empty when it can't be guessed."""
    meant = other_clock(text.lower())
    return f"write `{meant}`" if meant else ("write it as `10:00`" if ":" not in text else "")


def other_clock(low: str) -> str:
    """`10:00` for `10am`, `22:30` for `10.30pm`, `10:00` for `10:00:00` or `10h`, `09:05` for `9:5`, of `10:00-12:00`
    the beginning; empty for what can't be guessed."""
    digits, half = low.removesuffix("o'clock").partition("-")[0].replace(".", ":").replace("h", ":"), ""
    for ending in ("am", "pm", "a:m:", "p:m:"):
        if digits.endswith(ending):
            digits, half = digits[: -len(ending)].strip(), ending[0]
    hour, _, rest = digits.partition(":")
    minute = rest[:2].zfill(2)
    if not (is_number(hour) and is_number(minute) and len(minute) == 2 and rest[2:] in ("", ":00")):
        return ""
    number = int(hour) % 12 + (12 if half == "p" else 0) if half and 1 <= int(hour) <= 12 else int(hour)
    return f"{number:02}:{minute}" if number < 24 and int(minute) < 60 else ""
