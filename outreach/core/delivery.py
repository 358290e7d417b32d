"""How far a message has come, as its provider tells it. Such news is lost, comes late, twice, and in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Only what is further along counts as news. Each has a rank of its own, or the order in which two ends are told would
#: count: a mailbox takes a mail and sends it back an hour later, so not having arrived lies beyond having arrived.
RANK: Mapping[str, int] = {
    "": 0, "accepted": 1, "queued": 2, "sending": 3, "sent": 4, "delivered": 5, "undelivered": 6, "failed": 7,
}  # fmt: skip
#: It ended without reaching her. The contact counts all the same: who knows what her phone has shown.
NOT_REACHED = frozenset({"undelivered", "failed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a provider says of one message: `status` is a key of RANK, `provider_id` its own id for it, `code` and
    `text` say why it did not arrive. `suppress`: the address must not be contacted again."""

    status: str
    provider_id: str = ""
    code: str = ""
    text: str = ""
    suppress: bool = False


def stands(delivery: str) -> str:
    """The state of a follow-up whose message was accepted and has come so far."""
    return "undelivered" if delivery in NOT_REACHED else "delivered" if delivery == "delivered" else "sent"


def further(known: str, told: str) -> bool:
    """Whether `told` lies beyond what is known."""
    return RANK[told] > RANK[known]
