"""What all parts of the proof share: the policy, the findings, and what was known when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from outreach.core.keys import bucket_of, make_id
from outreach.core.policy import Policy
from outreach.proof.findings import Fault, Findings
from outreach.proof.reading import Reader
from outreach.proof.rows import Entry, Listed, read_known

#: Who made a contact: the engine, by the cadence in force or by another one; the engine, before it was written down by
#: what; a person.
Maker = Literal["engine", "other", "old", "hand"]


@dataclass(slots=True)
class Case:
    """One proof under way. `since` is the first moment that is judged, `now` the present one, in microseconds."""

    policy: Policy
    reader: Reader
    findings: Findings
    since: int
    now: int
    suppressed: dict[str, list[Listed]] = field(default_factory=dict)
    merged: dict[str, int] = field(default_factory=dict)

    def maker(self, e: Entry) -> Maker:
        """Who made this contact."""
        if e.decided:
            return "engine" if read_known(e.known).policy == self.policy.version else "other"
        if not e.follow_up:
            return "hand"
        bare = make_id(bucket_of(self.reader.tenant, e.customer), "touch", e.follow_up)  # an outcome nobody had listed
        return "hand" if e.id == bare else "old"

    def obeys(self, purpose: str) -> bool:
        """Whether contacts of this purpose obey the caps."""
        rule = self.policy.cadence.purposes.get(purpose)
        return rule is not None and rule.obeys_caps

    def was_apart(self, subject: str, e: Entry) -> bool:
        """Whether this one is from before its customer was made one with another."""
        return subject.startswith("c:") and e.at < self.merged.get(subject[2:], 0)

    def teller(self, e: Entry) -> Callable[[Fault], None]:
        """Where faults of this contact go."""
        return self.findings.made_by_hand if self.maker(e) == "hand" else self.findings.broke

    def known(self, customer: str, time: int) -> tuple[int, int] | None:
        """Since when the house knew what happened to a customer at that very moment: of several events the first and
        the last. None when no event tells of it. A doubtful reply is understood when a person has read it."""
        events = self.reader.heard_at(customer, time)
        replies = self.reader.replies_read(customer) if any(e.type == "message.received" for e in events) else {}
        at = [max(e.received, (replies.get(e.id) or 0) if e.type == "message.received" else 0) for e in events]
        return (min(at), max(at)) if at else None

    def told_later(self, e: Entry, at: int) -> bool:
        """Whether a contact made by hand was not known of yet at that moment."""
        if e.decided:
            return False
        known = self.known(e.customer, e.at)
        return known is not None and known[1] >= at
