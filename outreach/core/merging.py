"""Two reasons for a contact become one: what joins a contact rides on it from when it goes until it has happened.

While it rides it still lies ahead (scheduled; its reason is `merge:ID`), so whatever makes it needless takes it off
again. When the contact has happened it ends as `merged`, with the same outcome. When the contact doesn't happen after
all (withdrawn, moved, expired, refused by the provider), it is free, and looks for a place of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from outreach.core.follow_up import FollowUp, evolve
from outreach.core.rule import Rule
from outreach.core.stopping import ended
from outreach.core.trace import Reason

#: It looks again this long after the contact it joins, which so is always looked at first.
AFTER = timedelta(microseconds=1)

#: Reasons beside its own, as templates and cards get them: `rule` and `about`.
Also = list[dict[str, str]]


def on_cap(word: str, follow_ups: Iterable[FollowUp], rules: Mapping[str, Rule]) -> frozenset[str]:
    """The ids of those whose rule says this about the cap (`merge`, `drop`)."""
    return frozenset(f.id for f in follow_ups if (rule := rules.get(f.rule)) is not None and rule.on_cap == word)


def riding(f: FollowUp, winner: FollowUp) -> FollowUp:
    """`f` as one more reason of a contact that goes now."""
    return evolve(f, reason=f"merge:{winner.id}", wake=(winner.wake or f.due) + AFTER)


def riders(winner: FollowUp, ahead: Iterable[FollowUp]) -> list[FollowUp]:
    """Those that ride on this contact, by due moment."""
    found = [f for f in ahead if f.state == "scheduled" and f.reason == f"merge:{winner.id}"]
    return sorted(found, key=lambda f: (f.due, f.rule, f.id))


def carrier(f: FollowUp, ahead: Iterable[FollowUp], now: datetime) -> FollowUp | None:
    """The contact that `f` rides on, while that is on the list and still worth something, or being sent."""
    if not f.reason.startswith("merge:"):
        return None
    going = (o for o in ahead if o.state in ("listed", "claimed") and o.wake is not None and o.wake > now)
    return next((o for o in going if f.reason == f"merge:{o.id}"), None)


def merged(f: FollowUp, into: FollowUp, now: datetime) -> tuple[FollowUp, Reason]:
    """`f` at its end, told with this contact, and the reason of it."""
    over = evolve(
        ended(f, "merged", f"merged:{into.rule}", now), outcome=into.outcome, outcome_by=into.outcome_by, note=into.note
    )
    numbers = {"into": into.id, "outcome": into.outcome}
    return over, Reason(code=over.reason, text=f"told in the {f.channel} of {into.rule}", numbers=numbers)


def also(follow_ups: Iterable[FollowUp], rules: Mapping[str, Rule]) -> Also:
    """What else a contact is about."""
    return [
        {"rule": f.rule, "about": (rule.about if (rule := rules.get(f.rule)) else "") or f.rule} for f in follow_ups
    ]
