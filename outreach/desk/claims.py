"""Claims: who has a card open. A claim is a lease: ten minutes, renewed by claiming again, taken back after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from outreach.core.away import Absence, stand_in
from outreach.core.follow_up import FollowUp, evolve
from outreach.core.handling import LEASE, Handling, key, same
from outreach.core.promise import promise_of
from outreach.core.ranking import rank, value_of
from outreach.core.trace import Reason
from outreach.desk.card import Result, refused
from outreach.desk.cards import card, cards_of
from outreach.desk.order import behind
from outreach.desk.telling import At, anothers, at, off_the_list
from outreach.engine import Engine
from outreach.flow.changes import Changes
from outreach.flow.situations import events_of
from outreach.store.store import Transaction


def claim(engine: Engine, follow_up: str, by: str) -> Result:
    """Take a card, or keep it for ten minutes more (send it every few minutes while the card is open). `done` with
    `until` and `card`; refused as `held` (`by` has it, until `until`), `gone` or `unknown`. Two people never hold the
    same card."""

    def work(tx: Transaction) -> Result:
        here = at(engine, tx, follow_up)
        if isinstance(here, Result):
            return here
        return _nameless(by, follow_up) or off_the_list(here) or anothers(here, by) or _taken(here, by)

    found = engine.store.write(work, repeatable=True)
    return replace(found, card=card(engine, follow_up)) if found.ok else found


def next_card(
    engine: Engine, by: str, *, assign: str = "", site: str = "", channel: str = "", after: str = ""
) -> Result:
    """Claim the best free card in one transaction and give it: `done` with `card`, or `none` when nothing is left. Left
    out is what others hold, and what another person promised to do in person; what `by` skipped comes last, and `after`
    (the card just looked at) only if there is no other. `assign` keeps one person's or role's, `site` one site's,
    `channel` calls or tasks."""

    def work(tx: Transaction) -> Result:
        tx.cross("the next card is taken")
        now, listed = engine.clock.now(), tx.follow_ups.listed()
        away, handled = tx.cards.absences(), tx.cards.of({f.customer for f in listed})
        fit = [
            f for f in listed
            if channel in ("", f.channel) and site in ("", f.site) and not _anothers_promise(f, by, away, now)
            and (not assign or same(stand_in(f.assign, away, now), assign))
            and not (f.id in handled and handled[f.id].others(by, now))
        ]  # fmt: skip
        events = events_of(tx, fit)
        keys = {f.id: rank(f, value_of(events[f.id].data), now).key for f in fit if f.id in events}
        order = sorted(
            (f for f in fit if f.id in keys),
            key=lambda f: (f.id == after, *behind(f, handled.get(f.id), by), keys[f.id]),
        )
        return _first_free(engine, tx, order, by)

    return _nameless(by) or engine.store.write(work, repeatable=True)


def _first_free(engine: Engine, tx: Transaction, order: Iterable[FollowUp], by: str) -> Result:
    """The first of these that nobody has taken since. Nobody is waited for, but for the last few seconds of a card that
    is the only one."""
    busy: list[FollowUp] = []
    for waits in (False, True):
        for f in busy if waits else order:
            if not tx.customers.hold([f.customer], skip=not waits):
                busy.append(f)
                continue
            here = at_held(engine, tx, f)
            if off_the_list(here) or anothers(here, by):
                continue
            made = cards_of(engine, tx, [here.f])
            if made:
                found = _taken(here, by)
                return replace(found, card=replace(made[0], holder=by, held_until=found.until))
    return refused("none", "Nothing is left to do here that nobody else has open.")


def at_held(engine: Engine, tx: Transaction, f: FollowUp) -> At:
    """The card as it is now that its customer is held."""
    return At(tx, tx.follow_ups.named(f.id) or f, tx.cards.one(f.customer, f.id), engine.clock.now())


def release(engine: Engine, follow_up: str, by: str) -> Result:
    """Give a card back. One that somebody else holds is refused as `held`, one that nobody does as `none`."""

    def work(tx: Transaction) -> Result:
        here = at(engine, tx, follow_up)
        if isinstance(here, Result):
            return here
        if (no := anothers(here, by)) is not None:
            return no
        if not here.handling.held(here.now):
            return refused("none", "Nobody has this card open.", follow_up)
        tx.cards.save([_free(here.handling)])
        _trace(here, "given_back", by)
        return Result(status="done", id=follow_up)

    return engine.store.write(work, repeatable=True)


def skip(engine: Engine, follow_up: str, by: str) -> Result:
    """To the end of the list, for this person alone; the card is given back. May be undone."""

    def work(tx: Transaction) -> Result:
        here = at(engine, tx, follow_up)
        if isinstance(here, Result):
            return here
        if (no := _nameless(by, follow_up) or off_the_list(here) or anothers(here, by)) is not None:
            return no
        h = here.handling
        skipped = h.skipped | {key(by): here.now.isoformat()}
        done = evolve(_free(h), skipped=skipped, number=h.number + 1, deed="skip", by=by, at=here.now, event="",
                      source="", before={})  # fmt: skip
        tx.cards.save([done])
        _trace(here, "skipped", by)
        return Result(status="done", id=follow_up, until=done.undo_until())

    return engine.store.write(work, repeatable=True)


def _taken(here: At, by: str) -> Result:
    h, until = here.handling, here.now + LEASE
    mine = same(h.held(here.now), by)
    lost = h.lost if mine else h.holder
    since = h.since if mine else here.now
    here.tx.cards.save([evolve(h, holder=by, since=since, until=until, lost=lost)])
    return Result(status="done", id=here.f.id, by=by, until=until)


def _free(h: Handling) -> Handling:
    return evolve(h, holder="", since=None, until=None, lost="")


def _trace(here: At, code: str, by: str) -> None:
    notes = Changes()
    notes.note(here.f, "noted", (Reason(code=code, numbers={"by": by}),), here.now)
    notes.store(here.tx)


def _anothers_promise(f: FollowUp, by: str, away: Iterable[Absence], now: datetime) -> bool:
    promise = promise_of(f)
    to = stand_in(promise.to, away, now) if promise else ""
    return bool(to) and not same(to, by)


def _nameless(by: str, follow_up: str = "") -> Result | None:
    return None if by.strip() else refused("invalid", "Say who you are: a claim needs a name.", follow_up)
