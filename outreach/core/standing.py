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
    touches of everybody at that address; `suppressed` maps (address key, channel or "all") to the reason why nothing
    goes there; `consents` is the customer's own history and what was said at her addresses. `marks` are the latest
    refusal and the latest reply that nobody has read; `last_sign` her last sign of life, and `ignored` how many
    contacts before the listed ones she has left unanswered since. `now` is the moment of all this."""

    customer: Customer
    zones: tuple[str, ...]
    places: frozenset[Place] = frozenset()
    touches: tuple[Touch, ...] = ()
    address_keys: Mapping[str, str] = field(default_factory=dict)
    at_address: dict[str, tuple[Touch, ...]] = field(default_factory=dict)
    consents: tuple[Consent, ...] = ()
    suppressed: Mapping[tuple[str, str], str] = field(default_factory=dict)
    holds: Mapping[str, datetime] = field(default_factory=dict)
    marks: Mapping[str, datetime] = field(default_factory=dict)
    last_sign: datetime | None = None
    ignored: int = 0
    now: datetime | None = None

    def learn(self, touch: Touch) -> None:
        """A touch that was reserved since this was loaded: one's own, or somebody's who shares the address."""
        if touch.customer == self.customer.id:
            self.touches = (*self.touches, touch)
        elif touch.address_key in self.at_address:
            self.at_address[touch.address_key] = (*self.at_address[touch.address_key], touch)

    def touches_for(self, channel: str) -> tuple[Touch, ...]:
        """Touches that a contact by this channel has to reckon with: the customer's own, and those of the address it
        would use, each once."""
        shared = self.at_address.get(self.address_keys.get(channel, ""), ())
        if not shared:
            return self.touches
        own = {t.id for t in self.touches}
        return self.touches + tuple(t for t in shared if t.id not in own)

    def touched_later(self, channel: str, now: datetime) -> datetime | None:
        """The latest touch that lies ahead of `now`, of those that a contact by this channel has to reckon with: a
        clock ran ahead, or this one was set back. Until then no window can be told; None as a rule."""
        return max((t.at for t in self.touches_for(channel) if t.counting and t.at > now), default=None)
