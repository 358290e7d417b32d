"""What a provider says of a message after the call: by its webhook, or when it was looked up.

    settle(tx, attempt_id, news, now) -> "settled" | "moved" | "known" | "stranger"

Call it in any order, as often as the provider does, before or after the worker has written down its answer.
`attempt_id` is the one that the message carried (Twilio: `?attempt=` of the status callback; SendGrid:
`custom_args.attempt`). An attempt nobody knew of is known from then on and not looked up any more; an address that the
news suppresses goes onto our own list, with the reason `provider:CODE`. The transaction must be one that may write;
commit it before you answer 2xx.
"""

from __future__ import annotations

from datetime import datetime

from outreach.core.delivery import RANK, News, further, stands
from outreach.core.follow_up import FollowUp, evolve
from outreach.core.keys import bucket_of, make_id
from outreach.core.ledger import Touch
from outreach.core.stopping import ended
from outreach.core.trace import Reason
from outreach.flow.changes import Changes, Follow, nothing
from outreach.store.attempts import Attempt
from outreach.store.store import Transaction

#: Codes of attempts that were taken back before they were sent.
BACK = frozenset({"taken_back", "revoked"})


def settle(tx: Transaction, attempt_id: str, news: News, now: datetime, follow: Follow = nothing) -> str:
    """Take one piece of news about an attempt: `settled` (now it is known that it was accepted), `moved` (it has come
    further), `known` (nothing new), `stranger` (no such attempt). `follow` plans what waited for it to be known."""
    attempt, f = held(tx, attempt_id)
    if attempt is None:
        return "stranger"
    if news.suppress and attempt.address_key:
        tx.customers.suppress([attempt.address_key], attempt.channel, f"provider:{news.code}", now)
    if attempt.code in BACK and attempt.state == "unsent" and RANK[news.status] <= RANK["queued"]:
        return "known"  # it lies there, and is discarded when its moment comes
    accepted = attempt.state == "accepted"
    if accepted and not further(attempt.delivery, news.status):
        return "known"
    status = news.status if further(attempt.delivery, news.status) else attempt.delivery
    tx.attempts.learn([_told(attempt, news, status, now)])
    changes = Changes()
    known = _follow(tx, changes, attempt, f, news, status, now) if f is not None else []
    changes.store(tx)
    if known:
        follow(tx, known, now)
    return "moved" if accepted else "settled"


def held(tx: Transaction, attempt_id: str) -> tuple[Attempt | None, FollowUp | None]:
    """An attempt and its follow-up as it is called now, whose customers nobody else decides about meanwhile."""
    attempt = tx.attempts.named(attempt_id)
    f = tx.follow_ups.named(attempt.follow_up) if attempt else None
    if attempt is not None and f is not None and f.customer != attempt.customer:
        tx.cross("news of a contact whose customer has become another")
    if attempt is not None and tx.shared:
        tx.customers.hold({attempt.customer} | ({f.customer} if f else set()))
        attempt = tx.attempts.named(attempt_id)
        f = tx.follow_ups.named(attempt.follow_up) if attempt else None
    return attempt, f


def _told(attempt: Attempt, news: News, status: str, now: datetime) -> Attempt:
    why = {"code": news.code, "detail": news.text[:500]} if news.code else {"code": "", "detail": ""}
    return evolve(
        attempt, state="accepted", provider_id=attempt.provider_id or news.provider_id, look=None, delivery=status,
        ended=attempt.ended or now, **(why if status == news.status else {}),
    )  # fmt: skip


def _follow(
    tx: Transaction, changes: Changes, attempt: Attempt, f: FollowUp, news: News, status: str, now: datetime
) -> list[FollowUp]:
    """Follow-up and ledger, where they stand for this very attempt. Those of which it wasn't known that they ended."""
    if f.attempt != attempt.number or f.state == "claimed":  # a later try is on its way, or the worker will write it
        changes.note(f, "heard", (_reason(news),), now)
        return []
    state = stands(status)
    if f.state == "scheduled":  # it was held to be unsent, and wasn't
        tx.ledger.reserve([_touch(tx, attempt, f, now)], {})
    elif f.state not in ("sent", "unknown", "delivered", "undelivered"):
        changes.note(f, "heard", (_reason(news),), now)
        return []
    after = _at_end(f, state, news, now)
    changes.change(after, state, (_reason(news),), now)
    touch = "delivered" if state == "delivered" else "attempted"
    changes.settled += [evolve(t, state=touch) for t in touches_of(tx, attempt, f)]
    joined = [evolve(o, outcome=after.outcome) for o in told_with(tx, f)] if f.state == "unknown" else []
    for o in joined:
        changes.change(o, "merged", (_reason(news),), now)
    return [after, *joined] if f.state in ("unknown", "scheduled") else []


def told_with(tx: Transaction, f: FollowUp) -> list[FollowUp]:
    """What had joined this contact and ended with it."""
    mine = (o for o in tx.follow_ups.all_of(f.customer) if o.state == "merged" and o.ended == f.ended)
    return [o for o in mine if o.reason == f"merged:{f.rule}"]


def _at_end(f: FollowUp, state: str, news: News, now: datetime) -> FollowUp:
    reason = f"provider:{news.code or news.status}" if state == "undelivered" else ""
    return evolve(ended(f, state, reason, f.ended or now), outcome=state)


def touches_of(tx: Transaction, attempt: Attempt, f: FollowUp) -> list[Touch]:
    """Its live touches: at the customer it was sent for, and at the one whom she has become."""
    pairs = {(attempt.customer, attempt.follow_up), (f.customer, f.id)}
    return list(tx.ledger.of_follow_ups(pairs).values())


def _touch(tx: Transaction, attempt: Attempt, f: FollowUp, now: datetime) -> Touch:
    """An entry for a contact that was made although its place had been given back. It claims no minimum gap, or the
    ledger would refuse what has happened."""
    name = make_id(bucket_of(tx.tenant, f.customer), "touch", f.id, str(attempt.number), "late")
    return Touch(
        id=name, customer=f.customer, at=attempt.made, channel=f.channel, purpose=f.purpose, follow_up=f.id,
        address_key=attempt.address_key,
    )  # fmt: skip


def _reason(news: News) -> Reason:
    numbers = {"provider_id": news.provider_id} if news.provider_id else {}
    return Reason(code=f"provider:{news.code}" if news.code else news.status, text=news.text[:300], numbers=numbers)
