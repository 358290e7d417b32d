"""The cadence: caps, minimum gap, hours, holds, purposes. What holds every contact, automated or human."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache

from outreach.core.capacity import Capacity
from outreach.core.hours import Week
from outreach.core.law import Law

PURPOSES = ("marketing", "care", "transactional", "safety")
CHANNELS = ("sms", "email", "call", "task")


@lru_cache(maxsize=256)
def length(span: timedelta) -> str:
    """`30d`, `20h` or `90m`: how reasons spell a window."""
    minutes = int(span.total_seconds()) // 60
    if minutes and minutes % 1440 == 0:
        return f"{minutes // 1440}d"
    return f"{minutes // 60}h" if minutes and minutes % 60 == 0 else f"{minutes}m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """At most `max` touches in any half-open window of length `per`; None for channels or purposes means all.

    A touch at `s` counts at `t` while `t - s < per`, in UTC, so a place is free again exactly at `s + per`.
    """

    max: int
    per: timedelta
    label: str
    channels: frozenset[str] | None = None
    purposes: frozenset[str] | None = None

    def covers(self, channel: str, purpose: str) -> bool:
        """Whether a touch of this channel and purpose takes a place under this cap."""
        return (self.channels is None or channel in self.channels) and (
            self.purposes is None or purpose in self.purposes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposePolicy:
    """`counts`: "yes", "gap" (towards the minimum gap only) or "no". `consent`: "required", "assumed" or "not needed"
    (asks for none, and goes past words that speak of soliciting only; see `consenting`). `any_hours`: not bound to
    hours and holidays."""

    obeys_caps: bool
    counts: str
    consent: str
    any_hours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """While the hold `name` is open for a customer, contacts of these purposes wait."""

    name: str
    purposes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackOff:
    """How unanswered contacts stretch the minimum gap: the first `after` of them leave it as it is, each further one
    makes it `factor` times as long, `longest` times the gap at most."""

    after: int = 1
    factor: float = 2
    longest: float = 8


DEFAULT_PURPOSES: Mapping[str, PurposePolicy] = {
    "marketing": PurposePolicy(obeys_caps=True, counts="yes", consent="required"),
    "care": PurposePolicy(obeys_caps=True, counts="yes", consent="assumed"),
    "transactional": PurposePolicy(obeys_caps=False, counts="gap", consent="assumed"),
    "safety": PurposePolicy(obeys_caps=False, counts="no", consent="not needed", any_hours=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """The whole policy. `hours` by channel; a channel that is absent may be used at any time.

    `holidays` is "customer" (no call or SMS on a public holiday where the customer is) or "none";
    `unknown_timezone` is "hold" or "business" (the house's own zone is taken). Of `laws` those hold that are in force
    where the customer may be. `silence` is how long a refusal is followed by none but what the customer waits for.
    """

    min_gap: timedelta = timedelta(hours=20)
    caps: tuple[Cap, ...] = ()
    hours: Mapping[str, Week] = field(default_factory=dict)
    holidays: str = "customer"
    unknown_timezone: str = "hold"
    laws: tuple[Law, ...] = ()
    holds: tuple[Hold, ...] = ()
    back_off: BackOff | None = None
    silence: timedelta = timedelta(0)
    purposes: Mapping[str, PurposePolicy] = field(default_factory=lambda: DEFAULT_PURPOSES)
    capacity: Capacity = field(default_factory=Capacity)

    def policy(self, purpose: str) -> PurposePolicy:
        """The policy of a purpose."""
        return self.purposes[purpose]

    def gap_of(self, purpose: str) -> timedelta | None:
        """The minimum gap that contacts of this purpose obey and are counted for; None where they aren't."""
        policy = self.purposes[purpose]
        return self.min_gap if policy.obeys_caps and policy.counts != "no" else None

    def hold_of(self, event_type: str) -> str:
        """The hold that events of this type open or close, such as `complaint.opened` and `complaint.resolved`: one
        that a hold of the cadence is called by, and `complaint` always; "" for none."""
        name, _, deed = event_type.rpartition(".")
        named = name == "complaint" or any(hold.name == name for hold in self.holds)
        return name if named and deed in ("opened", "resolved") else ""

    def held_by(self, name: str) -> frozenset[str]:
        """The purposes that wait while this hold is open."""
        return frozenset().union(*(hold.purposes for hold in self.holds if hold.name == name))
