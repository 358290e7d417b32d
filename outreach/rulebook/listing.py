"""The rulebook as a list for people and programs: what `outreach rules list` and `GET /v1/rules` show."""

from __future__ import annotations

from typing import Any

from outreach.core.rule import OnDate, OnEvery, OnInactive, OnMissing, Rule
from outreach.rulebook.load import Rulebook


def describe(rulebook: Rulebook) -> list[dict[str, Any]]:
    """One plain mapping a rule, in the order of their names."""
    return [_described(rule) for rule in rulebook.rules]


def _described(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "about": rule.about,
        "on": trigger_text(rule),
        "steps": [step.channel for step in rule.steps],
        "purpose": rule.purpose,
        "priority": rule.priority,
        "active": rule.active,
        "owner": rule.owner,
        "version": rule.version,
        "place": f"{rule.file}:{rule.line}",
    }


def trigger_text(rule: Rule) -> str:
    """The trigger in a few words: `purchase, order.*`, or `no order.shipped within 3 days after order.placed`."""
    match rule.trigger:
        case OnMissing() as on:
            return f"no {', '.join(on.missing)} within {on.within} after {', '.join(on.after)}"
        case OnDate() as on:
            return f"{'every year' if on.yearly else 'once'} on customer.{on.field}"
        case OnInactive() as on:
            return f"no {', '.join(on.types) or 'deed of the customer'} for {on.after}"
        case OnEvery() as on:
            return f"every {on.ticks}" if len(str(on.ticks).split()) != 5 else f"cron {on.ticks}"
        case on:
            return ", ".join(on.types)
