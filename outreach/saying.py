"""Saying reasons: each as a sentence with the numbers that were seen, the same on every page and in every command."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from outreach.core.trace import Reason
from outreach.core.zone import to_local
from outreach.wording import in_words

Clock = Callable[[datetime | None], str]

#: Codes that only timelines show; the others are worded for every part of the program.
_MORE = (
    ("on:", "because of {}"), ("after:", "after the step {}"), ("moved:", "moved by {}"), ("changed:", "noted {}"),
    ("outcome:", "the outcome was: {}"), ("reply", "she wrote back, and nobody can tell for sure what she means"),
    ("refused", "she refused since"), ("accepted", "the provider accepted it"),
    ("provider:", "the provider said {}"), ("unknown:", "no clear answer: {}"),
    ("contact.made", "somebody contacted her by hand"),
)  # fmt: skip
_WITH_NUMBERS = (
    ("cap:", "{used} of {limit} contacts in {window} are taken; room again {free}"),
    ("gap:", "less than {gap} from the contact of {touch}; room again {free}"),
    ("hours:call", "{text}; they begin {opens} ({zone})"),
    ("hours:sms", "{text}; they begin {opens} ({zone})"),
    ("hours:email", "{text}; they begin {opens} ({zone})"),
    ("due", "wished for {due}, worth it until {until}"),
    ("hold:reply", "her reply of {since} may be a refusal; held until a person has read it, or {free}"),
    ("hold:", "a {what} is open since {since}; held until it is resolved"),
    ("back_off:", "{unanswered} contacts without a sign of life: {gap} until the next; room again {free}"),
    ("silence:", "she refused on {since}; silence until {free}"),
    ("capacity:", "{taken} of {limit} a day are handed out ({of}), {before} more important come first;"
                  " looked at again {again}"),
    ("max_per_day:", "run {run} of that day, {limit} are allowed; {text}"),
    ("once_per", "{text} (last on {last}); again from {free} on"),
    ("max_event_age", "{text}: it happened {happened}, and was known {known}"),
    ("pushes_out:", "the {channel} of {rule} is more important: planned for {planned}, worth it until {until}, it would"
                    " be lost"),
    ("moved:", "moved by {what} from {from} to {to}"),
    ("contact.made", "by hand, a {channel} for {purpose}"),
    ("override", "all the same, because: {text}"),
    ("paused", "{what} is paused since {since}: nothing of it goes out until somebody resumes it"),
)  # fmt: skip
#: How windows are spelled in reasons, and by people.
_UNITS = {"d": "day", "h": "hour", "m": "minute"}
#: Numbers of a reason that say nothing to a person.
_SILENT = frozenset({"provider_id", "holds", "into"})
#: Numbers that are instants, and what is said where there is none.
_INSTANTS = {name: "when something changes" for name in ("free", "opens", "again")} | {"touch": "another moment"}


def clock(zone: str, now: datetime) -> Clock:
    """Instants as a wall clock in that zone shows them: `Tue 3 Nov 10:00`, with the year when it isn't this one."""
    this_year = to_local(now, zone).year

    def show(at: datetime | None) -> str:
        if at is None:
            return ""
        local = to_local(at, zone)
        return f"{local:%a} {local.day} {local:%b}{f' {local.year}' if local.year != this_year else ''} {local:%H:%M}"

    return show


def reason(why: Reason, show: Clock | None = None) -> str:
    """One reason as a sentence, with the numbers that were seen."""
    numbers = {k: _value(v, show) for k, v in why.numbers.items() if v is not None and k not in _SILENT}
    told = _INSTANTS | numbers | {"text": _plain_text(why), "what": why.code.partition(":")[2] or "everything"}
    for start, words in _WITH_NUMBERS:
        if why.code.startswith(start) and (why.numbers or why.text):
            try:
                return words.format_map(told)
            except KeyError:  # an older trace
                break
    words = why.text or _worded(why.code)
    seen = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in numbers.items())
    return f"{words} ({seen})" if seen else words


def with_code(why: Reason, show: Clock | None = None) -> str:
    """The stable code, for a program or a search, and then the sentence."""
    return f"{why.code} {reason(why, show)}"


def sentences(reasons: Iterable[Reason], show: Clock | None = None) -> str:
    """Several in one line."""
    return "; ".join(with_code(r, show) for r in reasons)


def _plain_text(why: Reason) -> str:
    return why.text or _worded(why.code)


def _worded(code: str) -> str:
    for start, words in _MORE:
        if code.startswith(start):
            return words.format(code.removeprefix(start).replace("_", " "))
    return in_words(code)


def _value(value: Any, show: Clock | None) -> str:
    """An instant on the wall clock, a window in words; anything else as it is."""
    text = str(value)
    if isinstance(value, str) and text[:-1].isdigit() and text[-1] in _UNITS:
        return f"{text[:-1]} {_UNITS[text[-1]]}{'' if text[:-1] == '1' else 's'}"
    if not isinstance(value, str) or show is None or "T" not in text:
        return text
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return show(at) if at.tzinfo else text
