"""Durations as people say them, not as rules take them: halves, sums and ranges, worked out as one whole number."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from outreach.core.words import is_number

_SECONDS: Final = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_SHORT: Final = {"m": "minute", "h": "hour", "d": "day", "w": "week"}


def whole(said: Sequence[str]) -> list[str]:
    """The words with the duration among them as one whole number and one unit, if there is one to work out.

    >>> whole(["in", "1.5", "days"]), whole(["1", "week", "2", "days"]), whole(["12h30m"]), whole(["in", "2-3", "days"])
    (['in', '36', 'hours'], ['9', 'days'], ['750', 'minutes'], ['in', '2', 'days'])
    >>> whole(["next", "day", "10:00"])
    ['next', 'day', '10:00']
    """
    words = [piece for word in said for piece in _apart(word)]
    hours, _, minutes = said[0].partition(":") if len(said) == 1 else ("", "", "")
    if is_number(hours) and is_number(minutes) and len(minutes) == 2:  # where no day stands beside it
        words = [hours, "hours", *([minutes, "minutes"] if int(minutes) else [])]
    first = next((i for i, word in enumerate(words[:-1]) if _number(word) and _unit(words[i + 1])), None)
    if first is None:
        return list(said)
    end, seconds, smallest = first, Fraction(0), 604800
    while end + 1 < len(words) and (number := _number(words[end])) and (unit := _unit(words[end + 1])):
        seconds += number * _SECONDS[unit]
        smallest, end = min(smallest, _SECONDS[unit]), end + 2
    return [*words[:first], *_written(seconds, smallest), *words[end:]]


def _written(seconds: Fraction, smallest: int) -> list[str]:
    """In the largest unit not above `smallest` that gives a whole number."""
    fits = [(name, size) for name, size in _SECONDS.items() if size <= smallest and seconds % size == 0]
    name, size = fits[-1] if fits else ("minute", 60)
    number = max(round(seconds / size), 1)
    return [str(number), name if number == 1 else f"{name}s"]


def _apart(word: str) -> list[str]:
    """`12h30m` as four words, `half` as a number."""
    low = word.lower()
    if low == "half":
        return ["0.5"]
    pieces = [""]
    for character in low:
        turned = pieces[-1] and character.isalpha() != pieces[-1][-1].isalpha()
        pieces = [*pieces, character] if turned else [*pieces[:-1], pieces[-1] + character]
    return pieces if low[:1].isdigit() and all(_number(p) or _unit(p) for p in pieces) else [word]


def _unit(word: str) -> str:
    name = _SHORT.get(word, word.removesuffix("s"))
    return name if name in _SECONDS else ""


def _number(word: str) -> Fraction:
    """`1.5`, `1,5`, `1/2`; of a range its beginning; zero for what is none."""
    top, slash, bottom = word.partition("/")
    if slash:
        fits = is_number(top) and is_number(bottom) and int(bottom) and len(word) < 8
        return Fraction(int(top), int(bottom)) if fits else Fraction(0)
    start = word.partition("-")[0]
    left, _, right = start.replace(",", ".").partition(".")
    fits = is_number(left) and is_number(right or "0") and len(word) < 12
    return Fraction(f"{left}.{right or 0}") if fits else Fraction(0)
