"""Taking a batch of events inside one transaction: who may come in, what it sets off, a receipt for each; and what
follows when a step has ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp, evolve
from outreach.core.guard import Policy
from outreach.core.rule_index import RuleIndex
from outreach.flow import deeds, effects, intake
from outreach.flow.beginning import begin
from outreach.flow.changes import Changes
from outreach.flow.forwarding import MERGED, forward, wrong_merge
from outreach.flow.intake import Batch, Receipt
from outreach.flow.locking import enter, hold_for
from outreach.flow.outcomes import follow_on, has_next
from outreach.flow.remembering import Say, as_written
from outreach.flow.waking import wake_by_signs
from outreach.flow.watching import arm
from outreach.store.people import People
from outreach.store.store import Transaction

#: How far ahead of our clock an event's time may lie before it can't be true.
CLOCK_SKEW = timedelta(days=1)


def take_in(
    tx: Transaction,
    events: Sequence[Event],
    now: datetime,
    policy: Policy,
    rules: RuleIndex,
    starts: bool,
    say: Say = as_written,
) -> tuple[list[Receipt], Batch]:
    """Take these events; their receipts in their order, and what was written."""
    customers = hold_for(tx, events)
    sent, events = events, forward(tx, events, customers)
    arm(tx, _make_room_for_new(tx, events, customers, now), now, policy, rules.by_clock)
    refused = _refused(tx, sent, events, customers, now)
    fresh = tx.events.accept([e for e in events if id(e) not in refused] if refused else events, now)
    tx.house.learn_once(fresh)
    batch = intake.load(tx, fresh, now, policy, rules, customers)
    batch.starts, batch.say = starts, say
    _take_all(batch, sorted(fresh, key=_by_time))
    wake_by_signs(batch, fresh)
    batch.changes.store(tx)
    if batch.changes.wake_soon(now):
        tx.tell_others()
    if len(fresh) == len(events):
        return [Receipt(e.id, "accepted") for e in events], batch
    new = {id(e) for e in fresh}
    return [_receipt(e, new, refused) for e in events], batch


def _take_all(batch: Batch, events: Sequence[Event]) -> None:
    """One after the other. Of most types nothing is known but what they begin, which is found out once for each."""
    means = {t: effects.means(batch.policy, t) for t in {e.type for e in events}}
    begins = {t: batch.rules.of(t).starting if batch.starts else () for t, much in means.items()
              if not much and t not in deeds.DEEDS and batch.rules.of(t).only_starts}  # fmt: skip
    for event in events:
        rules = None if batch.became else begins.get(event.type)
        if rules is None:
            _take(batch, event, means[event.type])
        elif rules:
            begin(batch, event, rules)


def _take(batch: Batch, event: Event, meaning: bool) -> None:
    """What it means to the engine, and then to the rules. What staff did with a card can be taken back, all of it."""
    before = deeds.before(batch) if event.type in deeds.DEEDS else None
    if meaning:
        effects.apply(batch, event)
    intake.take(batch, batch.meant(event) if batch.became else event)
    if before is not None:
        deeds.keep(batch, event, before)


def _make_room_for_new(
    tx: Transaction, events: Iterable[Event], known: MutableMapping[str, Customer], now: datetime
) -> dict[str, Customer]:
    """`customer.changed` carries who somebody is, so it may be the first that is heard of a customer."""
    unknown = {e.customer for e in events if e.type == "customer.changed" and e.customer not in known}
    new = {id_: Customer(id=id_) for id_ in (enter(tx, unknown, known, now) if unknown else ())}
    if new:
        tx.customers.save(new.values(), now)
        known.update(new)
    return new


def _refused(
    tx: Transaction, sent: Sequence[Event], events: Sequence[Event], customers: People, now: datetime
) -> dict[int, str]:
    """Why events can't be taken, by their identity. That a batch has nothing to look into is seen at once."""
    types, times = {e.type for e in events}, [e.time for e in events]
    if (
        not (customers.strangers({e.customer for e in events}) or types & intake.ENGINE_TYPES)
        and times
        and not (_impossible(min(times), now) or _impossible(max(times), now))
    ):
        return {}
    each = zip(sent, events, strict=True)
    return {id(e): why for s, e in each if (why := _refuse(tx, s.customer, e, customers, now))}


def _refuse(tx: Transaction, sent: str, event: Event, customers: Mapping[str, Any], now: datetime) -> str:
    """Why an event can't be taken; "" when it can. `sent` is its customer as the sender named her."""
    if event.customer not in customers:
        return f"unknown customer {event.customer!r}: import the customer first, then send this event again"
    if why := impossible_time(event, now):
        return why
    if event.type == MERGED:
        return wrong_merge(tx, sent, event)
    return effects.refuse(event) if event.type in intake.ENGINE_TYPES else ""


def _receipt(event: Event, new: set[int], refused: Mapping[int, str]) -> Receipt:
    if id(event) in refused:
        return Receipt(id=event.id, status="rejected", reason=refused[id(event)])
    return Receipt(id=event.id, status="accepted" if id(event) in new else "duplicate")


_by_time = attrgetter("time")


def empty_batch(
    tx: Transaction, customers: Iterable[str], now: datetime, policy: Policy, rules: RuleIndex, say: Say = as_written,
    followed: Collection[str] | None = None,
) -> Batch:  # fmt: skip
    """A batch without events: for what follows when a step has ended; `followed` are those customers for whom something
    may, all of them by default. Where there are none, who they are isn't read."""
    known = tx.customers.hold(customers, read=followed is None or bool(followed))
    return intake.Batch(
        tx=tx, now=now, policy=policy, rules=rules, customers=known, history={}, last_started={}, open={},
        holds=tx.holds.of(known if followed is None else followed), changes=Changes(), say=say,
    )  # fmt: skip


def follow_finished(
    tx: Transaction, finished: Sequence[FollowUp], now: datetime, policy: Policy, rules: RuleIndex, say: Say
) -> None:
    """Steps that waited for those that ended in the claim itself (expired, suppressed)."""
    needless = ("rule_removed", "rule_inactive", "event_gone", "no_longer_matches")
    waiting = [f for f in finished if f.reason not in needless and has_next(f, rules)]
    if not waiting:
        return
    batch = empty_batch(tx, {f.customer for f in waiting}, now, policy, rules, say)
    for f in waiting:
        follow_on(batch, evolve(f, outcome=f.outcome or f.state), anew=True)
    batch.changes.store(tx)


def impossible_time(event: Event, now: datetime) -> str:
    """Why an event from the future, or from before anybody kept books, is refused; "" when its time can be true."""
    return _impossible(event.time, now)


def _impossible(time: datetime, now: datetime) -> str:
    if time.year < 1900:
        return f"its time {time.isoformat()} lies before 1900"
    if time <= now + CLOCK_SKEW:
        return ""
    return f"its time {time.isoformat()} lies more than a day ahead of now: check the sender's clock"
