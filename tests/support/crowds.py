"""What holds for the plan of any crowd, whatever its cadence."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from outreach.core.guard import opening
from outreach.core.planner import arrange
from tests.support.arranged import Crowd
from tests.support.guarded import HOUR, NOON, a_touch


class Crowds:
    """Crowds by chance, as `make` makes them."""

    def __init__(self, make: Callable[..., Crowd]):
        self.make = make

    def any(self, seed: int, count: int, most: int, **given: Any) -> list[Crowd]:
        dice = random.Random(seed)
        return [self.make(dice, most, **given) for _ in range(count)]

    def patient(self, seed: int, count: int, most: int, **given: Any) -> list[Crowd]:
        """Crowds in which nobody drops."""
        return [replace(crowd, drops=frozenset()) for crowd in self.any(seed, count, most, **given)]


def any_order_makes_the_same_plan(crowd: Crowd, dice: random.Random) -> None:
    shuffled = dice.sample(crowd.ahead, len(crowd.ahead))
    assert crowd.plan(shuffled) == crowd.plan(), crowd


def the_cadence_is_kept(crowd: Crowd) -> None:
    placed = [(t, f) for t, f in zip(crowd.planned(), crowd.ahead, strict=True) if t is not None]
    assert crowd.keeps_cadence(placed), crowd
    assert all(t in crowd.open_hours(f) for t, f in placed), crowd


def the_guard_says_the_same(crowd: Crowd) -> None:
    plan = crowd.plan()
    for f in crowd.ahead:
        at = plan[f.id].at
        if at is not None:
            others = [
                a_touch(there, o.channel, o.purpose, counts=crowd.purposes[o.purpose].counts, id=o.id)
                for o in crowd.ahead
                if o is not f and (there := plan[o.id].at) is not None
                and (there <= at or crowd.purposes[o.purpose].obeys_caps)
            ]  # fmt: skip
            assert opening(f, at, crowd.standing, crowd.policy, others).at == at, crowd


def the_rest_stays_when_the_first_part_is_done(crowd: Crowd) -> None:
    standing, left, now = crowd.standing, list(crowd.ahead), NOON
    wanted = {f.id: p.at for f in left if (p := crowd.plan()[f.id]).at is not None}
    while wanted:
        plan = arrange(now, left, standing, crowd.policy)
        assert {f.id: plan[f.id].at for f in left if plan[f.id].at is not None} == wanted, crowd
        # Of two at one moment the one that goes anyway goes first: the other looked at it.
        first = min(left, key=lambda f: (wanted.get(f.id, NOON + 999 * HOUR), crowd.purposes[f.purpose].obeys_caps))
        now = wanted.pop(first.id)
        left.remove(first)
        done = a_touch(now, first.channel, first.purpose, id=first.id, counts=crowd.purposes[first.purpose].counts)
        standing = replace(standing, touches=(*standing.touches, done))


def what_is_moved_or_lost_says_why(crowd: Crowd) -> None:
    for f in crowd.ahead:
        place = crowd.plan()[f.id]
        assert place.reasons or place.at == max(NOON, f.due) or f.valid_until < NOON, crowd
