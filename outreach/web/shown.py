"""How values are shown on pages: numbers to dial, states and outcomes in words; `saying` has clocks and reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from outreach.core.customer import Customer
from outreach.desk import full_name
from outreach.flow.replying import READ_REPLY
from outreach.saying import reason
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


def name_of(people: Mapping[str, Customer], customer: str) -> str:
    """A customer's name; the id of one who is no longer known."""
    return full_name(people[customer]) if customer in people else customer


FILTERS: dict[str, Callable[..., Any]] = {
    "channel": lambda name: CHANNELS.get(name, name), "phone": phone, "tel": tel, "state": state, "reason": reason,
    "script": script, "outcome": lambda name: SAID.get(name, name.replace("_", " ")), "code_words": in_words,
}  # fmt: skip
