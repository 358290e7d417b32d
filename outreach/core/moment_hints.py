"""What someone probably meant: mends the words of a moment or a duration that can't be read, and offers what comes out
only if it then can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Final

from outreach.core.rough_spans import whole
from outreach.core.words import WEEKDAYS, Word, is_number, other_clock

_KNOWN: Final = (
    "immediately", "in", "next", "same", "day", "days", "business", "on", "before", "after", "previous", "minutes",
    "hours", "weeks", "months", "minute", "hour", "week", *WEEKDAYS,
)  # fmt: skip
_ROOTS: Final = ("event", "customer")

#: Other words for the same thing; empty ones are left out.
_SAID: Final = {
    "now": "immediately", "instantly": "immediately", "asap": "immediately", "tomorrow": "next day",
    "today": "same day", "tonight": "same day", "following": "next", "every": "next", "within": "in",
    "a": "1", "an": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "working": "business", "work": "business", "workday": "business day", "weekday": "business day",
    "weekdays": "business days", "workdays": "business days", "businessday": "business day", "night": "day",
    "businessdays": "business days", "nextday": "next day", "sameday": "same day", "nights": "days",
    "mins": "minutes", "min": "minutes", "hrs": "hours", "hr": "hour", "weekend": "saturday",
    "noon": "12:00", "midday": "12:00", "midnight": "00:00", "morning": "10:00", "afternoon": "15:00",
    "evening": "18:00", "prior": "before", "until": "before", "ahead": "before", "from": "after", "since": "after",
    "last": "previous", "the": "", "at": "", "@": "", "o'clock": "", "step": "", "to": "", "of": "", "and": "",
    "{{": "", "}}": "",
}  # fmt: skip
_MEANT: Final = (*_KNOWN, *(said for said in _SAID if len(said) > 4 and said != "nights"))
_UNITS: Final = ("minute", "hour", "day", "week", "month", "year")
#: What steps are called by those who wait for one.
_STEPS: Final = ("call", "sms", "email", "task", "message")


def hint_for(read: list[Word], reads: Callable[[str], bool]) -> str:
    """A hint with the first mended text that `reads` accepts; empty when there is none.

    A word said otherwise (`tomorrow`) gives `write …`, a misspelt one `did you mean …?`.
    """
    said = _joined([word.text.strip("'\"") for word in read])
    for text in _variants(said):
        if reads(text):
            return f"write `{_agreeing(text)}`"
    for text in _variants([_mended(part) for part in said]):
        if reads(text):
            return f"did you mean `{_agreeing(text)}`?"
    return ""


def _agreeing(text: str) -> str:
    """`3 day` as `3 days`, `1 days` as `1 day`."""
    words = text.split()
    for i, word in enumerate(words[1:], 1):
        unit = word.removesuffix("s")
        if is_number(words[i - 1]) and unit in _UNITS:
            words[i] = unit if words[i - 1] == "1" else f"{unit}s"
    return " ".join(words)


def _variants(said: list[str]) -> Iterator[str]:
    """The same in our words; then with its last word taken for a time of day, and with sums and halves worked out."""
    yield from _around(_ours(said))
    if said and (clock := _bare_clock(said[-1])):
        yield from _around(_ours([*said[:-1], clock]))
    yield from _around(" ".join(whole(_ours(said).split())))


def _joined(said: list[str]) -> list[str]:
    """`10 am` as one word, `half a` too."""
    joined: list[str] = []
    for part in said:
        if joined and part.lower() in ("am", "pm", "a.m.", "p.m.", "o'clock") and joined[-1][:1].isdigit():
            part = joined.pop() + part
        if joined and part.lower() in ("a", "an") and joined[-1].lower() == "half":
            continue
        joined.append(part)
    return joined


def _ours(said: list[str]) -> str:
    """The same in our words."""
    ours = (_SAID.get(part.lower(), _clock(part)) for part in said)
    return " ".join(part for part in ours if part)


def _clock(text: str) -> str:
    low = text.lower()
    meant = low[:1].isdigit() and (":" in low or low.endswith(("am", "pm", "a.m.", "p.m.", "o'clock")))
    return (other_clock(low) if meant else "") or text.rstrip(".,;")


def _bare_clock(text: str) -> str:
    """`10`, `10.00`, `10h30`, `10;00` or `1000` as a time of day; empty for what is none."""
    low = text.lower().replace(";", ":")
    return other_clock(f"{low[:-2]}:{low[-2:]}" if len(low) == 4 and is_number(low) else low)


def _mended(text: str) -> str:
    """The known word that looks most like it; of a path only its root."""
    root, dot, rest = text.partition(".")
    if dot:
        near = get_close_matches(root.lower(), _ROOTS, 1, 0.6)
        return f"{near[0]}.{rest}" if near and rest else text
    if not text.isalpha() or text.lower() in _MEANT:
        return text
    near = get_close_matches(text.lower(), _MEANT, 1, 0.7)
    return near[0] if near else text


def _around(text: str) -> Iterator[str]:
    """The text itself, and what is often left out or put elsewhere."""
    if not text:
        return
    yield text
    first, _, rest = text.partition(" ")
    if first == "next" and rest.startswith(("week", "month", "year")):
        yield f"in 1 {rest}"
    if rest.endswith(" later"):
        yield f"in {text.removesuffix(' later')}"
    if first == "after":
        yield f"in {rest}"
    if first in ("in", "for", "per") or (first == "next" and rest[:1].isdigit()):
        yield rest
        yield f"in {rest}"
    if first == "on":
        yield f"next {rest}"
    yield from _counted(text, first, rest)
    yield f"in {text}"
    yield f"next {text}"
    yield f"next day {text}"
    yield f"on {text}"
    if not text.endswith("s"):
        yield f"1 {text}"
    if text[-1:].isdigit():
        yield f"{text} {'day' if text.split()[-1] == '1' else 'days'}"


def _counted(text: str, first: str, rest: str) -> Iterator[str]:
    """Forms around a date of the event or around the previous step."""
    if first == "day" and rest.startswith("after next day"):  # the day after tomorrow
        yield f"in 2 days{rest.removeprefix('after next day')}"
    if first == "day" and rest.startswith("after "):
        yield f"next day {rest.removeprefix('after ')}"
    if first == "same":
        yield f"same day {rest.split()[-1] if rest else '18:00'}"
    if first == "before":
        yield f"1 day {text}"
    if first[:1] == "+":
        yield f"in {text[1:]}"
    if first[:1] == "-" or rest[:1] == "-":
        yield f"{text.partition('-')[2]} before event.arrival"
        yield text[1:]
    if text in ("previous", "after previous", "on previous"):
        yield "1 hour after previous"
    words = text.split()
    if len(words) == 4 and words[1] in ("-", "+"):  # event.arrival - 5 days
        yield f"{words[2]} {words[3]} {'before' if words[1] == '-' else 'after'} {words[0]}"
    for step in _STEPS:
        if f"after {step}" in text:
            yield text.replace(f"after {step}", "after previous")
    for before, after in (
        (" previous", " after previous"), (" event.", " before event."), (" customer.", " before customer."),
        (" in ", " "), ("business days", "next business day"),
    ):  # fmt: skip
        if before in text:
            yield text.replace(before, after)
