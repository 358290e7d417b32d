"""Whether an SMS may be paid for now: what was sent today and in this hour is counted as it was written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from outreach.core.capacity import bounds, today
from outreach.core.follow_up import FollowUp
from outreach.core.trace import Reason
from outreach.flow.claim import Claim

HOUR: Final = timedelta(hours=1)
#: How long one waits that is over the hour's limit: others may be faster, and none is forgotten.
AGAIN: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class No:
    """Why it doesn't go now, and when to look again; never, when a person has to see to it."""

    reason: Reason
    again: datetime | None = None


def objection(claim: Claim, f: FollowUp, phone: str, key: str, segments: int) -> No | None:
    """What the limits say of this SMS; None when it may go."""
    limits = claim.policy.sms
    if limits.countries:
        abroad = limits.abroad({country for country, _ in claim.policy.atlas.phone_places(phone)})
        if abroad is not None:
            return No(abroad)
    if not limits.counts or f.purpose == "safety":
        return None
    mine = [a for a in claim.attempts if a.channel == "sms"]
    spent = claim.spent.segments + sum(a.segments for a in mine)
    new = claim.spent.new | {a.address_key for a in mine if claim.spent.is_new(a.address_key)}
    is_new = key not in new and claim.spent.is_new(key)
    reason = limits.too_many(spent, segments, len(new), is_new=is_new)
    if reason is None:
        return None
    tomorrow = bounds(today(claim.now, claim.policy.zone), claim.policy.zone)[1]
    return No(reason, tomorrow if reason.code == "sms_spent" else claim.now + AGAIN)
