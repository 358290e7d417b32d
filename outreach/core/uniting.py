"""Two customers become one: whose value counts, what holds, which of their follow-ups are the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from outreach.core.cadence import PURPOSES
from outreach.core.consenting import word
from outreach.core.customer import Consent, Customer
from outreach.core.follow_up import AHEAD, TOUCHING, FollowUp, evolve
from outreach.core.keys import bucket_of, make_id
from outreach.core.promise import promise_id, promise_of
from outreach.core.rule import Rule

#: Why one of two that are the same ended.
DUPLICATE: Final = "duplicate:customer.merged"
#: What a person said of herself, by whichever phone: it holds for the phone she is reached by from now on.
PERSONAL: Final = frozenset({"stop", "do_not_call"})
#: What has happened, or may have: it can't be planned again.
_HAPPENED: Final = frozenset({"claimed", "sent", "delivered", "undelivered", "unknown", "done"})


def united(old: Customer, into: Customer) -> Customer:
    """One customer: her own values win, gaps are filled from the one who disappears; tags of both."""
    tags = tuple(dict.fromkeys((*into.tags, *old.tags)))
    return replace(old.told(into), id=into.id, tags=tags)


def restated(old: Sequence[Consent], into: Sequence[Consent], now: datetime, source: str) -> list[Consent]:
    """Withdrawals that hold on one side and that a yes of the other side would lift: said once more, so that only a
    yes that comes from now on lifts them."""
    both = [*old, *into]
    at = max([now, *(c.at for c in both)])
    found = []
    for channel in sorted(TOUCHING):
        for purpose in PURPOSES:
            sides = [word(side, channel, purpose, None) for side in (old, into)]
            said = next((w.said for w in sides if w.status == "withdrawn"), None)
            if said is not None and word(both, channel, purpose, None).status != "withdrawn":
                no = Consent(channel=channel, purpose=purpose, given=False, at=at, source=source, evidence=said.source)
                found.append(no)
    return found


def renamed(f: FollowUp, into: str, tenant: str, sources: Mapping[tuple[str, str], str]) -> FollowUp:
    """`f` as it would have been planned for the other customer, so that planning it again there plans nothing.
    `sources` are the new sources of events whose (source, id) is another event's there."""
    source, trigger = sources.get((f.event_source, f.event), f.event_source), f.trigger
    if source != f.event_source and trigger.startswith("event:"):
        trigger = f"event:{source}:{f.event}"
    bucket, names = bucket_of(tenant, into), (tenant, into, f.rule, trigger)
    there, promise = evolve(f, trigger=trigger), promise_of(f)
    id_ = promise_id(there, tenant, into, promise.at.isoformat()) if promise else make_id(bucket, *names, str(f.index))
    return evolve(
        f, id=id_, run=make_id(bucket, *names), customer=into, trigger=trigger,
        event_source=source,
    )  # fmt: skip


def rank(f: FollowUp) -> int:
    """How far it has come: 3 it happened, or may have; 2 on the staff's list; 1 planned; 0 ended without a contact."""
    if f.state in _HAPPENED:
        return 3
    return {"listed": 2, "scheduled": 1}.get(f.state, 0)


def takes_over(moving: FollowUp, there: FollowUp) -> bool:
    """Whether the one that moves stands for both, of two that are the same step of the same run: it has come further,
    or the other one has ended in favour of it."""
    return rank(moving) > (0 if there.reason == DUPLICATE else max(rank(there), 1))


def once_too_often(sides: Iterable[Iterable[FollowUp]], rules: Mapping[str, Rule]) -> list[FollowUp]:
    """What lies ahead of runs that would not have begun if both had always been one customer (`once_per: 30 days`). A
    run that has reached her already stays before one that hasn't, the earlier before the later."""
    runs: dict[str, dict[tuple[int, str], list[FollowUp]]] = {}
    for side, follow_ups in enumerate(sides):
        for f in follow_ups:
            rule = rules.get(f.rule)
            if rule is not None and rule.once_window is not None:
                runs.setdefault(f.rule, {}).setdefault((side, f.trigger), []).append(f)
    return [
        f for name, of_rule in runs.items() for f in _crowded(of_rule, rules[name].once_window or timedelta())
    ]  # fmt: skip


def _crowded(runs: Mapping[tuple[int, str], list[FollowUp]], window: timedelta) -> list[FollowUp]:
    kept: list[tuple[int, str, datetime]] = []
    lost = []
    ordered = sorted(runs, key=lambda r: (not any(rank(f) > 1 for f in runs[r]), min(f.started for f in runs[r]), r))
    for run in ordered:
        (side, trigger), began = run, min(f.started for f in runs[run])
        near = (k for k in kept if k[0] != side and k[1] != trigger and abs(began - k[2]) < window)
        if next(near, None) is None:
            kept.append((side, trigger, began))
        else:
            lost += [f for f in runs[run] if f.state in AHEAD]
    return lost
