"""How values are shown on pages: numbers to dial, states and outcomes in words; `saying` has clocks and reasons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from outreach.core.customer import Customer
from outreach.desk import full_name
from outreach.desk.words import placed
from outreach.flow.replying import READ_REPLY
from outreach.saying import reason
from outreach.web.assets import asset
from outreach.web.script import script
from outreach.wording import in_words

#: The values at the end of a condition that was looked at.
_SEEN = re.compile(r" \((\S.* = .*)\)$", re.DOTALL)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
CHANNELS = {"sms": "SMS", "email": "e-mail", "call": "call", "task": "task"}
#: What a person may press, by channel or by the engine's own task: the outcome's name, and what the button says.
OUTCOMES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "call": (
        ("reached", "Reached"), ("no_answer", "No answer"), ("left_message", "Left a message"),
        ("call_back", "Call back"), ("wrong_number", "Wrong number"), ("do_not_call", "Do not call again"),
        ("other", "Something else"),
    ),
    "task": (("done", "Done"), ("not_done", "Not done")),
    READ_REPLY: (
        ("done", "No refusal: go on"), ("do_not_call", "A refusal: stop"), ("wrong_number", "Wrong number"),
    ),
}  # fmt: skip
SAID = {name: words for kind in ("call", "task") for name, words in OUTCOMES[kind]}
#: What else may be done with a card.
DEEDS: Mapping[str, str] = {
    "snoozed": "Snoozed", "skipped": "Skipped: it comes last now, for you", "released": "Given back",
    "cancelled": "Called off", "cancelled_run": "Called off, with what follows", "undone": "Taken back",
    "undone_soon": "Taken back: it is on the list again in a moment",
    "noted": "Note kept", "assigned": "Given on", "remembered": "Remembered", "logged": "The contact is written down",
    "away": "The absence is noted", "back": "Back at work", "named": "Welcome",
}  # fmt: skip
#: How those are called who gave no name; the rest tells their browsers apart.
GUEST = "guest "
UNDOABLE = frozenset({"snoozed", "skipped", "cancelled", "cancelled_run"})
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
    """An address that a phone dials; "" for what is no number in E.164, and then there is no link."""
    return f"tel:{number}" if _E164.fullmatch(number) else ""


def seen(why: str) -> str:
    """A reason of the planning for people who make calls: what was seen, without the rule's own formula.

    >>> seen("event.total >= 30 && event.vip (event.total = 54, event.vip = True)")
    'total = 54, vip = True'
    """
    found = _SEEN.search(why)
    return re.sub(r"\b(?:event|customer)\.", "", found[1]) if found else why


def own_name(name: str) -> str:
    """The name of who is at work as a field shows it: a guest's is no name."""
    return "" if name.startswith(GUEST) else name


def tail(number: str) -> str:
    """What an administrator sees of somebody's phone: enough to tell a wrong one, too little to call it."""
    return f"ends in {number[-2:]}" if number else "none"


def state(name: str) -> str:
    """A state in words."""
    return STATES.get(name, name.replace("_", " "))


def name_of(people: Mapping[str, Customer], customer: str) -> str:
    """A customer's name; the id of one who is no longer known."""
    return full_name(people[customer]) if customer in people else customer


FILTERS: dict[str, Callable[..., Any]] = {
    "channel": lambda name: CHANNELS.get(name, name), "phone": phone, "tel": tel, "state": state, "reason": reason,
    "script": script, "outcome": lambda name: SAID.get(name, name.replace("_", " ")), "code_words": in_words,
    "full_name": full_name, "asset": asset, "own_name": own_name, "seen": seen, "tail": tail,
    "unplaced": lambda details: placed(details)[1],
}  # fmt: skip
