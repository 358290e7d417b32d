"""Bringing home: what was on its way while its customer became another one goes to that one, now that it is answered
for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy
from outreach.core.rule_index import RuleIndex
from outreach.flow.bringing import Bringing
from outreach.flow.outcomes import follow_on
from outreach.flow.remembering import Say
from outreach.flow.taking import empty_batch
from outreach.store.store import Transaction


def bring_home(
    tx: Transaction, over: Sequence[FollowUp], gone: Iterable[str], now: datetime, policy: Policy, rules: RuleIndex,
    say: Say,
) -> None:  # fmt: skip
    """`gone` are customers who are none any more: those who became another, and those who were erased."""
    became = tx.aliases.into(gone)
    if became:
        tx.cross("what was on its way during a merge comes home")
    tx.customers.hold(became.values())
    for old, into in became.items():
        bringing = Bringing(tx, rules, now, old, into, tx.whole.copy_events(old, into))
        bringing.do()
        _settle(tx, old, into, bringing.names)
        batch = empty_batch(tx, [into], now, policy, rules, say)
        for f in over:
            there = tx.follow_ups.named(f.id) if f.customer == old else None
            if there is not None and there.customer == into:
                follow_on(batch, there)
        batch.changes.store(tx)


def _settle(tx: Transaction, old: str, into: str, names: dict[str, str]) -> None:
    """What became of the places that were reserved before the merge."""
    live = tx.ledger.of_follow_ups((old, id_) for id_ in names)
    copies = tx.ledger.of_follow_ups((into, id_) for id_ in names.values())
    for was, now_is in names.items():
        copy, known = copies.get(now_is), live.get(was)
        if copy is not None and copy.state == "reserved":
            tx.ledger.settle([replace(copy, state=known.state if known is not None else "released")])
