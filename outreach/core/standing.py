"""How one customer stands at this moment: the facts that the guard and the planner decide on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from outreach.core.customer import Consent, Customer
from outreach.core.law import Place
from outreach.core.ledger import Touch


@dataclass(slots=True, kw_only=True)
class Standing:
    """`zones` are those she may be in, none when they aren't known and the cadence doesn't take the house's; `places`
    those whose laws hold. `address_keys` maps channel to the keyed hash of the address it would use; `at_address` the
    touches of everybody at that address; `suppressed` holds (address key, channel or "all")."""

    customer: Customer
    zones: tuple[str, ...]
    places: frozenset[Place] = frozenset()
    touches: tuple[Touch, ...] = ()
    address_keys: Mapping[str, str] = field(default_factory=dict)
    at_address: dict[str, tuple[Touch, ...]] = field(default_factory=dict)
    consents: tuple[Consent, ...] = ()
    suppressed: frozenset[tuple[str, str]] = frozenset()
    holds: Mapping[str, datetime] = field(default_factory=dict)

    def learn(self, touch: Touch) -> None:
        """A touch that was reserved since this was loaded: one's own, or somebody's who shares the address."""
        if touch.customer == self.customer.id:
            self.touches = (*self.touches, touch)
        elif touch.address_key in self.at_address:
            self.at_address[touch.address_key] = (*self.at_address[touch.address_key], touch)

    def consent(self, channel: str, purpose: str) -> Consent | None:
        """The latest word of the customer about this channel and purpose; a withdrawal wins a tie."""
        said = [c for c in self.consents if c.channel in (channel, "all") and c.purpose in (purpose, "all")]
        return max(said, key=lambda c: (c.at, not c.given), default=None)

    def touches_for(self, channel: str) -> tuple[Touch, ...]:
        """Touches that a contact by this channel has to reckon with: the customer's own, and those of the address it
        would use, each once."""
        shared = self.at_address.get(self.address_keys.get(channel, ""), ())
        if not shared:
            return self.touches
        own = {t.id for t in self.touches}
        return self.touches + tuple(t for t in shared if t.id not in own)
