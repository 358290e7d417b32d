"""What tests of guard and planner build on: a cadence, a customer's standing, a follow-up, touches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from outreach.core.cadence import Cadence, Cap, length
from outreach.core.calendar import Calendar
from outreach.core.customer import Consent, Customer
from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy
from outreach.core.ledger import Touch
from outreach.core.standing import Standing

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHONE_KEY = "k-phone"


def a_cap(most: int, per: timedelta, channels: Iterable[str] = (), purposes: Iterable[str] = ()) -> Cap:
    return Cap(
        max=most, per=per, label=f"{most}/{length(per)}", channels=frozenset(channels) or None,
        purposes=frozenset(purposes) or None,
    )  # fmt: skip


def a_policy(*caps: Cap, gap: timedelta = timedelta(0), closed: Iterable[date] = (), **cadence: Any) -> Policy:
    days = frozenset(closed)
    made = Cadence(min_gap=gap, caps=caps, **({"holidays": "customer" if days else "none"} | cadence))
    return Policy(cadence=made, calendar=Calendar(), holidays=lambda *_: days)


def a_touch(at: datetime, channel: str = "sms", purpose: str = "care", **given: Any) -> Touch:
    return Touch(
        **(
            {"id": f"{channel}@{at.isoformat()}", "customer": "c1", "at": at, "channel": channel, "purpose": purpose}
            | given
        )
    )


def a_standing(*touches: Touch, at_phone: Iterable[Touch] = (), zone: str = "UTC", **given: Any) -> Standing:
    customer = given.pop("customer", Customer(id="c1", email="c1@example.com", phone="+12125550101", timezone=zone))
    keys: Mapping[str, str] = {"sms": PHONE_KEY, "call": PHONE_KEY, "email": "k-mail"}
    consents = given.pop("consents", (Consent(channel="all", purpose="all", given=True, at=NOON - 900 * DAY),))
    zones = given.pop("zones", (zone,) if zone else ())
    return Standing(
        customer=customer, zones=zones, touches=touches, address_keys=keys, at_address={PHONE_KEY: tuple(at_phone)},
        consents=consents, **given,
    )  # fmt: skip


def a_follow_up(id: str = "f1", due: datetime = NOON, worth: timedelta = 30 * DAY, **given: Any) -> FollowUp:
    values: dict[str, Any] = {"channel": "sms", "purpose": "care", "priority": 50, "rule": "r"} | given
    return FollowUp(
        id=id, customer="c1", run=id, step="1-sms", index=0, due=due, wake=due, valid_until=due + worth,
        trigger="event:", started=due, **values,
    )  # fmt: skip


def in_windows(times: Iterable[datetime], window: timedelta) -> Callable[[datetime], int]:
    """How many touches some half-open window of this length holds at most, with one more at a time: counted the slow
    way, window by window, each beginning at a touch."""

    def most(at: datetime) -> int:
        every = [*times, at]
        return max(
            sum(1 for t in every if first <= t < first + window) for first in every if first <= at < first + window
        )

    return most
