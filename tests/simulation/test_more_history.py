"""One more contact in the past never makes anything earlier; and who came first through the door is of no account.

What is meant by the first: the same follow-up of the same event, alone with a history of contacts made by hand. With
one more contact in that history it goes at the same moment or later, or not at all; and what found no moment still
finds none. (Of several that lie ahead one may well come earlier when a bigger one is lost: of a whole plan it is only
true that it is never a better one, which the planner's own tests show.)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.core.event import Event
from outreach.simulation.contacts import Contact
from tests.support.business import Business
from tests.support.random_business import START, Chance, catch_up, chances, rows

pytestmark = pytest.mark.slow

unhurried = settings(
    max_examples=min(settings().max_examples, 60),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

#: Days and minutes before the event, by which channel, to whom: contacts made by hand.
Hand = tuple[int, int, str, int]
MONTH = timedelta(days=30)
by_hand = st.tuples(
    st.integers(0, 12), st.integers(1, 1439), st.sampled_from(["sms", "call", "email"]), st.integers(0, 3)
)
STARTING = {"purchase", "visit", "order.placed", "recall"}


def went(chance: Chance, past: list[Hand], later: int) -> datetime | None:
    """When the first step of the one rule went after this history; None if it never did."""
    shop, wish = chance.open(), START + MONTH + timedelta(minutes=later)
    told = sorted((wish - timedelta(days=days, minutes=minutes), channel, who) for days, minutes, channel, who in past)
    for n, (at, channel, who) in enumerate(told):
        tell(shop, "contact.made", at, f"h{n}", f"c{who % len(chance.people)}", channel=channel)
    tell(shop, "visit" if chance.only == "chain" else "purchase", wish, "wish", "c0")
    catch_up(shop, chance.outcome, None)
    f = shop.all("c0")[0]
    return (f.listed or f.ended) if f.state in ("sent", "done") else None


def tell(shop: Business, type: str, at: datetime, id: str, customer: str, **data: str) -> None:
    shop.clock.instant = at
    [receipt] = shop.engine.ingest([Event(id=id, type=type, customer=customer, time=at, data=data)])
    assert receipt.status == "accepted"


@unhurried
@given(chance=chances, past=st.lists(by_hand, max_size=5), one=by_hand, later=st.integers(0, 4 * 1440),
       rule=st.sampled_from(["thanks", "advert", "drop", "chain"]))  # fmt: skip
def test_one_more_contact_in_the_past_never_makes_it_earlier(
    chance: Chance, past: list[Hand], one: Hand, later: int, rule: str
):
    only = replace(chance, only=rule, outcome="reached")
    before, after = went(only, past, later), went(only, [*past, one], later)
    assert after is None or (before is not None and after >= before)


def told(shop: Business) -> list[Contact]:
    """What became of it, but for which of several events of one instant a run is named after."""
    return sorted((replace(row, event="") for row in rows(shop)), key=repr)


@unhurried
@given(chance=chances, dice=st.randoms(use_true_random=False))
def test_simultaneous_candidates_may_come_through_the_door_in_any_order(chance: Chance, dice):
    news = [(minute // 4320 * 4320, *rest) for minute, *rest in chance.news if rest[0] in STARTING]
    crowded = replace(chance, news=news)
    shuffled = crowded.events
    dice.shuffle(shuffled)
    assert told(one_by_one(crowded, shuffled)) == told(one_by_one(crowded, crowded.events))


def one_by_one(chance: Chance, events: list[Event]) -> Business:
    """All events of one instant come in one after the other, and then what is due is done."""
    shop = chance.open()
    for at, together in groupby(sorted(events, key=lambda e: e.time), key=lambda e: e.time):
        catch_up(shop, chance.outcome, at)
        shop.clock.instant = at
        for event in together:
            shop.engine.ingest([event])
    catch_up(shop, chance.outcome, None)
    return shop
