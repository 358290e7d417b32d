"""The judge of `make ha` sees what it is there to see."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import pytest

from bench.ha.carrier import Sent
from bench.ha.count import crowded, judge
from bench.ha.house import GAP, MOST, WINDOW
from bench.ha.record import SECOND, FollowUp, Touch

NOW = time.time()
FOLLOW_UP = FollowUp("f1", "e1", "c1", "sent", "", None, int(NOW * SECOND))
TOUCH = Touch("c:c1", int(NOW * SECOND), "f1", "attempted")
SENT = Sent(NOW, "e1", "c1", "+12125550001")


@dataclass
class Told:
    """A record of one event that was answered, as it should be."""

    stored: set[str] = field(default_factory=lambda: {"e1"})
    planned: list[FollowUp] = field(default_factory=lambda: [FOLLOW_UP])
    ledger: list[Touch] = field(default_factory=lambda: [TOUCH])

    def events(self) -> set[str]:
        return self.stored

    def follow_ups(self) -> list[FollowUp]:
        return self.planned

    def touches(self) -> list[Touch]:
        return self.ledger


def broken(record: Told, sent: list[Sent]) -> set[str]:
    return {promise for promise, cases in judge(record, ["e1"], sent).items() if cases}


def test_it_is_content_when_all_is_well():
    assert broken(Told(), [SENT]) == set()


@pytest.mark.parametrize(
    ("record", "sent", "promise"),
    [
        (Told(stored=set()), [SENT], "events acknowledged and lost"),
        (Told(planned=[]), [], "follow-ups unaccounted for"),
        (Told(planned=[FOLLOW_UP, FOLLOW_UP]), [SENT], "follow-ups unaccounted for"),
        (Told(planned=[replace(FOLLOW_UP, state="failed")]), [], "follow-ups unaccounted for"),
        (Told(planned=[replace(FOLLOW_UP, state="claimed", ended=None)]), [], "follow-ups unaccounted for"),
        (Told(), [SENT, replace(SENT, at=NOW + 2 * WINDOW)], "messages sent twice"),
        (Told(ledger=[]), [SENT], "messages the record doesn't know as sent"),
        (Told(), [], "messages recorded as sent, and not sent"),
        (Told(ledger=[TOUCH, replace(TOUCH, follow_up="f2")]), [SENT], "over a cap or inside the gap, by the ledger"),
        (Told(), [SENT, replace(SENT, event="e2", customer="c2")], "over a cap or inside the gap, by the provider"),
    ],
)  # fmt: skip
def test_it_tells_what_broke(record: Told, sent: list[Sent], promise: str):
    assert promise in broken(record, sent)


def test_the_cap_counts_in_every_window():
    step = WINDOW / MOST
    assert step > GAP
    assert crowded([("c1", n * step) for n in range(20)], 0) == []
    assert len(crowded([("c1", n * (step - 1)) for n in range(MOST + 1)], 0)) == 1
