"""Reasons as tests write them: a code that no decision could give, but that looks like one, is a spelling mistake.

Codes that look like none that is known here may pass: what they mean, the engine alone knows.
"""

from __future__ import annotations

from typing import Final

from outreach.core.cadence import CHANNELS, length
from outreach.core.guard import Policy
from outreach.core.rule import OnMissing, Rule, type_matches
from outreach.rehearsal.naming import Wrong
from outreach.rulebook.hints import any_of, did_you_mean

#: Codes that stand alone.
WHOLE: Final = (
    "valid_for", "late", "when", "template", "rule_removed", "rule_inactive", "event_gone", "unknown_timezone", "room",
    "no_previous", "no_business_day", "out_of_range",
)  # fmt: skip
#: Codes that go on with a channel, with what the cadence or the rule has, or with anything.
BY_CHANNEL: Final = ("no_consent", "opted_out", "suppressed", "no_address", "hours")
OTHER: Final = ("cap", "gap", "hold", "stop_on", "came", "provider", "no_value", "bad_value", "unknown")


def wrong_code(code: str, channel: str, rule: Rule | None, policy: Policy) -> Wrong | None:
    """What is wrong with this reason for a step of that rule, and what to write; None when nothing is."""
    head, colon, tail = code.partition(":")
    if code in WHOLE:
        return None
    if head not in (*BY_CHANNEL, *OTHER):
        meant = did_you_mean(head, (*WHOLE, *BY_CHANNEL, *OTHER), f"{{}}{colon}{tail}")
        return (f"there is no reason `{code}`", meant) if meant else None
    if not colon:  # any of them
        return None
    if head in ("stop_on", "came"):
        return _wrong_type(head, tail, rule)
    known = _tails(head, channel, policy)
    if known is None or tail in known:
        return None
    if not known:
        return f"nothing ends with `{code}`", f"the cadence has no {head}"
    meant = did_you_mean(tail, known, f"{head}:{{}}")
    if head in BY_CHANNEL and tail not in CHANNELS and not meant:
        return None
    return f"nothing ends here with `{code}`", meant or f"write {_all(head, known)}"


def _tails(head: str, channel: str, policy: Policy) -> list[str] | None:
    """What may stand after `head:`; None is anything."""
    cadence = policy.cadence
    match head:
        case "cap":
            return [cap.label for cap in cadence.caps]
        case "gap":
            return [length(cadence.min_gap)]
        case "hold":
            return [hold.name for hold in cadence.holds]
        case _ if head in BY_CHANNEL:
            return [channel] if channel else ["sms", "email", "call"]
    return None


def _wrong_type(head: str, event_type: str, rule: Rule | None) -> Wrong | None:
    if rule is None:
        return None
    missing = rule.trigger.missing if isinstance(rule.trigger, OnMissing) else ()
    patterns = rule.stop_on if head == "stop_on" else missing
    if any(type_matches(pattern, event_type) for pattern in patterns):
        return None
    other = "came" if head == "stop_on" else "stop_on"
    if event_type in (missing if head == "stop_on" else rule.stop_on):
        return f"`{rule.name}` can't end with `{head}:{event_type}`", f"write `{other}:{event_type}`"
    hint = did_you_mean(event_type, patterns, f"{head}:{{}}") or (f"write {_all(head, patterns)}" if patterns else "")
    return f"`{event_type}` doesn't end a run of `{rule.name}`", hint


def _all(head: str, tails: tuple[str, ...] | list[str]) -> str:
    return any_of(f"{head}:{tail}" for tail in tails)
