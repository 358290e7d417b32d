"""What staff say came of a call or task: it ends, it counts, and the step that waited for it comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from outreach.core.event import Event
from outreach.core.follow_up import BY_STAFF, FollowUp, evolve
from outreach.core.history import History
from outreach.core.keys import bucket_of, make_id
from outreach.core.ledger import Touch
from outreach.core.merging import merged, riders
from outreach.core.starting import next_step, planned
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.flow.consenting import withdraw_planned
from outreach.flow.intake import Batch

OUTCOMES = frozenset(
    {"reached", "no_answer", "left_message", "call_back", "wrong_number", "do_not_call", "done", "not_done", "other"}
)


def take_outcome(batch: Batch, event: Event) -> None:
    """A person ended a call or task; what waited for it comes next."""
    f = _which(batch.ahead(event.customer), event.data)
    if f is None:
        return
    data = event.data
    outcome, by = str(data["outcome"]), str(data.get("by", ""))
    done = evolve(ended(f, "done", outcome, batch.now), outcome=outcome, outcome_by=by, note=str(data.get("note", "")))
    batch.changes.change(
        done, "done", (Reason(code=f"outcome:{outcome}", numbers={"by": by, "event": event.id}),), batch.now
    )
    if f.channel == "call":
        _count_call(batch, event, f, by)
    told = end_riders(batch, done)
    if outcome in ("do_not_call", "wrong_number"):
        _no_more_calls(batch, event, outcome)
    for over in (done, *told):
        follow_on(batch, over)


def end_riders(batch: Batch, done: FollowUp) -> list[FollowUp]:
    """A contact has happened: so have the reasons that had joined it, with the same outcome."""
    ends = [merged(f, done, batch.now) for f in riders(done, batch.ahead(done.customer))]
    for over, why in ends:
        batch.changes.change(over, "merged", (why,), batch.now)
    return [over for over, _ in ends]


def _which(ahead: Iterable[FollowUp], data: Mapping[str, object]) -> FollowUp | None:
    """The call or task that an outcome speaks of: by id, or by rule and step; one on the list before one planned."""
    step = str(data.get("step", ""))
    found = [
        f for f in ahead
        if f.channel in BY_STAFF
        and (f.id == data["follow_up"] if data.get("follow_up") else _is_step(f, str(data.get("rule")), step))
    ]  # fmt: skip
    return min(found, key=lambda f: (f.state != "listed", f.due), default=None)


def _is_step(f: FollowUp, rule: str, step: str) -> bool:
    return f.rule == rule and step in ("", f.step, f.channel)


def _count_call(batch: Batch, event: Event, f: FollowUp, by: str) -> None:
    reserved = batch.tx.ledger.of_follow_ups([(f.customer, f.id)]).get(f.id)
    if reserved is not None:
        batch.changes.settled.append(replace(reserved, state="attempted", by=by))
        return
    customer = batch.customers[f.customer]
    counts = batch.policy.cadence.policy(f.purpose).counts
    touch = Touch(
        id=make_id(bucket_of(batch.tx.tenant, f.customer), "touch", f.id), customer=f.customer, at=event.time,
        channel="call", purpose=f.purpose, state="attempted", counts=counts, follow_up=f.id,
        address_key=batch.tx.customers.keys(customer).get("call", ""), by=by,
    )  # fmt: skip
    batch.tx.ledger.reserve([touch], {})


def _no_more_calls(batch: Batch, event: Event, outcome: str) -> None:
    channel = "call" if outcome == "do_not_call" else "all"
    keys = batch.tx.customers.keys(batch.customers[event.customer])
    mine = {keys["call"]} if "call" in keys else set()
    batch.tx.customers.suppress(mine, channel, outcome, batch.now)
    withdraw_planned(batch, event, mine, {"call"} if channel == "call" else {"call", "sms"}, "all")


def follow_on(batch: Batch, done: FollowUp) -> None:
    """Plan the step that waited for this one."""
    rule = batch.rules.get(done.rule)
    if rule is None or done.index + 1 >= len(rule.steps):
        return
    key = (done.customer, done.event_source, done.event)
    event = batch.tx.events.get([key]).get(key)
    if event is None:
        return
    here = batch.situation(event, done.overlay)
    types = {t for step in rule.steps[done.index + 1 :] if step.when is not None for t in step.when.needs_facts}
    if types:
        past = batch.tx.events.history([done.customer], types).get(done.customer, ())
        here.past = History(past, batch.now, event, batch.holds.get(done.customer, ()))
    here.previous = {"outcome": done.outcome, "by": done.outcome_by, "note": done.note}
    here.previous_end = done.ended
    f = next_step(rule, done, here)
    if f is not None:
        why = (Reason(code=f"after:{done.step}", numbers={"outcome": done.outcome}),)
        batch.changes.add([f], [planned(f, batch.now, why)])
