"""A batch of events on its way in: the facts about all its customers, and what is about to be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import AHEAD, FollowUp
from outreach.core.guard import Policy
from outreach.core.history import History
from outreach.core.keys import bucket_of
from outreach.core.rule import OnInactive, Rule
from outreach.core.rule_index import RuleIndex
from outreach.core.situation import Situation
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.flow.changes import Changes
from outreach.flow.remembering import Say, as_written
from outreach.store.store import Transaction


class Receipt(NamedTuple):
    """What became of one event at the door: `accepted`, `duplicate` or `rejected` with the reason."""

    id: str
    status: str
    reason: str = ""


def waiting_for_room(ahead: Iterable[FollowUp]) -> list[FollowUp]:
    """What of these was put off, and may go once something takes no room any more."""
    return [o for o in ahead if o.state == "scheduled" and o.reason]


def wake_behind(changes: Changes, f: FollowUp, ahead: Iterable[FollowUp], now: datetime) -> None:
    """`f` takes no room any more: what of these was put off looks whether there is some now."""
    why = Reason(code="room", text=f"{f.rule} gives its place back")
    changes.wake((o for o in waiting_for_room(ahead) if o.id != f.id), why, now)


@dataclass(slots=True)
class Batch:
    """The facts about all customers of a batch, and what is about to be written."""

    tx: Transaction
    now: datetime
    policy: Policy
    rules: RuleIndex
    customers: MutableMapping[str, Customer]
    history: Mapping[str, list[Event]]
    last_started: dict[str, dict[str, datetime]]
    open: dict[str, list[FollowUp]]
    holds: dict[str, dict[str, datetime]]
    changes: Changes
    starts: bool = True
    #: Ids of the follow-ups that were open before this batch, of the customers whose runs it may touch.
    began: frozenset[str] = frozenset()
    say: Say = as_written
    #: Who has become another customer in this batch, and whom.
    became: dict[str, str] = field(default_factory=dict)
    #: Whose news may begin runs that other news ends, and all of that other news; asked for when the first is begun.
    ending: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _ends: dict[str, list[Event]] | None = None
    #: The card that the event which is taken at this moment was about, as it was before.
    card: FollowUp | None = None

    def situation(self, event: Event, overlay: Mapping[str, object] | None = None) -> Situation:
        """The situation of one event."""
        customer = self.customers[event.customer]
        past = History(
            self.history.get(event.customer, ()), max(event.time, self.now), event, self.holds.get(event.customer, ())
        )
        return Situation(
            tenant=self.tx.tenant, bucket=bucket_of(self.tx.tenant, customer.id), customer=customer, event=event,
            now=self.now, policy=self.policy, past=past, last_started=self.last_started.get(event.customer, {}),
            overlay=overlay,
        )  # fmt: skip

    def news_that_ends(self, rule: Rule, customer: str) -> Sequence[Event]:
        """What is known of a customer of the types that end this rule's runs, and perhaps of others."""
        if customer not in self.ending or not self.ending[customer].issuperset(rule.stop_on):
            return self.tx.events.history([customer], rule.stop_on).get(customer, ())
        if self._ends is None:
            types = frozenset().union(*self.ending.values())
            self._ends = self.tx.events.history(self.ending, types)
        return self._ends.get(customer, ())

    def meant(self, event: Event) -> Event:
        """This event in the name of whoever its customer is now."""
        into = self.became.get(event.customer)
        return event if into is None else replace(event, customer=into)

    def rouse(self, rule: Rule, event: Event) -> None:
        """This event ends a silence: from now on the rule waits for the next one."""
        trigger = rule.trigger
        assert isinstance(trigger, OnInactive)
        customer = self.customers[event.customer]
        zone = self.situation(event).zone
        place = (customer.country, customer.region)
        self.changes.roused.append(
            (customer.id, rule.name, trigger.after.add(event.time, zone, self.policy.calendar, place))
        )

    def ahead(self, customer: str) -> list[FollowUp]:
        """What still lies ahead of a customer, with this batch's own changes."""
        known = self.open.get(customer, ())
        return [f for f in map(self.latest, known) if f.state in AHEAD]

    def latest(self, f: FollowUp) -> FollowUp:
        """A follow-up as this batch has changed it."""
        return self.changes.new.get(f.id) or self.changes.changed.get(f.id, f)

    def end(self, f: FollowUp, state: str, reason: Reason) -> FollowUp:
        """End a follow-up that lies ahead, giving back its place in the ledger."""
        over = ended(f, state, reason.code, self.now)
        self.changes.change(over, state, (reason,), self.now)
        if f.state == "listed":
            self.changes.release(f)
        self.room_for_others(f, reason.code)
        return over

    def room_for_others(self, f: FollowUp, reason: str) -> None:
        """What was put off looks whether there is room now that `f` takes none."""
        self.wake((o for o in waiting_for_room(self.ahead(f.customer)) if o.id != f.id), reason)

    def wake(self, follow_ups: Iterable[FollowUp], reason: str) -> None:
        """Let these be looked at as soon as they are due."""
        self.changes.wake(follow_ups, Reason(code=reason), self.now)
