"""What staff say came of a call or task: it ends, it counts, and the step that waited for it comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC

from outreach.core.event import Event
from outreach.core.follow_up import BY_STAFF, FollowUp, evolve
from outreach.core.history import History
from outreach.core.keys import bucket_of, make_id
from outreach.core.ledger import Touch
from outreach.core.merging import merged, riders
from outreach.core.occasions import dates_of
from outreach.core.promise import Promise, moment, promised, without
from outreach.core.rule import Rule
from outreach.core.stepping import UNSENT, next_step, planned, told
from outreach.core.stopping import ended, no_longer
from outreach.core.trace import Reason
from outreach.flow.consenting import end_refused, mark_refusal
from outreach.flow.intake import Batch
from outreach.flow.replying import READ_REPLY, answered
from outreach.flow.situations import events_of, step_before


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
    batch.card = f
    joined = end_riders(batch, done)
    if f.rule == READ_REPLY:
        answered(batch, event, f, outcome)
    elif outcome in ("do_not_call", "wrong_number"):
        _no_more_calls(batch, event, outcome)
    for over in (*([] if _promise(batch, event, f) else [done]), *joined):
        follow_on(batch, over)


def _promise(batch: Batch, event: Event, f: FollowUp) -> bool:
    """Plan the call that she was promised, if she was; its run waits for that one."""
    said, rule = event.data.get("call_back_at"), batch.rules.get(f.rule)
    at = moment(said) if said else None
    if at is None or f.channel != "call" or rule is None or f.index >= len(rule.steps):
        return False
    here, by = batch.situation(event), str(event.data.get("by", ""))
    until = rule.steps[f.index].valid_for.add(at, here.zone, batch.policy.calendar, here.place)
    promise = Promise(at=at.astimezone(UTC), by=by, to=by if event.data.get("only_me") else "")
    planned_now = promised(f, batch.tx.tenant, promise, until.astimezone(UTC))
    why = (Reason(code="promised", numbers={"by": by or None, "event": event.id}),)
    batch.changes.add([planned_now], [planned(planned_now, batch.now, why)])
    return True


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
    batch.changes.settled.append(touch)  # it may have been entered, and given back, before


def _no_more_calls(batch: Batch, event: Event, outcome: str) -> None:
    channel = "call" if outcome == "do_not_call" else "all"
    keys = batch.tx.customers.keys(batch.customers[event.customer])
    mine = {keys["call"]} if "call" in keys else set()
    batch.tx.customers.suppress(mine, channel, outcome, batch.now)
    if outcome == "do_not_call":
        mark_refusal(batch, event)
    end_refused(batch, event, mine)


def has_next(done: FollowUp, rules: Mapping[str, Rule]) -> bool:
    """Whether its rule goes on after this step."""
    rule = rules.get(done.rule)
    return rule is not None and done.index + 1 < len(rule.steps)


def follow_on(batch: Batch, done: FollowUp, *, anew: bool = False) -> None:
    """Plan the step that waited for this one. `anew`: perhaps it was planned before, and taken back."""
    if not has_next(done, batch.rules):
        return
    rule = batch.rules[done.rule]
    event = events_of(batch.tx, [done]).get(done.id)
    if event is None:
        return
    here = batch.situation(event, without(done.overlay))
    here.dates = dates_of(rule, event)
    if rule.facts:
        past = batch.tx.events.history([done.customer], rule.facts).get(done.customer, ())
        here.past = History(past, batch.now, event, batch.holds.get(done.customer, ()))
    if rule.must_still_match and rule.when is not None and not rule.when.holds(here.scope()):
        batch.changes.note(done, "stopped", (no_longer(rule, here),), batch.now)
        return
    before = step_before(batch.tx, done) if done.channel == "remember" else done
    here.previous, here.previous_end = told(before) if before is not None else None, done.ended
    f = next_step(rule, done, here)
    if f is not None:
        why = (Reason(code=f"after:{done.step}", numbers={"outcome": done.outcome}),)
        batch.changes.add([f], [planned(f, batch.now, why)])
        was = batch.tx.follow_ups.named(f.id) if anew or done.attempt > 1 else None
        if was is not None and was.reason == UNSENT:
            batch.changes.changed[f.id] = evolve(batch.changes.new.pop(f.id), attempt=was.attempt)
