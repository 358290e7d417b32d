"""Watching: rules that no event sets off look at each customer when her own moment comes.

There are no sweeps over all customers. Each customer has one watch for each such rule, with the moment at which it must
look next: her birthday's midnight, ninety days after her last visit, next Monday nine o'clock where she is. What is due
is found by an index, to the second, by any number of workers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import takewhile

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.guard import Policy
from outreach.core.history import History
from outreach.core.keys import bucket_of
from outreach.core.occasions import CLOCK, Occasion, due_occasion, first_occasion, next_occasion
from outreach.core.rule import NOT_MADE_BY_CUSTOMER, OnInactive, Rule
from outreach.core.rule_index import RuleIndex
from outreach.core.situation import Situation
from outreach.core.watch import Watch
from outreach.flow.batch import Batch
from outreach.flow.beginning import begin
from outreach.flow.changes import Changes
from outreach.flow.locking import take_watches
from outreach.flow.remembering import Say
from outreach.store.store import Transaction
from outreach.store.topology import Topology, Turn


def arm(
    tx: Transaction, customers: Mapping[str, Customer], now: datetime, policy: Policy, rules: Iterable[Rule]
) -> None:
    """Set the watches of these customers for these rules: they are new, or something about them is."""
    made: list[Watch] = []
    for rule in rules:
        lasts = latest_of(tx, rule, customers)
        for customer in customers.values():
            here = _situation(tx, customer, now, policy)
            made.append(_watch(customer, rule, first_occasion(rule, here, lasts.get(customer.id))))
    tx.watches.set(made)


def arm_more(
    tx: Transaction, rule: Rule, after: tuple[int, str], limit: int, now: datetime, policy: Policy, topology: Topology,
    *, anew: bool,
) -> tuple[int, str] | None:  # fmt: skip
    """The watches of a rule that is new or has changed, for the next customers in the order of (bucket, id); the place
    to go on from, None at the end. Those that are set already are left alone, unless `anew`."""
    there = tx.ask(lambda all_: all_.customers.some(after, limit))
    first = topology.number(there[0][0]) if there else 0
    some = list(takewhile(lambda one: topology.number(one[0]) == first, there))
    tx.customers.hold(id_ for _, id_ in some)
    watches = [] if anew else tx.watches.of(id_ for _, id_ in some)
    known = {w.customer for w in watches if (w.rule, w.version) == (rule.name, rule.version)}
    customers = tx.customers.get(id_ for _, id_ in some if id_ not in known)
    arm(tx, customers, now, policy, [rule])
    return some[-1] if len(some) < len(there) or len(there) == limit else None


def look(
    tx: Transaction, now: datetime, policy: Policy, rules: RuleIndex, limit: int, say: Say, turn: Turn
) -> int:  # fmt: skip
    """Look at what is due, begin what it begins, and set each watch to its next moment; how many were looked at."""
    due = take_watches(tx, now, limit, turn)
    gone = [w for w in due if w.rule not in rules or not rules[w.rule].active or not rules[w.rule].by_clock]
    tx.watches.forget(gone)
    mine = [w for w in due if w not in gone]
    if not mine:
        return len(due)
    batch = _load(tx, mine, now, policy, rules, say)
    lasts = {r.name: latest_of(tx, r, batch.customers) for r in {w.rule: rules[w.rule] for w in mine}.values()}
    there = [w for w in mine if w.customer in batch.customers]
    tx.watches.forget(w for w in mine if w.customer not in batch.customers)
    tx.watches.set([_look_at(batch, w, rules[w.rule], lasts[w.rule].get(w.customer)) for w in there])
    batch.changes.store(tx)
    return len(due)


def latest_of(tx: Transaction, rule: Rule, customers: Iterable[str]) -> dict[str, datetime]:
    """The latest event that breaks the silence this rule waits for, by customer."""
    if not isinstance(rule.trigger, OnInactive):
        return {}
    return tx.events.latest(customers, rule.trigger.types, NOT_MADE_BY_CUSTOMER)


def _look_at(batch: Batch, w: Watch, rule: Rule, last: datetime | None) -> Watch:
    customer = batch.customers[w.customer]
    here = _situation(batch.tx, customer, batch.now, batch.policy)
    assert w.wake is not None
    found = due_occasion(rule, here, w.wake, last)
    if found is None or found.fires > batch.now:
        return _watch(customer, rule, found)
    begin(batch, found.event, [rule])
    return _watch(customer, rule, next_occasion(rule, here, found))


def _load(tx: Transaction, watches: list[Watch], now: datetime, policy: Policy, rules: RuleIndex, say: Say) -> Batch:
    """The facts that these rules ask for, one query for each kind."""
    ids, wanted = {w.customer for w in watches}, {w.rule: rules[w.rule] for w in watches}
    facts = {t for rule in wanted.values() for t in rule.facts}
    windowed = [name for name, rule in wanted.items() if rule.once_window is not None]
    return Batch(
        tx=tx, now=now, policy=policy, rules=rules, customers=tx.customers.get(ids),
        history=tx.events.history(ids, facts) if facts else {},
        last_started=tx.follow_ups.last_started(ids, windowed) if windowed else {},
        open={}, holds=tx.holds.of(ids), changes=Changes(), say=say,
    )  # fmt: skip


def _situation(tx: Transaction, customer: Customer, now: datetime, policy: Policy) -> Situation:
    nothing = Event(id="", type="", customer=customer.id, time=now, source=CLOCK)
    return Situation(
        tenant=tx.tenant, bucket=bucket_of(tx.tenant, customer.id), customer=customer, event=nothing, now=now,
        policy=policy, past=History((), now),
    )  # fmt: skip


def _watch(customer: Customer, rule: Rule, waits_for: Occasion | None) -> Watch:
    return Watch(
        customer=customer.id, rule=rule.name, wake=waits_for.fires if waits_for else None, version=rule.version
    )
