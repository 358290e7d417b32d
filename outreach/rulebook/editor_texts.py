"""What editors are told of the texts in rules: patterns, so that a wrong time is marked as it is typed, and examples.

A pattern lets through whatever the reader of that text takes; what else it lets through, `outreach rules check` finds.
"""

from __future__ import annotations

from typing import Any, Final

from outreach.core.span import SHORT, UNITS
from outreach.rulebook.naming import FIELD, NAME, NAME_HINT, TYPE


def _any_case(word: str) -> str:
    """JavaScript's patterns can't ignore case.

    >>> _any_case("in 2")
    '[iI][nN] 2'
    """
    return "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in word)


def _text(pattern: str, wrong: str, *examples: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{pattern}$", "patternErrorMessage": wrong, "examples": list(examples)}


def _spans(units: dict[str, object]) -> str:
    """`3 days`, `90m`."""
    named = [_any_case(name).replace(" ", r"\s+") + "[sS]?" for name in units]
    short = [_any_case(name) for name, unit in SHORT.items() if unit in units]
    return rf"\s*\d+\s*(?:{'|'.join([*named, *short])})\s*"


_ELAPSING: Final = {name: unit for name, unit in UNITS.items() if name != "business day"}
_FIRST: Final = "|".join(_any_case(word) for word in ("in", "next", "same", "on"))

SPAN: Final = _text(
    _spans(dict(UNITS)), "Write one number and one unit: `3 days`, `8 hours`, `1 business day`.",
    "1 business day", "3 days", "8 hours", "2 weeks",
)  # fmt: skip
ELAPSED: Final = _text(
    _spans(dict(_ELAPSING)), "Write one number and one unit, without business days: `20 hours`, `30 days`.",
    "20 hours", "3 days", "30 days", "90 days",
)  # fmt: skip
ONCE: Final = _text(
    rf"(?:event|customer|year|{_spans(dict(_ELAPSING))})",
    "Write `event`, `customer`, `year` or a duration such as `90 days`.", "event", "customer", "year", "90 days",
)  # fmt: skip
WHEN: Final = _text(
    rf"\s*(?:{_any_case('immediately')}\s*|(?:{_FIRST})\s+\S.*|\d+\s*[a-zA-Z]+\s+\S.*)",
    "Write `immediately`, `in 3 days 10:00`, `next business day 10:00`, `5 days before event.arrival 09:00` "
    "or `1 hour after previous`.",
    "immediately", "in 2 hours", "in 3 days 10:00", "next day 10:00", "next business day 10:00", "next monday 10:00",
    "same day 18:00", "5 days before event.arrival 09:00", "on event.arrival 12:00", "7 days after event.time 10:00",
    "1 hour after previous", "1 business day after previous 10:00",
)  # fmt: skip
EVERY: Final = _text(
    r"\s*\S.*\s\d{1,2}:\d{2}\s*", "Write days and a time of day: `mon 09:00`, `mon-fri 18:00`, `day 09:00`.",
    "mon 09:00", "mon-fri 18:00", "mon, thu 09:00", "day 09:00",
)  # fmt: skip
CRON: Final = _text(
    r"\s*(?:\S+\s+){4}\S+\s*", "Write minute, hour, day of the month, month, weekday: `0 9 1 * *`.", "0 9 1 * *",
)  # fmt: skip
SHARE: Final = _text(r"\s*\d+(?:\.\d+)?\s*%\s*", "Write a share: `10%`.", "5%", "10%")
DATE: Final = _text(r"\d{4}-\d{2}-\d{2}", "Write year, month and day: `2026-12-24`.", "2026-12-24")
DAYS: Final = {"type": "string", "examples": ["mon-fri", "mon-sat", "tue-sat", "mon-sun"]}
ZONE: Final = {
    "type": "string",
    "examples": ["America/New_York", "America/Chicago", "America/Los_Angeles", "Europe/London", "Europe/Paris"],
}
_OPEN: Final = {"type": "string", "examples": ["10:00-18:00", "10:00-13:00, 14:00-18:00", "closed", "any"]}
WEEK: Final = {
    "type": "object",
    "properties": {
        days: _OPEN for days in ("mon-fri", "mon-sat", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "sat-sun")
    },
    "additionalProperties": _OPEN,
}

EVENT_TYPE: Final = _text(
    TYPE.pattern, "Write an event type: `purchase`, `order.placed` or `order.*`.", "purchase", "visit", "order.*"
)
FIELD_NAME: Final = _text(
    FIELD.pattern, "Write the name of a field: letters, digits and `_`.", "order_id", "booking_id"
)
NAMED: Final = {"type": "string", "pattern": f"^{NAME.pattern}$", "patternErrorMessage": f"A name has {NAME_HINT}."}
TEMPLATE: Final = NAMED | {"patternErrorMessage": "Write the name alone, without folder and ending: `thank-you`."}
CONDITION: Final = {
    "type": "string",
    "examples": [
        "event.total >= 30", "event.service in ['haircut', 'colour']", "'vip' in customer.tags",
        "count('purchase', '90 days') >= 3", "previous.outcome == 'no_answer'", "!open('complaint')",
    ],
}  # fmt: skip
