"""Quiet: when a customer who said no, or may have, is left alone, and when consent runs out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from outreach.core.cadence import Cadence, length
from outreach.core.consenting import unasked, word
from outreach.core.follow_up import FollowUp
from outreach.core.objecting import Guard, Objection
from outreach.core.standing import Standing
from outreach.core.trace import Reason

#: Purposes by which a house wants something of a customer; what she waits for (an answer, a warning) is none of them.
PROACTIVE: Final = frozenset({"marketing", "care"})
#: Names of marks that a customer's own words leave; kept like holds, but nobody else's rules see them.
REFUSAL, REPLY = "refusal", "reply"
MARKS: Final = frozenset({REFUSAL, REPLY})
#: How long a reply that may be a refusal holds, if nobody has read it by then.
PAUSE: Final = timedelta(hours=24)


def quiet_guards(f: FollowUp, standing: Standing, cadence: Cadence) -> list[Guard]:
    """The guards of consent that runs out, of silence after a refusal, and of a reply that a person has to read."""
    guards: list[Guard] = []
    if any([c.expires for c in standing.consents]):  # else it is now as it will be, and `refused` has judged
        guards.append(_consent_guard(f, standing, cadence))
    if standing.marks and f.purpose in PROACTIVE:
        if REPLY in standing.marks:
            text = "her reply may be a refusal; a person reads it first"
            guards.append(_until(standing.marks[REPLY], PAUSE, f"hold:{REPLY}", text))
        if cadence.silence and REFUSAL in standing.marks:
            span = length(cadence.silence)
            text = f"she refused to be contacted: {span} of silence"
            guards.append(_until(standing.marks[REFUSAL], cadence.silence, f"silence:{span}", text))
    return guards


def _until(since: datetime, span: timedelta, code: str, text: str) -> Guard:
    """Objects until the span after `since` is over."""
    until = since + span
    reason = Reason(code=code, text=text, numbers={"since": since.isoformat(), "free": until.isoformat()})
    return lambda at: (until, reason) if at < until else None


def _consent_guard(f: FollowUp, standing: Standing, cadence: Cadence) -> Guard:
    """A planned moment must lie before the consent runs out, or the yes that lifted a withdrawal."""

    def guard(at: datetime) -> Objection | None:
        why = unasked(f, word(standing.consents, f.channel, f.purpose, at), cadence)
        return None if why is None else (None, why)

    return guard
