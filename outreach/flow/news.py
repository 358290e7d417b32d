"""News of a customer: other values, and what is planned moves with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from outreach.core.customer import KNOWN, Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp, evolve
from outreach.core.occasions import CLOCK, as_it_is_now, occasion_of
from outreach.core.rule import OnDate, Rule
from outreach.core.trace import Reason
from outreach.flow.batch import Batch
from outreach.flow.intake import move
from outreach.flow.waking import look_again, off_the_list


def take_news(batch: Batch, old: Customer, event: Event) -> None:
    """What is ahead of the customer, who was `old` and is now what the batch knows, is planned anew where it hangs on
    what has changed."""
    new = batch.customers[old.id]
    moved_away = batch.policy.wall_zone(new) != batch.policy.wall_zone(old)
    told = Event(id=event.id, type=event.type, customer=new.id, time=event.time)
    for unknown in ("unknown_timezone", "unknown_place", "no_common_hour"):
        look_again(batch, event, unknown)
    for f in batch.ahead(new.id):
        if f.state == "listed" and f.channel == "call" and new.address("call") != old.address("call"):
            off_the_list(batch, told, f)  # another phone has windows of its own
            f = batch.latest(f)
        rule = batch.rules.get(f.rule)
        if rule is None or f.index >= len(rule.steps):
            continue
        if f.event_source == CLOCK and isinstance(rule.trigger, OnDate):
            if moved_away or new.value(rule.trigger.field) != old.value(rule.trigger.field):
                _move_date(batch, rule, rule.trigger, f, told)
        elif _hangs_on_news(rule, f, old, new, moved_away):
            move(batch, rule, f, told)


def _hangs_on_news(rule: Rule, f: FollowUp, old: Customer, new: Customer, moved_away: bool) -> bool:
    at = rule.steps[f.index].at
    if at.needs_previous:
        return False
    name = at.anchor.removeprefix("customer.") if at.anchor.startswith("customer.") else ""
    return moved_away or (name != "" and new.value(name) != old.value(name))


def _move_date(batch: Batch, rule: Rule, on: OnDate, f: FollowUp, event: Event) -> None:
    """A follow-up of a date that has changed: it moves with the date, or ends when that is another one now."""
    before = occasion_of(f)
    now = as_it_is_now(rule, batch.situation(before), before)
    if now is None:
        numbers = {"event": event.id, "was": before.data["date"]}
        batch.end(f, "cancelled", Reason(code=f"date_changed:customer.{on.field}", numbers=numbers))
    elif not rule.steps[f.index].at.needs_previous:
        move(batch, rule, evolve(f, event=now.id, started=now.time), event)


def changed(customer: Customer, values: Mapping[str, object]) -> Customer:
    """The customer with these values; names that aren't known ones go to the free fields."""
    known = {f.name for f in fields(Customer)} - {"id", "fields", "memory", "tags"}
    plain: dict[str, Any] = {k: str(v) if v is not None else "" for k, v in values.items() if k in known and k in KNOWN}
    free = {
        k: v for k, v in values.items() if k not in known and k not in ("id", "fields", "memory", "tags", "consent")
    }
    tags = values.get("tags")
    return replace(
        customer, **plain, fields={**customer.fields, **free},
        tags=tuple(map(str, tags)) if isinstance(tags, list | tuple) else customer.tags,
    )  # fmt: skip
