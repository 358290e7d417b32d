"""Of the messages that a provider lists: which can be an attempt's own, which are others', and which are nobody's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.core.looking import AFTER, BEFORE, Found
from outreach.store.attempts import Attempt
from outreach.store.store import Transaction

#: Attempts made no further apart than this may have found each other's message.
NEAR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """Ids of the messages that can be the attempt's own; how many in its window have words that no attempt knows; ids
    of those with its very words that were created after its window and are nobody's. `twin`: one of them may be that of
    another attempt, of which nothing is known yet."""

    mine: list[str]
    strangers: int
    late: list[str]
    twin: bool


def sift(attempt: Attempt, seen: Sequence[Found], others: Sequence[Attempt], until: datetime) -> Sifted:
    """What was `seen`, with the `others` at this address since; the attempt's window ends at `until`."""
    owned, text = {o.provider_id for o in others if o.provider_id}, letters(attempt.body)
    near = [o for o in others if abs(o.made - attempt.made) <= NEAR]
    free = [m for m in seen if m.provider_id not in owned and m.status != "canceled"]
    within, known = [m for m in free if m.at <= until], {text, *(letters(o.body) for o in near)}
    mine = [m.provider_id for m in within if letters(m.text) == text]
    late = [m for m in free if m.at > until and letters(m.text) == text]
    alike = [o for o in others if letters(o.body) == text]
    twin = (
        any(o.state == "intent" and o in near for o in alike)
        if mine
        else any(_awaits(o, m) for o in alike for m in late)
    )
    return Sifted(
        mine=mine, strangers=sum(letters(m.text) not in known for m in within), late=[m.provider_id for m in late],
        twin=twin,
    )  # fmt: skip


def _awaits(other: Attempt, message: Found) -> bool:
    """Whether this message may turn out to be that of another attempt, which will soon be known."""
    open_ = other.state == "intent" or (other.state == "unknown" and other.look is not None)
    return open_ and other.made - BEFORE <= message.at <= other.made + AFTER


def beside(tx: Transaction, attempt: Attempt) -> list[Attempt]:
    """The other attempts at the same address, made at about the same time or since, whoever was meant: the ledger
    knows."""
    touches = tx.ledger.at_addresses([attempt.address_key], attempt.made - NEAR).get(attempt.address_key, ())
    people = {attempt.customer, *(t.customer for t in touches if t.customer)}
    since = (a for a in tx.ask(lambda all_: all_.attempts.of(people)) if a.made >= attempt.made - NEAR)
    return [a for a in since if a.address_key == attempt.address_key and a.id != attempt.id]


def letters(text: str) -> str:
    """A text without what providers do to spaces."""
    return " ".join(text.split())
