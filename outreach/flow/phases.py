"""Two phases: a message is handed over a while before the provider sends it. The contact is when it is sent: hours, gap
and caps are judged there, and there its place in the ledger is.
"""

from __future__ import annotations

from datetime import datetime

from outreach.core.follow_up import FollowUp
from outreach.core.guard import opening
from outreach.core.planner import Place
from outreach.flow.claim import Claim


def contact_at(claim: Claim, f: FollowUp) -> datetime | None:
    """When the provider is to send what is handed over now; None: at once, also what would be worth nothing by then."""
    lead = claim.post.lead(f.channel)
    at = claim.now + lead if lead else None
    return at if at is not None and at <= f.valid_until else None


def later_than_handed_over(claim: Claim, f: FollowUp) -> Place | None:
    """Where the guard objects to the moment at which it would be sent, if it does."""
    at = contact_at(claim, f)
    if at is None:
        return None
    found = opening(f, at, claim.standings[f.customer], claim.policy)
    return None if found.at == at else Place(at=found.at, reasons=found.reasons)
