"""The policy: the cadence, the house's calendar, and the tables of the world that a decision needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from outreach.core.cadence import Cadence
from outreach.core.calendar import Calendar, HolidaysOf
from outreach.core.customer import Customer
from outreach.core.law import Place
from outreach.core.plausible import Atlas, plausible_places, plausible_zones
from outreach.core.sms_limits import SmsLimits
from outreach.core.zone import known

T = TypeVar("T")
UNKNOWN: Final[Any] = object()
#: So much is kept in mind.
MOST: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The cadence, the house's calendar and the public holidays of any place: what the guard needs besides the
    customer's standing. `zone` is the house's own; `atlas` tells where a customer may be; `version` names all that a
    contact is judged by (see `fingerprint`), and every touch keeps it. `sms` says what may be spent."""

    cadence: Cadence
    calendar: Calendar
    holidays: HolidaysOf
    zone: str = "UTC"
    atlas: Atlas = field(default_factory=Atlas)
    version: str = ""
    sms: SmsLimits = field(default_factory=SmsLimits)
    memo: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def worked_out(self, key: object, work: Callable[[], T]) -> T:
        """What follows of all this for that key, worked out once: it is asked for again and again."""
        found: T = self.memo.get(key, UNKNOWN)
        if found is UNKNOWN:
            if len(self.memo) > MOST:
                self.memo.clear()
            found = self.memo[key] = work()
        return found

    def zones(self, customer: Customer) -> tuple[str, ...]:
        """The zones in all of which an hour must be allowed; none when they aren't known and the cadence says to
        hold."""
        found = plausible_zones(customer, self.atlas)
        return found or ((self.zone,) if self.cadence.unknown_timezone == "business" else ())

    def own_zone(self, customer: Customer) -> str:
        """The customer's zone; "" while it isn't known or may be one of several."""
        if known(customer.timezone):
            return customer.timezone
        found = plausible_zones(customer, self.atlas)
        return found[0] if len(found) == 1 else ""

    def wall_zone(self, customer: Customer) -> str:
        """The zone whose wall clock times are reckoned on: the customer's own, else the house's (the guard holds what
        touches her to all zones she may be in)."""
        return self.own_zone(customer) or self.zone

    def places(self, customer: Customer) -> frozenset[Place]:
        """The places whose laws hold for this customer; none while the cadence keeps no laws."""
        return plausible_places(customer, self.atlas) if self.cadence.laws else frozenset()
