"""What limits contacts by other contacts, as data: the minimum gap, the caps, and the limits of laws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from outreach.core.cadence import Cap, PurposePolicy
from outreach.core.law import Law, Place, limiting
from outreach.core.ledger import Touch
from outreach.core.policy import Policy
from outreach.core.standing import Standing


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` touches in any half-open window of length `per`: a cap, a law's, or the minimum gap (neither)."""

    most: int
    per: timedelta
    cap: Cap | None = None
    law: Law | None = None

    def covers(self, channel: str, purpose: str) -> bool:
        """Whether it limits such contacts."""
        by = self.law or self.cap
        return by is None or by.covers(channel, purpose)

    def binds(self, rule: PurposePolicy) -> bool:
        """Whether contacts of a purpose with this policy must obey it: a law asks for no policy."""
        return self.law is not None or rule.obeys_caps

    def counts(self, rule: PurposePolicy) -> bool:
        """Whether it counts contacts of a purpose with this policy."""
        if self.law is not None:
            return True
        return rule.counts != "no" if self.cap is None else rule.counts == "yes"

    def takes(self, touch: Touch) -> bool:
        """Whether it counts this touch, which holds a place."""
        if self.law is not None:
            return self.law.covers(touch.channel, touch.purpose)
        if self.cap is None:
            return touch.counts != "no"
        return touch.counts == "yes" and self.cap.covers(touch.channel, touch.purpose)


def limits(standing: Standing, policy: Policy) -> list[Limit]:
    """What the guards of gap, caps and laws hold for this customer. Whatever else limits touches by other touches in a
    window belongs here too."""
    cadence = policy.cadence
    return list(_limits(cadence.min_gap, cadence.caps, cadence.laws, standing.places))


@lru_cache(maxsize=1024)
def _limits(gap: timedelta, caps: tuple[Cap, ...], laws: tuple[Law, ...], places: frozenset[Place]) -> list[Limit]:
    found = [Limit(1, gap)] if gap else []
    found += [Limit(cap.max, cap.per, cap) for cap in caps]
    return found + [Limit(by.max, by.per, law=law) for law, by in limiting(laws, places)]
