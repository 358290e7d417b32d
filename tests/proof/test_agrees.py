"""Whatever happens to whomever: the proof finds nothing wrong with what the engine did, and says so with the tests' own
judge."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.flow.erasing import erase
from outreach.proof.findings import Findings
from outreach.proof.proving import prove
from tests.support.business import Business
from tests.support.random_business import Chance, catch_up, chances, simulated
from tests.support.replay import broken_cadence, ledger, verdict

slow = settings(
    max_examples=min(settings().max_examples, 30),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


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


@slow
@given(chance=chances, which=st.integers(0, 99), hours=st.integers(-60, 60))
def test_where_a_contact_took_place_at_another_time_both_see_the_same(chance: Chance, which: int, hours: int):
    shop = simulated(chance)
    moved = sorted({e.at for e in ledger(shop) if e.ours})
    if moved:
        move(shop, moved[which % len(moved)], hours * 3600 * 1_000_000)
    told = [re.fullmatch(r"(\S+): (gap|cap) .*", said) for said in broken_cadence(shop, chance)]
    faults = proved(shop).faults
    assert {(f.subject, f.check) for f in faults if f.check in ("gap", "cap")} == {m.groups() for m in told if m}


@slow
@given(chance=chances, erased=st.dictionaries(st.integers(0, 39), st.integers(0, 3), min_size=1, max_size=3))
def test_nor_where_customers_are_forgotten_on_the_way(chance: Chance, erased: dict[int, int]):
    """By the number of the event behind which that customer goes, whoever she is by then."""
    shop = chance.open()
    for n, event in enumerate(sorted(chance.events, key=lambda e: e.time)):
        catch_up(shop, chance.outcome, event.time)
        shop.clock.instant = event.time
        shop.engine.ingest([event])
        if n in erased:
            with shop.engine.store.writing() as tx:
                erase(tx, f"c{erased[n] % len(chance.people)}", shop.clock.instant)
    catch_up(shop, chance.outcome, None)
    found = proved(shop)
    assert found.faults == []
    assert not [said for said in found.not_judged if "erased" not in said]


def move(shop: Business, at: int, by: int) -> None:
    with shop.engine.store.engine.begin() as conn:
        sql = "UPDATE touch SET at = at + ?, gap_until = gap_until + ? WHERE at = ? AND follow_up <> ''"
        conn.exec_driver_sql(sql, (by, by, at))
