"""What comes back from providers, taken: a callback that was taken before changes nothing, and none moves anything
back.

Each goes in by the events' own door where it says something about a customer, and is entered in the book of callbacks
after that: who dies in between is told again, and the door knows the event already. When these return, it is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from outreach.core.event import Event
from outreach.core.keys import bucket_in
from outreach.doors.mail_events import MailEvent
from outreach.doors.twilio_forms import Inbound, Progress
from outreach.engine import Engine
from outreach.flow.delivery import settle
from outreach.flow.strangers import heed
from outreach.store.store import Transaction

TWILIO, SENDGRID = "twilio", "sendgrid"


def take_progress(engine: Engine, told: Progress) -> str:
    """How far an SMS has come; `again`, or what became of it (see `settle`). Raises DatabaseError."""
    now = engine.clock.now()

    def take(tx: Transaction) -> str:
        place = bucket_in(told.attempt) if told.attempt else tx.callbacks.bucket(told.id)
        if not tx.callbacks.take(TWILIO, told.id, place, now):
            return "again"
        return settle(tx, told.attempt, told.news, now, engine.post.follow) if told.attempt else "stranger"

    return engine.store.write(take, repeatable=True)


def take_inbound(engine: Engine, told: Inbound) -> str:
    """An SMS to us: it belongs to everybody who has that phone. `again`, `taken`, or `stranger`, whose no holds all the
    same. Raises DatabaseError."""
    if not told.sender:
        return "stranger"
    now, data = engine.clock.now(), _said(told)
    with engine.store.reading() as tx:
        key = tx.customers.key(told.sender)
        place = tx.callbacks.bucket(key)
        if tx.callbacks.known(TWILIO, [(told.id, place)]):
            return "again"
        people = _reached(tx, "sms", key)
    engine.ingest(
        [Event(id=told.id, type="message.received", customer=c, time=now, source=TWILIO, data=data) for c in people]
    )

    def take(tx: Transaction) -> str:
        new = tx.callbacks.take(TWILIO, told.id, place, now)
        if new and not people:
            heed(tx, key, data, now)
        return ("taken" if people else "stranger") if new else "again"

    return engine.store.write(take, repeatable=True)


def take_mail(engine: Engine, told: Sequence[MailEvent]) -> int:
    """What became of e-mails; how many of these were new. Raises DatabaseError, and then SendGrid sends them again."""
    now = engine.clock.now()
    with engine.store.reading() as tx:
        places = {e.id: _place(tx, e) for e in told}
        seen = tx.callbacks.known(SENDGRID, places.items())
        fresh = [e for e in {e.id: e for e in reversed(told)}.values() if e.id not in seen]
        events = [event for e in fresh for event in _events(e, _whose(tx, e))]
    if events:
        engine.ingest(events)

    def take(tx: Transaction, some: Sequence[MailEvent]) -> int:
        return sum(tx.callbacks.take(SENDGRID, e.id, places[e.id], now) and _take_mail(tx, e) for e in some)

    def _take_mail(tx: Transaction, e: MailEvent) -> bool:
        key = tx.customers.key(e.address)
        if e.wish:
            tx.customers.suppress([key], f"email:{e.wish}", "consent.withdrawn", e.at)
        if e.news is not None and e.news.suppress:
            tx.customers.suppress([key], "email", f"provider:{e.news.code}", now)
        if e.news is not None and e.attempt:
            settle(tx, e.attempt, e.news, now, engine.post.follow)
        return True

    def all_of(some: Sequence[MailEvent]) -> int:
        return engine.store.write(lambda tx: take(tx, some), repeatable=True)

    return sum(map(all_of, engine.store.topology.split(fresh, lambda e: places[e.id])))


def _said(told: Inbound) -> dict[str, object]:
    data: dict[str, object] = {"channel": "sms", "from": told.sender, "text": told.text}
    return data | ({"opt_out": told.opt_out.lower()} if told.opt_out else {})


def _reached(tx: Transaction, channel: str, key: str) -> list[str]:
    """Who is reached there today. Whoever had that address once has said nothing."""
    people = tx.customers.get(tx.customers.sharing([key]))
    return sorted(id_ for id_, person in people.items() if tx.customers.keys(person).get(channel) == key)


def _whose(tx: Transaction, e: MailEvent) -> Iterable[str]:
    """Whom the mail was for; where that can't be told, who is reached there."""
    attempt = tx.attempts.named(e.attempt) if e.attempt else None
    return [attempt.customer] if attempt is not None else _reached(tx, "email", tx.customers.key(e.address))


def _events(e: MailEvent, customers: Iterable[str]) -> Iterable[Event]:
    """What it says about these customers, beyond how far the mail has come."""
    for customer in customers:
        if e.wish:
            wish: dict[str, object] = {"channel": "email", "purpose": e.wish, "source": f"sendgrid: {e.why}"}
            yield _event(e, "consent.withdrawn", customer, wish)
        elif e.news is not None and e.news.code:
            data: dict[str, object] = {
                "channel": "email",
                "kind": e.news.code,
                "reason": e.why,
                "for_good": e.news.suppress,
            }
            yield _event(e, "message.bounced", customer, data)
        elif e.clicked:
            yield _event(e, "message.clicked", customer, {"channel": "email", "url": e.clicked})


def _event(e: MailEvent, type_: str, customer: str, data: dict[str, object]) -> Event:
    return Event(id=e.id, type=type_, customer=customer, time=e.at, source=SENDGRID, data=data)


def _place(tx: Transaction, e: MailEvent) -> int:
    return bucket_in(e.attempt) if e.attempt else tx.callbacks.bucket(tx.customers.key(e.address))
