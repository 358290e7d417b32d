"""Uniting: two customers become one, in the transaction that takes the news of it.

Rows of the one who disappears are copied to the one who stays, so that every later question about her is asked at one
place; docs/schema.md says why. What is being sent at this moment stays where it is until it is answered for, and is
brought home then (`bring_over` once more).
"""

from __future__ import annotations

from dataclasses import replace

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.handling import settled
from outreach.core.trace import Reason, Trace
from outreach.core.uniting import PERSONAL, restated, united
from outreach.flow.bringing import Bringing
from outreach.flow.consenting import end_refused
from outreach.flow.forwarding import MERGED
from outreach.flow.holding import withdraw_calls
from outreach.flow.intake import Batch, load
from outreach.flow.watching import arm


def merge(batch: Batch, event: Event) -> None:
    """`customer.merged`: the event's customer is from now on the one that `into` names. Twice is once."""
    tx, old, said = batch.tx, event.customer, str(event.data["into"])
    into = tx.aliases.into([said]).get(said, said)
    if into == old:
        return
    gone, stays = batch.customers[old], tx.customers.get([into])[into]
    new = united(gone, stays)
    _unite_words(batch, gone, stays, new)
    tx.whole.copy_holds(old, into)
    tx.customers.save([new], batch.now)
    tx.whole.share(tx.customers.keys(gone).values(), old, into)
    tx.aliases.add(old, into, batch.now)
    tx.cards.save(settled(h, batch.now) for h in tx.cards.of([into]).values())
    Bringing(tx, batch.rules, batch.now, old, into, tx.whole.copy_events(old, into)).do()
    tx.whole.forget(old, ("customer", "watch"))
    _write_down(batch, event, gone, into)
    del batch.customers[old]
    batch.customers[into] = new
    batch.became[old] = into
    arm(tx, {into: new}, batch.now, batch.policy, batch.rules.by_clock)
    _look_anew(batch, replace(event, customer=into))


def _unite_words(batch: Batch, gone: Customer, stays: Customer, new: Customer) -> None:
    """Consents and refusals of both; a withdrawal on either side holds."""
    book, said = batch.tx.customers, batch.tx.customers.consents([gone.id, stays.id])
    hers, theirs = said.get(gone.id, []), said.get(stays.id, [])
    source = f"{MERGED}: {gone.id} into {stays.id}"
    book.agree(stays.id, [*hers, *restated(hers, theirs, batch.now, source)])
    keys = book.keys(new)
    for entry in book.suppressed([*book.keys(gone).values(), *book.keys(stays).values()]):
        if entry.reason in PERSONAL and entry.scope in keys:
            book.suppress([keys[entry.scope]], entry.scope, entry.reason, batch.now)


def _write_down(batch: Batch, event: Event, gone: Customer, into: str) -> None:
    """Who she was, for whoever asks later: where both had a value only one is left."""
    numbers = {"event": event.id, "from": gone.id, "was": gone.as_dict(batch.now)}
    why = Reason(code=MERGED, text=f"{gone.id} is {into} from now on", numbers=numbers)
    trace = Trace(at=batch.now, customer=into, follow_up="", rule="", step="", decision=f"merged:{gone.id}",
                  reasons=(why,))  # fmt: skip
    batch.tx.traces.add([trace])


def _look_anew(batch: Batch, event: Event) -> None:
    """From here on the batch is about the one who stays; what she may not get any more ends, or waits."""
    fresh = load(batch.tx, [event], batch.now, batch.policy, batch.rules, batch.customers)
    batch.history, batch.last_started = fresh.history, fresh.last_started
    batch.open, batch.holds, batch.began = fresh.open, fresh.holds, fresh.began
    end_refused(batch, event, batch.tx.customers.keys(batch.customers[event.customer]).values())
    for name in batch.holds.get(event.customer, ()):
        withdraw_calls(batch, event, name)
