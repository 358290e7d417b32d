"""A follow-up's situation: what set off its run, and all that its rule's conditions and texts may speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy
from outreach.core.history import History
from outreach.core.keys import bucket_of
from outreach.core.occasions import CLOCK, dates_of, occasion_of
from outreach.core.rule import Rule, type_matches
from outreach.core.situation import Situation
from outreach.core.stepping import told
from outreach.store.store import Transaction


def events_of(tx: Transaction, follow_ups: Iterable[FollowUp]) -> dict[str, Event]:
    """What set off the run of each of these, by the follow-up's id; those whose event is gone are left out."""
    listed = list(follow_ups)
    stored = tx.events.get({_key(f) for f in listed if f.event_source != CLOCK})
    found = ((f.id, occasion_of(f) if f.event_source == CLOCK else stored.get(_key(f))) for f in listed)
    return {id_: event for id_, event in found if event is not None}


@dataclass(frozen=True, slots=True)
class Background:
    """What situations ask of the past: events by customer, of all types that any of their rules asks for, and
    follow-ups by run."""

    events: Mapping[str, Sequence[Event]]
    runs: Mapping[str, Sequence[FollowUp]]

    def past(self, f: FollowUp, rule: Rule) -> list[Event]:
        """Events of the types that this rule asks for."""
        mine = self.events.get(f.customer, ()) if rule.facts else ()
        return [e for e in mine if any(type_matches(t, e.type) for t in rule.facts)]

    def previous(self, f: FollowUp) -> dict[str, str] | None:
        """What came of the step before; None while that hasn't ended."""
        before = step_among(self.runs.get(f.run, ()), f) if f.index else None
        return told(before) if before is not None and before.ended is not None else None


def background_of(tx: Transaction, follow_ups: Iterable[FollowUp], rules: Mapping[str, Rule]) -> Background:
    """What the situations of these ask for: two questions, however many they are, and none where nothing is asked."""
    some = [f for f in follow_ups if f.rule in rules]
    facts = {t for f in some for t in rules[f.rule].facts}
    past = tx.events.history({f.customer for f in some if rules[f.rule].facts}, facts)
    return Background(past, tx.cards.runs_of({f.customer for f in some if f.index}))


def situation_of(
    tx: Transaction, f: FollowUp, rule: Rule, customer: Customer, event: Event, now: datetime, policy: Policy,
    holds: Iterable[str] = (), background: Background | None = None,
) -> Situation:  # fmt: skip
    """The situation of `f` now, with what its rule asks of the past; read for it alone where there is no `background`.
    `holds` are the names of those that are open."""
    known = background or background_of(tx, [f], {f.rule: rule})
    return Situation(
        tenant=tx.tenant, bucket=bucket_of(tx.tenant, customer.id), customer=customer, event=event, now=now,
        policy=policy, past=History(known.past(f, rule), now, event, holds), overlay=f.overlay,
        previous=known.previous(f), dates=dates_of(rule, event),
    )  # fmt: skip


def all_situations(
    tx: Transaction, follow_ups: Iterable[FollowUp], rules: Mapping[str, Rule], people: Mapping[str, Customer],
    events: Mapping[str, Event], now: datetime, policy: Policy,
) -> dict[str, Situation]:  # fmt: skip
    """The situations of these, by the follow-up's id: as `situation_of`, with one query for each kind of fact."""
    some = list(follow_ups)
    known = background_of(tx, some, rules)
    return {
        f.id: situation_of(tx, f, rules[f.rule], people[f.customer], events[f.id], now, policy, background=known)
        for f in some
    }


def step_before(tx: Transaction, f: FollowUp) -> FollowUp | None:
    """The step before `f` in its run. What was only remembered is no step that one could ask about."""
    return step_among([o for o in tx.follow_ups.all_of(f.customer) if o.run == f.run], f)


def step_among(run: Iterable[FollowUp], f: FollowUp) -> FollowUp | None:
    """The same, of those of its run. A call that was promised comes after the one in which it was."""
    return max(
        (o for o in run if o.index < f.index and o.channel != "remember"), key=lambda o: (o.index, o.due), default=None
    )


def _key(f: FollowUp) -> tuple[str, str, str]:
    return (f.customer, f.event_source, f.event)
