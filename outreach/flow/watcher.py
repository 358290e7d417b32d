"""The watcher: has every customer watched by every rule that no event sets off, and looks when a moment has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from outreach.core.guard import Policy
from outreach.core.keys import bucket_of
from outreach.core.rule import Rule
from outreach.core.rule_index import RuleIndex
from outreach.flow.remembering import Say
from outreach.flow.watching import arm_more, look
from outreach.store.store import Store, Transaction
from outreach.store.topology import Turn

#: Customers who get their watch, and watches that are looked at, in one transaction.
ARM, LOOK = 500, 100
#: `watch:RULE` in the settings keeps for which version of a rule all customers have their watch.
_ARMED = "watch:"
_FIRST = (-1, "")


@dataclass(slots=True)
class Watcher:
    """`unarmed` are the rules for which some customers may still lack a watch (None: not looked yet), `place` how far
    the first of them has come."""

    store: Store
    rules: RuleIndex
    policy: Policy
    say: Say
    unarmed: list[Rule] | None = None
    place: tuple[int, str] = field(default=_FIRST)
    all_of_them: bool = False
    worker: str = ""
    turn: Turn = field(init=False)

    def __post_init__(self) -> None:
        self.turn = Turn(self.store.groups, self.worker, apart=self.store.topology.apart)

    def anew(self) -> None:
        """Have every watch set anew, as if the rules were put in force now: what lies behind is history."""
        self.unarmed, self.place, self.all_of_them = list(self.rules.by_clock), _FIRST, True

    def next_wake(self, tx: Transaction, now: datetime) -> datetime | None:
        """When there is something to do: now, while customers lack watches; None when nothing is waited for."""
        if self.unarmed is None:
            self.unarmed = _unarmed(tx, self.rules)
        return now if self.unarmed else tx.watches.next_wake()

    def work(self, now: datetime) -> int:
        """One piece of it, in one transaction; how many customers were looked at. 0: there is nothing to do now."""
        with self.store.reading() as tx:
            wake = self.next_wake(tx, now)
            if self.turn.apart:
                self.turn.move([bucket_of(tx.tenant, w.customer) for w in tx.watches.due(now, LOOK)])
        if wake is None or wake > now:
            return 0
        if self.unarmed:
            return self._arm(self.unarmed, now)
        return self.store.write(lambda tx: look(tx, now, self.policy, self.rules, LOOK, self.say, self.turn))

    def _arm(self, unarmed: list[Rule], now: datetime) -> int:
        rule = unarmed[0]
        place = self.store.write(lambda tx: self._arm_in(tx, rule, now), repeatable=True)
        self.place = place or _FIRST
        if place is None:
            unarmed.pop(0)
            self.all_of_them = self.all_of_them and bool(unarmed)
        return ARM

    def _arm_in(self, tx: Transaction, rule: Rule, now: datetime) -> tuple[int, str] | None:
        groups = self.store.topology
        place = arm_more(tx, rule, self.place, ARM, now, self.policy, groups, anew=self.all_of_them)
        if place is None:
            tx.house.set(_ARMED + rule.name, rule.version)
        return place


def _unarmed(tx: Transaction, rules: RuleIndex) -> list[Rule]:
    """A rule that was switched off meanwhile begins anew, for its watches may have been given up."""
    known = {name.removeprefix(_ARMED): v for name, v in tx.house.settings().items() if name.startswith(_ARMED)}
    return [rule for rule in rules.by_clock if known.get(rule.name) != rule.version]
