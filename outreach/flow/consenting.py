"""Consent as it changes: given, and withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from outreach.core.cadence import PURPOSES
from outreach.core.customer import Consent, Customer
from outreach.core.event import Event
from outreach.core.expiring import ends
from outreach.core.guard import Policy, refusal
from outreach.core.quiet import REFUSAL
from outreach.core.span import MomentError
from outreach.core.trace import Reason
from outreach.core.zone import known
from outreach.flow.changes import Changes
from outreach.flow.intake import Batch
from outreach.flow.standings import load_standings
from outreach.flow.waking import look_again
from outreach.store.store import Transaction

CHANNELS = ("sms", "email", "call", "all")


def wrong(event: Event) -> str:
    """Why a consent event can't be taken as it is; "" when it can."""
    data = event.data
    if data.get("channel", "all") not in CHANNELS:
        return f"`channel` is {data['channel']!r} and must be sms, email, call or all"
    if data.get("purpose", "all") not in (*PURPOSES, "all"):
        return f"`purpose` is {data['purpose']!r} and must be {', '.join(PURPOSES)} or all"
    if event.type == "consent.withdrawn" and data.get("expires") is not None:
        return "`expires` belongs to consent.given: a withdrawal doesn't run out"
    try:
        ends(str(data.get("basis", "")), data.get("expires"), event.time, "UTC")
    except (MomentError, OverflowError) as error:
        return f"`expires` {data.get('expires')!r}: {error}"
    return ""


def consent(batch: Batch, event: Event) -> None:
    """`consent.given` and `consent.withdrawn`."""
    data, customer = event.data, batch.customers[event.customer]
    given, basis = event.type == "consent.given", str(data.get("basis", ""))
    until = ends(basis, data.get("expires"), event.time, _zone(customer, batch.policy)) if given else None
    said = Consent(
        channel=str(data.get("channel", "all")), purpose=str(data.get("purpose", "all")), given=given, at=event.time,
        source=str(data.get("source", "")), evidence=str(data.get("evidence", "")), basis=basis, expires=until,
    )  # fmt: skip
    if given:
        batch.tx.customers.agree(event.customer, [said])
        look_again(batch, event, "no_consent:")
    else:
        keys = withdraw(batch, event, [said])
        mark_refusal(batch, event)
        end_refused(batch, event, keys)


def withdraw(batch: Batch, event: Event, words: Iterable[Consent], others: frozenset[str] = frozenset()) -> set[str]:
    """Withdrawals: lines of the customer's history, and words at her addresses, which hold for everybody who shares
    them. `others` are keys of more addresses that are meant. Returns the keys of all."""
    customers = batch.tx.customers
    keys, all_keys = customers.keys(batch.customers[event.customer]), set(others)
    for said in words:
        mine = {key for channel, key in keys.items() if said.channel in (channel, "all")} | others
        customers.agree(event.customer, [said])
        customers.suppress(mine, f"{said.channel}:{said.purpose}", event.type, said.at)
        all_keys |= mine
    return all_keys


def mark_refusal(batch: Batch, event: Event) -> None:
    """From the moment at which she said so there is silence, where the cadence wants one."""
    batch.tx.holds.open(event.customer, REFUSAL, f"{event.source}/{event.id}", event.time)


def end_refused(batch: Batch, event: Event, keys: Iterable[str]) -> None:
    """End what is planned for these addresses and may not happen any more, for everybody who is reached by them."""
    touched = set(keys)
    sharing = batch.tx.customers.sharing(touched) | {event.customer}
    if batch.tx.elsewhere is not None:
        for other in sorted(sharing - {event.customer}):
            batch.tx.elsewhere.afterwards(partial(_end_anothers, batch, event, touched, other))
        sharing = {event.customer}
    known_now = {**batch.tx.customers.hold(sharing), event.customer: batch.customers[event.customer]}
    _end(batch, event, touched, known_now)


def _end_anothers(batch: Batch, event: Event, touched: set[str], customer: str, tx: Transaction) -> None:
    """The same for somebody else, in a transaction of hers. Who dies before leaves it to the guard, who asks the same
    list."""
    hers = tx.customers.hold([customer])
    new = Batch(
        tx=tx, now=batch.now, policy=batch.policy, rules=batch.rules, customers=hers, history={}, last_started={},
        open={}, holds=tx.holds.of(hers), changes=Changes(), say=batch.say,
    )  # fmt: skip
    _end(new, event, touched, dict(hers))
    new.changes.store(tx)


def _end(batch: Batch, event: Event, touched: set[str], known_now: Mapping[str, Customer]) -> None:
    standings = load_standings(batch.tx, known_now, batch.now, batch.policy)
    _load_open(batch, known_now)
    for customer in sorted(known_now):
        standing = standings[customer]
        for f in batch.ahead(customer):
            why = refusal(f, standing, batch.policy) if standing.address_keys.get(f.channel) in touched else None
            if why is not None and why.code.startswith(("suppressed:", "opted_out:")):
                batch.end(f, "suppressed", Reason(code=f"opted_out:{f.channel}", numbers={"event": event.id}))


def _load_open(batch: Batch, customers: Iterable[str]) -> None:
    for customer, known_ones in batch.tx.follow_ups.open_of(customers).items():
        mine = batch.open.setdefault(customer, [])
        ids = {f.id for f in mine}
        mine.extend(f for f in known_ones if f.id not in ids)


def _zone(customer: Customer, policy: Policy) -> str:
    return customer.timezone if known(customer.timezone) else policy.zone
