"""What cards say, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from outreach.core.by_hand import a_contact
from outreach.core.consenting import word
from outreach.core.customer import Customer
from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy, refusal
from outreach.core.memory import facts
from outreach.core.standing import Standing
from outreach.core.trace import Trace
from outreach.wording import in_words

#: The first line of a task's details, where it says where it is to be done.
_WHERE = re.compile(r"\s*where:[ \t]*(\S[^\n]*?)[ \t]*(?:\n\s*|\Z)", re.IGNORECASE)


def placed(details: str) -> tuple[str, str]:
    r"""A task's details as (where, what); ("", all of it) when they don't begin with `Where: …`.

    >>> placed("Where: room 12\nCard and champagne.")
    ('room 12', 'Card and champagne.')
    """
    found = _WHERE.match(details)
    return (found[1], details[found.end() :]) if found else ("", details)


def because(traces: Iterable[Trace]) -> Iterable[str]:
    """The planning's reasons in words: the event, and what the condition saw."""
    for trace in traces:
        if trace.decision not in ("planned", "moved"):
            continue
        for reason in trace.reasons:
            if reason.code.startswith(("on:", "after:", "moved:")):
                yield reason.code.replace(":", " ", 1)
            elif reason.code == "when":
                seen = ", ".join(f"{k} = {v}" for k, v in reason.numbers.items())
                yield f"{reason.text} ({seen})" if seen else reason.text


def remembered(customer: Customer, now: datetime) -> Iterable[str]:
    """What is remembered of a customer, in words: `meal: likes it well done (restaurant.feedback, 2026-11-02)`."""
    for name, fact in sorted(facts(customer.memory, now).items()):
        known_from = ", ".join(filter(None, (fact.source, fact.at[:10])))
        yield f"{name.replace('_', ' ')}: {fact.value}" + (f" ({known_from})" if known_from else "")


def full_name(customer: Customer) -> str:
    """How staff see a customer."""
    return " ".join(part for part in (customer.first_name, customer.last_name) if part) or customer.id


def consent_of(channel: str, standing: Standing, policy: Policy, now: datetime) -> str:
    """What she has agreed to for this channel, as a sentence."""
    no = {p: refusal(a_contact(standing.customer.id, channel, p, now), standing, policy) for p in ("marketing", "care")}
    said = word(standing.consents, channel, "marketing", now).said
    if no["marketing"] is None:
        return f"agreed to everything on {said.at:%Y-%m-%d}" if said and said.given else "nothing stands against it"
    what = no["marketing"].text or in_words(no["marketing"].code)
    return f"no: {what}" if no["care"] is not None else f"no marketing: {what}; care is all right"


def became(f: FollowUp | None) -> str:
    """What became of a card that isn't on the list, as a sentence for who had it open."""
    if f is None:
        return "There is no call or task with this id."
    if f.state == "done":
        by = f" by {f.outcome_by}" if f.outcome_by else ""
        return f"It was done already{by}: {f.outcome.replace('_', ' ')}."
    if f.state == "scheduled":
        return "It is not on the list now: it was put off" + (f" ({in_words(f.reason)})." if f.reason else ".")
    why = f" ({in_words(f.reason)})" if f.reason else ""
    return f"It is not to be done any more: {f.state.replace('_', ' ')}{why}."
