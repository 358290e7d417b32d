"""What people do with a card: say what came of it, snooze it, call it off, and take that back for ten minutes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from outreach.core.event import Event
from outreach.desk.card import Result, refused
from outreach.desk.notes import add_note
from outreach.desk.telling import At, Deed, anothers, digest, off_the_list, tell, too_long
from outreach.engine import Engine
from outreach.flow.deeds import DEEDS, objection
from outreach.saying import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of a call or task: one of `core.follow_up.OUTCOMES`. `call_back_at` (UTC) with `call_back` is a
    promise: the card comes back then, on top, for `by` alone with `only_me`, else for anyone."""

    outcome: str
    by: str = ""
    note: str = ""
    call_back_at: datetime | None = None
    only_me: bool = False


def outcome(engine: Engine, follow_up: str, said: Said) -> Result:
    """Write down what came of it. `done` with `until`, the end of the time in which it may be undone; `duplicate` for
    the same word said again. Refused as `held` when somebody else has the card, as `gone`, `unknown` or `invalid`. What
    was noted with a `held` or `gone` outcome is kept as a note on the customer. No claim is needed."""
    if (no := too_long(said.by, said.note)) is not None:
        return replace(no, id=follow_up)
    at = said.call_back_at.astimezone(UTC).isoformat() if said.call_back_at else None
    data = {"outcome": said.outcome, "note": said.note, "by": said.by, "call_back_at": at, "only_me": said.only_me}
    customer: list[str] = []

    def check(here: At) -> Result | None:
        customer.append(here.f.customer)
        return _again(here, said) or off_the_list(here) or anothers(here, said.by)

    found = tell(engine, follow_up, check, lambda here: Deed(type="outcome", name="outcome", data=data))
    if found.code in ("held", "gone") and said.note:
        told = f"{said.outcome.replace('_', ' ')}: {said.note}"
        add_note(engine, customer[-1], told, said.by, id=f"note:{follow_up}:{digest(told, said.by)}")
        return replace(found, text=f"{found.text} Your note was kept as a note on the customer.")
    return found


def snooze(engine: Engine, follow_up: str, until: datetime, by: str) -> Result:
    """Off the list until then (UTC); it comes back by itself, by what the guard says then. `invalid` when that is past,
    or after the end of the card's worth: the text says until when. May be undone."""

    def check(here: At) -> Result | None:
        return off_the_list(here) or anothers(here, by) or _not_then(engine, here, until)

    data = {"until": until.astimezone(UTC).isoformat(), "by": by}
    return tell(engine, follow_up, check, lambda here: Deed(type="card.snoozed", name="snooze", data=data))


def cancel(engine: Engine, follow_up: str, by: str, *, run: bool = False, why: str = "") -> Result:
    """Call off this call or task; with `run` also what follows in its run. May be undone."""
    if (no := too_long(by, why)) is not None:
        return replace(no, id=follow_up)
    data = {"by": by, "run": run, "why": why}

    def check(here: At) -> Result | None:
        return off_the_list(here) or anothers(here, by)

    return tell(engine, follow_up, check, lambda here: Deed(type="card.cancelled", name="cancel", data=data))


def undo(engine: Engine, follow_up: str, by: str) -> Result:
    """Take back the latest outcome, snooze, skip or cancel of this card, within ten minutes. After an outcome the card
    is back on the list at once, after a snooze or cancel as soon as the guard has looked at it anew; `by` holds it.
    Refused as `late`, `none`, `held`, or `sent` when what it caused can't be taken back."""

    def check(here: At) -> Result | None:
        if (no := objection(here.tx, here.f, here.handling, here.now)) is not None:
            return refused(no.code, no.text, follow_up, here.handling.by)
        return anothers(here, by)

    def make(here: At) -> Event:
        h = here.handling
        told, data = h.deed if h.deed in DEEDS else "card", {"follow_up": here.f.id, "by": by, "deed": h.deed}
        name = h.event or f"{h.deed}:{here.f.id}:{h.number}"
        kind = "outcome.undone" if told == "outcome" else "card.undone"
        return Event(
            id=f"undo:{name}", type=kind, customer=here.f.customer, time=here.now, source=h.source,
            data={k: v for k, v in data.items() if v},
        )  # fmt: skip

    return tell(engine, follow_up, check, make)


def _again(here: At, said: Said) -> Result | None:
    """A second click, or an answer that got lost on its way: the same word about the same card is no mistake."""
    f = here.f
    if (f.state, f.outcome, f.note) != ("done", said.outcome, said.note):
        return None
    return Result(status="duplicate", id=f.id, by=f.outcome_by, until=here.handling.undo_until())


def _not_then(engine: Engine, here: At, until: datetime) -> Result | None:
    show = clock(engine.policy.zone, here.now)
    if until <= here.now:
        return refused("invalid", f"{show(until)} is past: name a time that is still to come.", here.f.id)
    if until <= here.f.valid_until:
        return None
    text = f"It is worth something until {show(here.f.valid_until)} only: snooze it until then at the latest."
    return refused("invalid", text, here.f.id, until=here.f.valid_until)
