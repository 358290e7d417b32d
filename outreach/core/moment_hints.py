"""What someone probably meant: mends the words of a moment that can't be read, and offers it only if it then can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Final

from outreach.core.words import WEEKDAYS, Word, other_clock

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
    "weekdays": "business days", "mins": "minutes", "min": "minutes", "hrs": "hours", "hr": "hour",
    "noon": "12:00", "midday": "12:00", "midnight": "00:00", "morning": "10:00", "evening": "18:00",
    "prior": "before", "until": "before", "from": "after", "since": "after", "last": "previous",
    "the": "", "at": "", "@": "", "o'clock": "", "step": "", "to": "", "of": "", "and": "",
}  # fmt: skip
_MEANT: Final = (*_KNOWN, *(said for said in _SAID if len(said) > 4))


def hint_for(read: list[Word], reads: Callable[[str], bool]) -> str:
    """A hint with the first mended text that `reads` accepts; empty when there is none.

    A word said otherwise (`tomorrow`) gives `write …`, a misspelt one `did you mean …?`.
    """
    said = _joined([word.text for word in read])
    for text in _around(_ours(said)):
        if reads(text):
            return f"write `{text}`"
    for text in _around(_ours([_mended(part) for part in said])):
        if reads(text):
            return f"did you mean `{text}`?"
    return ""


def _joined(said: list[str]) -> list[str]:
    """`10 am` as one word."""
    joined: list[str] = []
    for part in said:
        if joined and part.lower() in ("am", "pm", "a.m.", "p.m.") and joined[-1][:1].isdigit():
            part = joined.pop() + part
        joined.append(part)
    return joined


def _ours(said: list[str]) -> str:
    """The same in our words."""
    ours = (_SAID.get(part.lower(), _clock(part)) for part in said)
    return " ".join(part for part in ours if part)


def _clock(text: str) -> str:
    low = text.lower()
    meant = low[:1].isdigit() and (":" in low or low.endswith(("am", "pm", "a.m.", "p.m.")))
    return (other_clock(low) if meant else "") or text


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
    yield f"in {text}"
    yield f"next {text}"
    yield f"next day {text}"
    yield f"on {text}"
