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
from outreach.proof.unions import Copy, Taken, Unions

#: Who made a contact: the engine, by the cadence in force or by another one; the engine, before it was written down by
#: what; a person.
Maker = Literal["engine", "other", "old", "hand"]


@dataclass(slots=True)
class Case:
    """One proof under way. `since` is the first moment that is judged, `now` the present one, in microseconds.
    `suppressed` (by address) and `taken` (by customer) hold what concerns those who are looked at."""

    policy: Policy
    reader: Reader
    findings: Findings
    since: int
    now: int
    suppressed: dict[str, list[Listed]] = field(default_factory=dict)
    unions: Unions = field(default_factory=lambda: Unions({}))
    taken: dict[str, Taken] = field(default_factory=dict)

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

    def taken_over(self, e: Entry) -> Copy | None:
        """The contact that this is a copy of, made when its customer was another one; None where it is her own."""
        taken = self.taken.get(e.subject.removeprefix("c:")) if e.subject.startswith("c:") else None
        return taken.touches.get(e.id) if taken is not None else None

    def was_apart(self, e: Entry, at: int) -> bool:
        """Whether this contact stood in another customer's ledger at that moment, who has become this one since. What
        comes over at the very instant counts for what comes after it."""
        copy = self.taken_over(e)
        return copy is not None and copy.since >= at

    def teller(self, e: Entry) -> Callable[[Fault], None]:
        """Where faults of this contact go."""
        return self.findings.made_by_hand if self.maker(e) == "hand" else self.findings.broke

    def known(self, customer: str, time: int, *, here: bool = True) -> int | None:
        """Since when the house knew for sure what happened to a customer at that very moment; None when no event tells
        of it. A doubtful reply is understood when a person has read it; and (`here`) what was told of somebody who
        became this customer is known of her since then."""
        events = self.reader.heard_at(customer, time)
        replies = self.reader.replies_read(customer) if any(e.type == "message.received" for e in events) else {}
        taken = self.taken.get(customer) if here else None
        over = taken.events if taken is not None else {}
        at = [
            max(e.received, over.get((e.source, e.id), 0),
                (replies.get(e.id) or 0) if e.type == "message.received" else 0)
            for e in events
        ]  # fmt: skip
        return max(at, default=None)

    def told_later(self, e: Entry, at: int) -> bool:
        """Whether a contact made by hand was not known of yet at that moment. Of somebody who was erased nobody can
        tell."""
        if e.decided:
            return False
        if not e.customer:
            self.findings.not_judged["distances: from a contact by hand, of one who was erased"] += 1
            return True
        known = self.known(e.customer, e.at, here=False)
        return known is not None and known >= at
