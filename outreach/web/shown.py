"""How values are shown on pages: clocks, numbers to dial, states and reasons in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from outreach.core.customer import Customer
from outreach.core.trace import Reason
from outreach.core.zone import to_local
from outreach.desk import full_name
from outreach.flow.replying import READ_REPLY
from outreach.web.script import script
from outreach.wording import in_words

CHANNELS = {"sms": "SMS", "email": "e-mail", "call": "call", "task": "task"}
#: What a person may press, by channel or by the engine's own task: the outcome's name, and what the button says.
OUTCOMES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "call": (
        ("reached", "Reached"), ("no_answer", "No answer"), ("left_message", "Left a message"),
        ("call_back", "Call back"), ("wrong_number", "Wrong number"), ("do_not_call", "Do not call again"),
    ),
    "task": (("done", "Done"), ("not_done", "Not done")),
    READ_REPLY: (
        ("done", "No refusal: go on"), ("do_not_call", "A refusal: stop"), ("wrong_number", "Wrong number"),
    ),
}  # fmt: skip
SAID = {name: words for kind in ("call", "task") for name, words in OUTCOMES[kind]} | {"other": "Something else"}
#: States of attempts and follow-ups, in words.
STATES = {
    "accepted": "sent", "refused": "refused by the provider", "unsent": "not sent; tried again",
    "intent": "being sent",
    "unknown": "nobody knows whether it went out", "held_out": "left out on purpose, to measure",
    "held": "held for a person",
    "failed": "could not be sent", "listed": "on the list", "claimed": "being sent", "scheduled": "planned",
    "suppressed": "not allowed",
}  # fmt: skip
#: Codes that only timelines show; the others are worded for every part of the program.
_MORE = (
    ("on:", "because of {}"), ("after:", "after the step {}"), ("moved:", "moved by {}"), ("changed:", "noted {}"),
    ("outcome:", "the outcome was: {}"), ("reply", "she wrote back, and nobody can tell for sure what she means"),
    ("refused", "she refused since"), ("accepted", "the provider accepted it"),
    ("provider:", "the provider said {}"), ("unknown:", "no clear answer: {}"),
)  # fmt: skip
_WITH_NUMBERS = (
    ("cap:", "{used} of {limit} contacts in {window} are taken; room again {free}"),
    ("gap:", "less than {gap} from the contact of {touch}; room again {free}"),
    ("hours:call", "outside the hours for calls there; they begin {opens}"),
    ("hours:sms", "outside the hours for SMS there; they begin {opens}"),
    ("hours:email", "outside the hours for e-mail there; they begin {opens}"),
    ("due", "wished for {due}, worth it until {until}"),
    ("hold:complaint", "a complaint is open since {since}"),
    ("hold:reply", "her reply of {since} may be a refusal; held until a person has read it, or {free}"),
    ("back_off:", "{unanswered} contacts without a sign of life: {gap} until the next; room again {free}"),
    ("silence:", "she refused on {since}; silence until {free}"),
)
#: How windows are spelled in reasons, and by people.
_UNITS = {"d": "day", "h": "hour", "m": "minute"}
#: Numbers of a reason that say nothing to a person.
_SILENT = frozenset({"provider_id", "holds"})

Clock = Callable[[datetime | None], str]


def clock(zone: str, now: datetime) -> Clock:
    """Instants as a wall clock in that zone shows them: `Tue 3 Nov 10:00`, with the year when it isn't this one."""
    this_year = to_local(now, zone).year

    def show(at: datetime | None) -> str:
        if at is None:
            return ""
        local = to_local(at, zone)
        return f"{local:%a} {local.day} {local:%b}{f' {local.year}' if local.year != this_year else ''} {local:%H:%M}"

    return show


def phone(number: str) -> str:
    """Spaced for the eye; as it is when it isn't a number."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return number


def tel(number: str) -> str:
    """An address that a phone dials: digits and a plus, whatever stood there."""
    return "tel:" + "".join(c for c in number if c in "+0123456789")


def state(name: str) -> str:
    """A state in words."""
    return STATES.get(name, name.replace("_", " "))


def reason(why: Reason, show: Clock | None = None) -> str:
    """One reason as a sentence, with the numbers that were seen."""
    numbers = {k: _value(v, show) for k, v in why.numbers.items() if v is not None and k not in _SILENT}
    for start, words in _WITH_NUMBERS:
        if why.code.startswith(start):
            try:
                return words.format_map(numbers)
            except KeyError:  # an older trace, or an opening that isn't in sight
                break
    words = why.text or _worded(why.code)
    seen = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in numbers.items())
    return f"{words} ({seen})" if seen else words


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


def name_of(people: Mapping[str, Customer], customer: str) -> str:
    """A customer's name; the id of one who is no longer known."""
    return full_name(people[customer]) if customer in people else customer


FILTERS: dict[str, Callable[..., Any]] = {
    "channel": lambda name: CHANNELS.get(name, name), "phone": phone, "tel": tel, "state": state, "reason": reason,
    "script": script, "outcome": lambda name: SAID.get(name, name.replace("_", " ")), "code_words": in_words,
}  # fmt: skip
