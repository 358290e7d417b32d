"""Bringing over: the follow-ups and touches of one customer become those of another, each once.

What is being sent stays where it is, with what rides on it, until it is answered for; doing this once more brings it
home.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from outreach.core.follow_up import AHEAD, FORWARDED, FollowUp, evolve
from outreach.core.handling import Handling, handed_over
from outreach.core.ledger import Touch
from outreach.core.merging import riders
from outreach.core.rule import OnMissing
from outreach.core.rule_index import RuleIndex
from outreach.core.stopping import ended, stop_reason
from outreach.core.trace import Reason
from outreach.core.uniting import DUPLICATE, once_too_often, renamed, takes_over
from outreach.flow.changes import Changes
from outreach.flow.forwarding import MERGED
from outreach.store.codec import EPOCH
from outreach.store.store import Transaction


@dataclass(slots=True)
class Bringing:
    """`sources` are the new sources of events whose names were taken (see `Whole.copy_events`). After `do`, `names`
    maps the ids of `old` to those of `into`."""

    tx: Transaction
    rules: RuleIndex
    now: datetime
    old: str
    into: str
    sources: Mapping[tuple[str, str], str]
    names: dict[str, str] = field(default_factory=dict)

    def do(self) -> None:
        """All of it; doing it twice does it once."""
        hers, theirs = self._of(self.old), self._of(self.into)
        going = [f for f in hers if f.state == "claimed"]
        staying = {f.id for g in going for f in (g, *riders(g, hers))}
        self.names = {f.id: renamed(f, self.into, self.tx.tenant, self.sources).id for f in hers}
        self._end_once_too_often(hers, theirs)
        self._move([f for f in self._of(self.old) if f.id not in staying], going)
        self._copy_touches()
        self._hand_cards_over()
        self._plan_together()

    def _of(self, customer: str) -> list[FollowUp]:
        return [f for f in self.tx.follow_ups.all_of(customer) if f.state != FORWARDED]

    def _end_once_too_often(self, hers: list[FollowUp], theirs: list[FollowUp]) -> None:
        changes = Changes()
        for f in once_too_often((hers, theirs), self.rules):
            self._end(changes, f, "the rule began for both, and may begin once")
        changes.store(self.tx)

    def _move(self, hers: list[FollowUp], going: list[FollowUp]) -> None:
        """Give them their new names. Of two that are the same the one that has come further stands for both."""
        there = {f.id: f for f in self._of(self.into)}
        changes, moved = Changes(), []
        for f in hers:
            twin, new = there.get(self.names[f.id]), self._renamed(f)
            if twin is None or takes_over(new, twin):
                moved.append((f, new))
                if twin is not None and twin.state == "listed":
                    changes.release(twin)
            elif f.state in AHEAD:
                self._end(changes, f, "the same is planned, or was done, for the customer she has become")
        for f in going:
            if (twin := there.get(self.names[f.id])) is not None and twin.state in AHEAD:
                self._end(changes, twin, "the same is being sent")
        changes.store(self.tx)
        self._write(moved, there)

    def _renamed(self, f: FollowUp) -> FollowUp:
        new = renamed(f, self.into, self.tx.tenant, self.sources)
        if not f.reason.startswith("merge:"):
            return new
        contact = f.reason.removeprefix("merge:")
        return evolve(new, reason=f"merge:{self.names.get(contact, contact)}")

    def _write(self, moved: list[tuple[FollowUp, FollowUp]], there: Mapping[str, FollowUp]) -> None:
        tx = self.tx
        tx.follow_ups.add(new for _, new in moved)
        tx.follow_ups.save(new for _, new in moved if new.id in there)
        tx.follow_ups.save(
            evolve(
                f, state=FORWARDED, reason=f"{FORWARDED}:{new.id}", wake=None, listed=None, ended=f.ended or self.now
            )
            for f, new in moved
        )
        tx.whole.copy_traces(self.old, self.into, {f.id: new.id for f, new in moved})
        notes = Changes()
        for f, new in moved:
            if new.wake is not None:
                numbers = {"from": self.old, "was": f.id}
                notes.note(
                    new, "noted", (Reason(code=MERGED, text=f"planned for {self.old}", numbers=numbers),), self.now
                )
        notes.store(tx)

    def _hand_cards_over(self) -> None:
        """Who has a card open keeps it under its new name; staff never see that it has one."""
        cards, there = self.tx.cards, self.tx.cards.of([self.into])
        moved = [
            handed_over(h, there.get(name) or Handling(customer=self.into, id=name), self.now)
            for id_, h in cards.of([self.old]).items()
            if (name := self.names.get(id_)) is not None
        ]
        cards.save(moved)
        self.tx.whole.forget(self.old, ("card",))

    def _copy_touches(self) -> None:
        """The union of both ledgers. It may be fuller than the cadence allows: then it blocks until it has aged. So the
        copies don't take part in the database's own watch over the gap. A call that goes to another phone now keeps
        nothing of what the guard knew: about that phone nobody asked it."""
        live = self.tx.ledger.touches([self.old], EPOCH).get(self.old, [])
        phones = self._other_phones()
        moved = [t for t in live if phones.get(t.follow_up, t.address_key) != t.address_key]
        self.tx.ledger.settle(replace(t, state="released") for t in moved)
        self.tx.ledger.reserve((self._copied(t, phones.get(t.follow_up, t.address_key)) for t in live), {})

    def _copied(self, t: Touch, key: str) -> Touch:
        name, known = self.names.get(t.follow_up, t.follow_up), t.known if key == t.address_key else ""
        return replace(t, customer=self.into, follow_up=name, address_key=key, known=known)

    def _other_phones(self) -> dict[str, str]:
        """Of calls that are on the list and will be made to another phone now: old id → key of that phone. Their place
        is reserved there."""
        listed = {f.id for f in self._of(self.into) if f.state == "listed" and f.channel == "call"}
        person = self.tx.customers.get([self.into])[self.into]
        phone = self.tx.customers.keys(person).get("call", "")
        return {was: phone for was, now_is in self.names.items() if now_is in listed and phone}

    def _plan_together(self) -> None:
        """What lies ahead of her now is arranged anew, all of it together; and what news of the other side has made
        needless ends."""
        ahead = [f for f in self.tx.follow_ups.open_of([self.into]).get(self.into, ()) if f.state in AHEAD]
        changes, going = Changes(), {f.id for f in ahead if f.state == "listed"}
        for f in ahead:
            overtaken = self._overtaken(f)
            if overtaken is not None:
                self._cancel(changes, f, overtaken)
            elif f.state == "scheduled" and not _waits_rightly(f, going):
                woken = evolve(f, wake=max(self.now, f.due), reason="")
                changes.change(woken, "woken", (Reason(code=MERGED),), self.now)
        changes.store(self.tx)

    def _overtaken(self, f: FollowUp) -> Reason | None:
        """Why it is needless by what happened to either of the two since its run began."""
        rule = self.rules.get(f.rule)
        if rule is None:
            return None
        missing = rule.trigger.missing if isinstance(rule.trigger, OnMissing) else ()
        for event in self.tx.events.history([self.into], (*rule.stop_on, *missing)).get(self.into, ()):
            reason = stop_reason(rule, f, event)
            if reason and (reason.startswith("came:") or event.time > f.started):
                return Reason(code=reason, numbers={"event": event.id})
        return None

    def _end(self, changes: Changes, f: FollowUp, text: str) -> None:
        self._cancel(changes, f, Reason(code=DUPLICATE, text=text, numbers={"from": self.old, "into": self.into}))

    def _cancel(self, changes: Changes, f: FollowUp, reason: Reason) -> None:
        changes.change(ended(f, "cancelled", reason.code, self.now), "cancelled", (reason,), self.now)
        if f.state == "listed":
            changes.release(f)


def _waits_rightly(f: FollowUp, going: Iterable[str]) -> bool:
    """Whether it goes on waiting as it does: for the provider, or for the contact that it rides on."""
    return f.reason.startswith("provider:") or f.reason.removeprefix("merge:") in going
