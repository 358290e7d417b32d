"""How long an SMS may lie in a queue: what is reckoned once for many is what each alone would be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from outreach.core.customer import Customer
from outreach.core.dying import dies
from outreach.core.week import week
from tests.core.test_lawful import a_policy
from tests.support.guarded import NOON, a_follow_up, a_standing

PLACES = [("US", "NY"), ("US", "FL"), ("US", "TX"), ("FR", ""), ("DE", "BY"), ("", "")]
ZONES = [("America/New_York",), ("America/New_York", "America/Chicago"), ("Europe/Paris",), ("Europe/Berlin",), ()]
DAYS = week({day: [(540, 780), (840, 1200)] for day in range(7)})
ALIKE = a_policy(hours={"sms": DAYS}, holidays="customer")
ASKED = st.tuples(
    st.sampled_from(PLACES), st.sampled_from(ZONES), st.sampled_from(["care", "marketing", "safety"]),
    st.sampled_from(["sms", "call"]), st.integers(20, 600),
)  # fmt: skip
#: In minutes from that noon in UTC: days of many kinds, hours at which one place is open and another isn't.
MOMENTS = st.integers(0, 60).flatmap(lambda day: st.integers(0, 23).map(lambda hour: (24 * day + hour) * 60))


@given(MOMENTS, st.lists(ASKED, min_size=8, max_size=24))
def test_what_others_asked_before_changes_nothing(minute: int, asked: list[tuple]):
    shared = replace(ALIKE)
    for n, ((country, region), zones, purpose, channel, worth) in enumerate(asked):
        at = NOON + timedelta(minutes=minute + 90 * (n % 2))
        customer = Customer(id="c1", phone="+12125550101", country=country, region=region)
        standing = a_standing(customer=customer, zones=zones, places=ALIKE.places(customer))
        f = a_follow_up(channel=channel, purpose=purpose, due=at, worth=timedelta(minutes=worth))
        assert dies(f, at, standing, shared) == dies(f, at, standing, replace(ALIKE))
