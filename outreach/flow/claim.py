"""Claim: what is due is decided here and now, reserved in the ledger, and written down as an intent; one transaction.

Nothing is sent from in here. What comes out are attempts that are durable before any provider hears of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from outreach.core.capacity import Day, bounds, today
from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy
from outreach.core.history import as_scope
from outreach.core.ledger import Touch
from outreach.core.memory import recalled
from outreach.core.merging import Also, on_cap
from outreach.core.rule import Rule
from outreach.core.rule_index import RuleIndex
from outreach.core.situation import Situation
from outreach.core.standing import Standing
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.flow.changes import Changes
from outreach.flow.locking import Taken
from outreach.flow.post import Post
from outreach.flow.remembering import Say
from outreach.flow.situations import Background, background_of, events_of, situation_of
from outreach.flow.standings import load_standings
from outreach.ports import Rendered
from outreach.store.attempts import Attempt
from outreach.store.spent import Spent
from outreach.store.store import Transaction

#: A claim that wasn't settled by then is taken back by whoever looks next; longer than deadline plus call.
LEASE = timedelta(seconds=60)

Render = Callable[[FollowUp, Rule, Situation, Standing, Also], Rendered]


@dataclass
class Claim:
    """One claim transaction: its facts, what it writes, and the attempts it hands to the senders."""

    tx: Transaction
    now: datetime
    policy: Policy
    rules: RuleIndex
    worker: str
    render: Render
    say: Say
    post: Post
    lease: timedelta
    customers: MutableMapping[str, Customer]
    standings: dict[str, Standing]
    events: dict[str, Event]
    ahead: dict[str, list[FollowUp]]
    changes: Changes = field(default_factory=Changes)
    touches: list[Touch] = field(default_factory=list)
    gaps: dict[str, timedelta] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    finished: list[FollowUp] = field(default_factory=list)

    @cached_property
    def day(self) -> Day:
        """Today's list, for the house that has only so many hands."""
        if self.tx.shared:
            self.tx.house.hold("capacity", self.now)
        day = today(self.now, self.policy.zone)
        staff = self.tx.ask(lambda tx: tx.follow_ups.for_staff(*bounds(day, self.policy.zone)))
        return Day(day, self.policy.zone, self.policy.calendar, *staff)

    @cached_property
    def spent(self) -> Spent:
        """What went out by SMS in the house's day, for the house that has limits."""
        if self.tx.shared:
            self.tx.house.hold("sms", self.now)
        day, hour = bounds(today(self.now, self.policy.zone), self.policy.zone)[0], self.now - timedelta(hours=1)
        return Spent(self.tx, day, hour)

    @cached_property
    def background(self) -> Background:
        """What the situations of this claim ask of the past."""
        judged = (f for of_one in self.ahead.values() for f in of_one if f.id in self.events)
        return background_of(self.tx, judged, self.rules)

    @cached_property
    def sharing(self) -> dict[str, list[str]]:
        """Who of this claim's customers an address reaches: what one is sent, the others must reckon with."""
        found: dict[str, list[str]] = {}
        for customer, standing in self.standings.items():
            for key in set(standing.address_keys.values()):
                found.setdefault(key, []).append(customer)
        return found

    def end(self, f: FollowUp, state: str, *reasons: Reason) -> None:
        """`f` is over."""
        over = ended(f, state, reasons[0].code, self.now)
        self.changes.change(over, state, reasons, self.now)
        self.finished.append(over)

    def situation(self, f: FollowUp) -> Situation | None:
        """The situation in which `f` is judged; None when its event is gone."""
        event = self.events.get(f.id)
        if event is None:
            return None
        return situation_of(
            self.tx, f, self.rules[f.rule], self.customers[f.customer], event, self.now, self.policy,
            self.standings[f.customer].holds, self.background,
        )  # fmt: skip


def load(
    tx: Transaction, taken: Taken, now: datetime, policy: Policy, rules: RuleIndex, worker: str, render: Render,
    say: Say, post: Post, lease: timedelta,
) -> Claim:  # fmt: skip
    """Load what deciding about what was taken needs. What is paused keeps no room from what is not, unless it is on its
    way already."""
    ids, paused = sorted({f.customer for f in taken.fresh}), taken.paused
    customers = taken.people.only(ids)
    ahead = {c: [f for f in taken.open[c] if f.rule not in paused or f.state != "scheduled"] for c in ids}
    open_now = [f for of_one in ahead.values() for f in of_one]
    may_join = on_cap("merge", open_now, rules)  # and then it is judged with the one it joins
    return Claim(
        tx=tx, now=now, policy=policy, rules=rules, worker=worker, render=render, say=say, post=post,
        lease=lease, customers=customers, standings=load_standings(tx, customers, now, policy),
        events=events_of(tx, [*taken.fresh, *(o for o in open_now if o.id in may_join)]), ahead=ahead,
    )  # fmt: skip


def write(claim: Claim) -> None:
    """Store all of it."""
    claim.changes.store(claim.tx)
    claim.tx.ledger.reserve(claim.touches, claim.gaps)
    claim.tx.attempts.add(claim.attempts)


def template_scope(
    f: FollowUp, rule: Rule, here: Situation, also: Also, business: Mapping[str, str] | None = None
) -> dict[str, object]:  # fmt: skip
    """What a template may speak of: plain data only; `now` on the customer's clock, `also` the reasons that joined."""
    event = as_scope(here.event) | (dict(here.overlay) if here.overlay else {})
    return {
        "customer": here.customer.as_dict(here.now),
        "event": event,
        "previous": here.previous or {},
        "memory": recalled(here.customer.memory, here.now),
        "now": here.now.astimezone(ZoneInfo(here.zone)),
        "rule": {"name": rule.name, "about": rule.about, "purpose": f.purpose},
        "also": also,
        "history": here.past.latest_by_type(),
        "business": dict(business or {}),
    }
