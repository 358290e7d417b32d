"""Calls that the provider puts through for whoever has a card open.

Three moments: she presses *Call for me* (`put_through`), presses a key on her phone (`bridged`), and what becomes of it
is told (`heard`). Before the provider is asked, and again before it learns the customer's number, the call is held to
what the card itself is held to (see `desk.allowing`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from outreach.calling import Caller, Ring
from outreach.core.dialling import ENDS, Dial, Heard, dial_of, moved
from outreach.core.evolving import evolve
from outreach.core.handling import LEASE, same
from outreach.core.trace import Reason
from outreach.desk.allowing import objection, stands_at, stands_since
from outreach.desk.card import Result, refused
from outreach.desk.telling import At, at
from outreach.engine import Engine
from outreach.flow.changes import Changes
from outreach.ports import Answer, Sent, Unknown
from outreach.saying import clock

log = logging.getLogger("outreach.dialling")

SILENT = "{}: if your phone rings, take it. Otherwise wait two minutes before you press again, or dial by hand."
FAILED = "No call was put through: {}. You can dial by hand."
OVER = "This call is over. Look at the card, please."


def put_through(engine: Engine, caller: Caller, card: str, by: str, phone: str, n: int) -> Result:
    """Ring the phone of `by`, who has this card open; the customer is dialled once a key is pressed there. `n` is which
    of the card's calls that is: asked for again it is a `duplicate`, and nobody is rung a second time. `done` whatever
    the provider says to it: that stands on the card. Refused as `busy`, `free`, `paused`, `closed`, `held`, `gone`,
    `unknown` or `invalid`, with what to do. Raises DatabaseError."""
    result = _asked(engine, card, by, n)
    if result.code == "busy" and _over_there(engine, caller, card):
        result = _asked(engine, card, by, n)
    if result.status != "done":
        return result
    log.info("a call for card %s is asked for", card)
    answer = caller.ring(Ring(to=phone, card=card, n=n))
    engine.store.write(lambda tx: _change(at(engine, tx, card), n, lambda dial: _answered(dial, answer)))
    return result


def bridged(engine: Engine, caller: Caller, card: str, n: int, sid: str) -> str:
    """A key was pressed on the staff's phone: what the provider is to do now. Raises DatabaseError."""
    said: list[str] = []

    def work(here: At | Result) -> None:
        dial = _of(here, n, sid)
        if dial is None or isinstance(here, Result):
            return said.append(caller.hang_up(OVER))
        if (no := objection(engine, here, dial.by)) is not None:
            said.append(caller.hang_up(no.text))
            return _save(here, replace(dial, sid=sid, state="ended", told=no.text), no.text)
        person = here.tx.customers.get([here.f.customer])[here.f.customer]
        said.append(caller.bridge(person.phone, card, n))
        return None if dial.reached_her else _save(here, replace(dial, sid=sid, state="going"))

    engine.store.write(lambda tx: work(at(engine, tx, card)))
    return said[-1]


def heard(engine: Engine, card: str, n: int, news: Heard, parent: str = "") -> str:
    """What became of a leg: `taken`, `again` when that was known, `stranger` when it is no call of ours. `parent` is
    the staff's leg where `news` are of the customer's. Raises DatabaseError."""

    def work(here: At | Result) -> str:
        if (dial := _of(here, n, parent if news.hers else news.sid, over=True)) is None or isinstance(here, Result):
            return "stranger"
        after = moved(dial, news)
        if after == dial:
            return "again"
        _save(here, after, after.told)
        return "taken"

    return engine.store.write(lambda tx: work(at(engine, tx, card)))


def _asked(engine: Engine, card: str, by: str, n: int) -> Result:
    """Everything in order? Then it is written down that the provider is asked, before it is."""

    def work(here: At | Result) -> Result:
        if isinstance(here, Result):
            return here
        dial, since = dial_of(here.handling.dial), stands_since(here.handling)
        if n == dial.n and same(dial.by, by) and dial.claim == since:
            return Result(status="duplicate", id=card)
        if (no := objection(engine, here, by) or _busy(engine, here, dial)) is not None:
            return no
        if n != dial.n + 1:
            return refused("invalid", "This page is out of date: load the card anew, then call.", card)
        _save(here, Dial(n=n, by=by, at=here.now.isoformat(), claim=since, state="asked"))
        return Result(status="done", id=card)

    return engine.store.write(lambda tx: work(at(engine, tx, card)), repeatable=True)


def _busy(engine: Engine, here: At, dial: Dial) -> Result | None:
    if not dial.under_way(here.now):
        return None
    since = clock(engine.policy.zone, here.now)(stands_at(dial))
    return refused("busy", f"A call is under way since {since}: let it end before you ask for another.", here.f.id)


def _over_there(engine: Engine, caller: Caller, card: str) -> bool:
    """Whether the call that seems to be under way has ended, as its provider knows; news of it may have been lost."""
    with engine.store.reading() as tx:
        f = tx.follow_ups.named(card)
        dial = dial_of(tx.cards.one(f.customer, f.id).dial) if f is not None else Dial()
    status = caller.state(dial.sid) if dial.sid else ""
    return status in ENDS and heard(engine, card, dial.n, Heard(sid=dial.sid, status=status)) == "taken"


def _answered(dial: Dial, answer: Answer) -> Dial:
    """After the provider's answer; news of the call itself may have come before it."""
    if isinstance(answer, Sent):
        return moved(replace(dial, sid=dial.sid or answer.provider_id), Heard(sid=answer.provider_id, status="ringing"))
    if isinstance(answer, Unknown):
        return replace(dial, told=SILENT.format(answer.text)) if dial.state == "asked" else dial
    return replace(dial, state="failed", told=FAILED.format(answer.text))


def _change(here: At | Result, n: int, change: Callable[[Dial], Dial]) -> None:
    if isinstance(here, Result) or (dial := dial_of(here.handling.dial)).n != n:
        return
    if (after := change(dial)) != dial:
        _save(here, after, after.told)


def _of(here: At | Result, n: int, sid: str, *, over: bool = False) -> Dial | None:
    """The card's call, if this is news of it; with `over` also once it has ended."""
    if isinstance(here, Result):
        return None
    dial = dial_of(here.handling.dial)
    ours = dial.n == n and dial.sid in ("", sid) and bool(dial.state)
    return dial if ours and (over or dial.state not in ("ended", "failed")) else None


def _save(here: At, dial: Dial, told: str = "") -> None:
    """Keep it, tell it in the card's decisions, and keep the card for who is on the phone."""
    h = here.handling
    until = h.until
    if dial.under_way(here.now) and same(h.held(here.now), dial.by):
        until = max(here.now + LEASE, until or here.now)
    here.tx.cards.save([evolve(h, dial=dial.plain(), until=until)])
    numbers = {"by": dial.by, "result": dial.result or None, "seconds": dial.seconds or None}
    why = Reason(code=f"dial:{dial.state}", text=told, numbers={k: v for k, v in numbers.items() if v is not None})
    notes = Changes()
    notes.note(here.f, "noted" if dial.state == "asked" else "heard", (why,), here.now)
    notes.store(here.tx)
