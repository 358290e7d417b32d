"""What nobody knows whether it went out, for a person: the evidence, and the person's word on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outreach.core.delivery import News
from outreach.core.follow_up import FollowUp
from outreach.core.trace import Reason
from outreach.engine import Engine
from outreach.errors import InputError
from outreach.flow.delivery import held, settle
from outreach.flow.proven import unsent
from outreach.store.attempts import Attempt
from outreach.store.store import Transaction

#: What a person may say: it was sent; it was not, so try again while it is worth it; it was not, and let it go.
WORDS = ("sent", "again", "let_go")
MOST = 200


class UnknownAttemptError(InputError):
    """No attempt has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """One entry: the attempt with its evidence, and the follow-up it was for (None when that is gone). It is for a
    person once it isn't looked up any more (`attempt.look` is None)."""

    attempt: Attempt
    follow_up: FollowUp | None

    @property
    def evidence(self) -> str:
        """Why nobody knows, in one line."""
        a = self.attempt
        return a.evidence or f"{a.sender} gave no clear answer: {a.code or 'none'}"

    def plain(self) -> dict[str, Any]:
        """For programs; instants are UTC."""
        a, f = self.attempt, self.follow_up
        return {
            "attempt": a.id, "customer": f.customer if f else a.customer, "channel": a.channel, "sender": a.sender,
            "to": a.address, "subject": a.subject, "text": a.body, "rule": f.rule if f else "",
            "step": f.step if f else "", "intended": a.made.isoformat(), "code": a.code, "detail": a.detail,
            "evidence": self.evidence, "looked_up": a.looks,
            "next_look": a.look.isoformat() if a.look else None,
            "worth_it_until": f.valid_until.isoformat() if f else None, "decisions": list(WORDS),
        }  # fmt: skip


def unknowns(engine: Engine, *, looked_up: bool = False, limit: int = MOST) -> list[Unknown]:
    """What a person must decide, the oldest first; with `looked_up` also what is looked up still."""
    with engine.store.reading() as tx:
        found = tx.attempts.unknown(limit, looked_up=looked_up)
        return [Unknown(attempt=a, follow_up=tx.follow_ups.named(a.follow_up)) for a in found]


def decide(engine: Engine, attempt: str, word: str, by: str = "") -> str:
    """A person's word: `decided`, or `known` when the attempt is known already (said twice is said once). Raises
    InputError."""
    if word not in WORDS:
        raise InputError(f"{word!r} is no decision: use one of {', '.join(WORDS)}")
    done = engine.store.write(lambda tx: _decide(tx, engine, attempt, word, by.strip() or "somebody"), repeatable=True)
    engine.notify()
    return done


def _decide(tx: Transaction, engine: Engine, id_: str, word: str, by: str) -> str:
    attempt, f = held(tx, id_)
    if attempt is None:
        raise UnknownAttemptError(f"there is no attempt {id_!r}; `outreach unknown list` shows those that wait")
    if attempt.state != "unknown":
        return "known"
    now, follow = engine.clock.now(), engine.post.follow
    if word == "sent":
        settle(tx, id_, News(status="accepted", text=f"{by} says it was sent"), now, follow)
    else:
        ends = ("cancelled", "let_go") if word == "let_go" else None
        code = "let_go" if ends else "proven_unsent"
        unsent(tx, attempt, f, Reason(code=code, text=f"{by} says it was not sent"), now, ends=ends, follow=follow)
    return "decided"
