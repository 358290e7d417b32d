"""Replies: what a customer writes back. A refusal ends, a wrong number is never used again, and what can't be told for
sure holds her contacts for a day and is a task for a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Final

from outreach.core.customer import Consent
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.keys import bucket_of, make_id
from outreach.core.quiet import PAUSE, REPLY
from outreach.core.refusals import Reply, read
from outreach.core.trace import Reason, Trace
from outreach.flow.consenting import end_refused, mark_refusal, withdraw
from outreach.flow.intake import Batch
from outreach.flow.waking import look_again

#: The name under which the task stands that asks a person to read a reply; no rule of a house can be called so.
READ_REPLY: Final = "engine:reply"
#: An older reply, told late or with an import, asks nobody to read it: the cadence of those days is over.
FRESH: Final = 2 * PAUSE
#: By the channel a refusal came by or speaks of: why its address is suppressed, for every purpose.
ENDED: Final = {"sms": "stop", "call": "do_not_call"}
#: …and what is withdrawn besides, as (channel, purpose).
WITHDRAWN: Final = {
    "sms": (("call", "marketing"),), "call": (("sms", "marketing"),),
    "email": (("email", "marketing"), ("email", "care")), "all": (("all", "marketing"), ("all", "care")),
}  # fmt: skip
#: Outcomes of the task after which nobody has read it yet.
UNREAD: Final = frozenset({"not_done", "no_answer", "left_message", "call_back"})
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_DIALLED: Final = re.compile(r"^(?:whatsapp|tel|sms):|[\s().\-/]")


def message_received(batch: Batch, event: Event) -> None:
    """A reply is read, and what it says is done."""
    reply = reading(event.data)
    if reply.refuses:
        refuse(batch, event, reply)
    elif reply.kind == "wrong_number":
        disown(batch, event)
    elif reply.kind == "ambiguous" and batch.starts and event.time > batch.now - FRESH:
        _ask_a_person(batch, event, reply)


def reading(data: Mapping[str, object]) -> Reply:
    """What a message says. A carrier that has taken it for a stop (Twilio's `OptOutType`) knows keywords of the house's
    own; that it took it for a yes or a cry for help means nothing here."""
    if str(data.get("opt_out") or "").lower() == "stop":
        return Reply("stop", words=str(data.get("text", ""))[:40])
    return read(str(data.get("text", "")))


def refuse(batch: Batch, event: Event, reply: Reply) -> None:
    """A refusal by SMS ends all SMS to that phone, and marketing calls; and whatever else it speaks of. It settles what
    waited to be read."""
    customers, others = batch.tx.customers, _sender(batch, event)
    own, about = customers.keys(batch.customers[event.customer]), {_channel(event), *reply.about}
    source = f"reply: {str(event.data.get('text', ''))[:40]}"
    named = [*(pair for what in sorted(about) for pair in WITHDRAWN[what])]
    keys = withdraw(batch, event, [_no(event, source, *pair) for pair in named], others)
    for channel in sorted(about & ENDED.keys()):
        mine = {own[channel], *others} if channel in own else others
        customers.suppress(mine, channel, ENDED[channel], batch.now)
        keys |= mine
    if "sms" in about:
        customers.agree(event.customer, [_no(event, source, "sms", "all")])
    mark_refusal(batch, event)
    _settle(batch, event)
    end_refused(batch, event, keys)


def disown(batch: Batch, event: Event) -> None:
    """Whoever answers isn't she: nothing goes to that address any more, for nobody, for whatever purpose."""
    own = batch.tx.customers.keys(batch.customers[event.customer])
    mine = {own[c] for c in ("email" if _channel(event) == "email" else "sms",) if c in own}
    keys = mine | _sender(batch, event)
    batch.tx.customers.suppress(keys, "all", "wrong_number", batch.now)
    end_refused(batch, event, keys)


def answered(batch: Batch, event: Event, task: FollowUp, outcome: str) -> None:
    """A person has read a reply, or could not; then the hold ends by itself."""
    if outcome in UNREAD:
        return
    key = (task.customer, task.event_source, task.event)
    message = batch.tx.events.get([key]).get(key)
    batch.tx.holds.close(task.customer, REPLY, f"{task.event_source}/{task.event}", batch.now)
    if message is not None and outcome == "do_not_call":
        refuse(batch, message, Reply("refusal"))
    elif message is not None and outcome == "wrong_number":
        disown(batch, message)
    look_again(batch, event, f"hold:{REPLY}")


def _ask_a_person(batch: Batch, event: Event, reply: Reply) -> None:
    """Her contacts wait, and the reply is on the staff list, for as long as that."""
    now, customer = batch.now, batch.customers[event.customer]
    batch.tx.holds.open(customer.id, REPLY, f"{event.source}/{event.id}", now)
    id = make_id(bucket_of(batch.tx.tenant, customer.id), "reply", customer.id, event.source, event.id)
    task = FollowUp(
        id=id, customer=customer.id, run=id, rule=READ_REPLY, step="read", index=0, channel="task", purpose="care",
        priority=90, due=now, wake=now + PAUSE, valid_until=now + PAUSE, trigger=f"reply:{event.id}", started=now,
        event=event.id, event_source=event.source, state="listed", listed=now, site=event.site or customer.site,
    )  # fmt: skip
    why = Reason(code="reply", numbers={"words": reply.words, "language": reply.language or None, "event": event.id})
    trace = Trace(at=now, customer=customer.id, follow_up=id, rule=task.rule, step=task.step, decision="listed",
                  reasons=(why,))  # fmt: skip
    batch.changes.add([task], [trace])
    batch.open.setdefault(customer.id, []).append(task)


def _settle(batch: Batch, event: Event) -> None:
    batch.tx.holds.close(event.customer, REPLY, "", batch.now)
    for f in batch.ahead(event.customer):
        if f.rule == READ_REPLY:
            batch.end(f, "cancelled", Reason(code="refused", numbers={"event": event.id}))


def _no(event: Event, source: str, channel: str, purpose: str) -> Consent:
    return Consent(channel=channel, purpose=purpose, given=False, at=event.time, source=source)


def _channel(event: Event) -> str:
    channel = str(event.data.get("channel", "sms"))
    return channel if channel in ("sms", "call", "email") else "all"


def _sender(batch: Batch, event: Event) -> frozenset[str]:
    """The key of the address that it came from; empty when that can't be told. She may have written from another
    phone, and it is that one which she wants to hear nothing on."""
    text = str(event.data.get("from", "")).strip()
    if _channel(event) == "email":
        address = parseaddr(text)[1].lower()
    else:
        dialled = _DIALLED.sub("", text)
        address = "+" + dialled[2:] if dialled.startswith("00") else dialled
        address = address if _E164.fullmatch(address) else ""
    return frozenset({batch.tx.customers.key(address)}) if address else frozenset()
