"""Whatever happens to whomever: the proof finds nothing wrong with what the engine did, and says so with the tests' own
judge."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from outreach.proof.findings import Findings
from outreach.proof.proving import prove
from tests.support.business import Business
from tests.support.random_business import Chance, chances, simulated
from tests.support.replay import verdict

slow = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def proved(shop: Business) -> Findings:
    return prove(shop.engine.store, shop.engine.policy, shop.clock.instant)


@slow
@given(chances)
def test_on_any_business_nothing_is_broken_and_nothing_left_out(chance: Chance):
    shop = simulated(chance)
    found = proved(shop)
    assert found.faults == []
    assert found.said.startswith("0 violations in ")
    assert not found.not_judged
    assert verdict(shop, chance) == []
