"""What people do with a card: say what came of it, snooze it, call it off, and take that back for ten minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from outreach.desk.card import Result
from outreach.engine import Engine


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
    the same word said again. Refused as `held` when somebody else has the card (the note is kept as a note on the
    customer, by whoever wrote it), `gone`, `unknown` or `invalid`. No claim is needed."""
    raise NotImplementedError


def snooze(engine: Engine, follow_up: str, until: datetime, by: str) -> Result:
    """Off the list until then (UTC); it comes back by itself, by what the guard says then. `invalid` when that is past,
    or after the end of the card's worth: the text says until when. May be undone."""
    raise NotImplementedError


def cancel(engine: Engine, follow_up: str, by: str, *, run: bool = False, why: str = "") -> Result:
    """Call off this call or task; with `run` also what follows in its run. May be undone."""
    raise NotImplementedError


def undo(engine: Engine, follow_up: str, by: str) -> Result:
    """Take back the latest outcome, snooze, skip or cancel of this card, within ten minutes. The card is back on the
    list, and `by` holds it. Refused as `late`, `none`, or `sent` when what it caused can't be taken back."""
    raise NotImplementedError
