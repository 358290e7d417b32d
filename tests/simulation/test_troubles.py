"""Whatever happens to the engine: killed with a claim in its hands, started anew, paused, its clock set back. The
cadence holds, in the ledger and at the provider, and everything ends with a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.random_business import Chance, chances
from tests.support.replay import broken_cadence, out_of_hours, told_twice, unexplained, verdict
from tests.support.troubles import (
    KINDS,
    Told,
    Trouble,
    World,
    a_world,
    held_and_touched,
    past_words,
    too_near,
    troubles,
    twice,
)

pytestmark = pytest.mark.slow

unhurried = settings(
    max_examples=4,  # each is a whole business, killed and begun anew again and again
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
promises = st.sampled_from(["none", "native"])
# Nobody becomes somebody else here: the provider's own record, which is judged too, knows customers by one name each.
apart = chances.map(lambda c: replace(c, news=[one for one in c.news if one[1] != "customer.merged"]))


def faults(world: World, chance: Chance) -> list[object]:
    told = Told(chance, world.told)
    return [*verdict(world.shop, told), *held_and_touched(world.shop), *twice(world), *too_near(world, chance.gap)]


@unhurried
@given(chance=apart, hit=troubles(*KINDS), idempotency=promises)
def test_killed_and_paused_it_breaks_nothing(chance: Chance, hit: list[Trouble], idempotency: str):
    with a_world(chance, idempotency) as world:
        world.play(chance.events, hit)
        assert faults(world, chance) == []


@unhurried
@given(chance=apart, hit=troubles(*KINDS, "back", "back", "back"), idempotency=promises)
def test_with_a_clock_that_is_set_back_it_breaks_nothing(chance: Chance, hit: list[Trouble], idempotency: str):
    # Which sign came before which contact, such clocks can't tell, nor where a call that somebody made belongs.
    calm = replace(chance, back_off=None, news=[one for one in chance.news if one[1] != "contact.made"])
    with a_world(calm, idempotency) as world:
        world.play(calm.events, hit)
        shop, told = world.shop, Told(calm, world.told)
        books = [*broken_cadence(shop, told), *out_of_hours(shop, told), *told_twice(shop), *unexplained(shop)]
        assert [*books, *past_words(world), *twice(world), *too_near(world, calm.gap)] == []
