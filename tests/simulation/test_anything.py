"""Whatever happens to whomever: the cadence holds, everything ends with a reason, and twice is the same."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.random_business import Chance, chances, one_at_a_time, rows, simulated
from tests.support.replay import ledger, verdict

slow = settings(
    max_examples=min(settings().max_examples, 40),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@slow
@given(chances)
def test_nothing_that_must_never_happen_happens(chance: Chance):
    shop = simulated(chance)
    assert verdict(shop, chance) == []
    merges = {e.id for e in chance.events if e.type == "customer.merged"}
    assert {r.status for r in shop.told if r.id not in merges} <= {"accepted"}


@slow
@given(chance=chances, dice=st.randoms(use_true_random=False))
def test_the_same_events_give_the_same_contacts_in_whatever_order_they_lie(chance: Chance, dice):
    shuffled = chance.events
    dice.shuffle(shuffled)
    assert rows(simulated(chance, shuffled)) == rows(simulated(chance))


@slow
@given(chance=chances)
def test_batches_give_what_one_event_at_a_time_gives(chance: Chance):
    assert rows(one_at_a_time(chance)) == rows(simulated(chance))


@slow
@given(chance=chances)
def test_events_of_one_instant_may_be_taken_together(chance: Chance):
    together = Chance(**vars(chance) | {"news": [(minute // 1440 * 1440, *rest) for minute, *rest in chance.news]})
    assert rows(one_at_a_time(together)) == rows(simulated(together))
    assert verdict(simulated(together), together) == []


def test_the_judge_sees_what_is_wrong():
    chance = Chance(gap=20, caps=[], hours={"sms": "mon-sun: 00:00-24:00", "call": "mon-fri: 10:00-18:00",
                    "email": "tue: 08:00-09:00"}, people=[(0, "America/New_York")],
                    news=[(1, "purchase", 0, 1), (5000, "purchase", 0, 1)], outcome="reached")  # fmt: skip
    shop = simulated(chance)
    assert len(ledger(shop)) >= 4
    with shop.engine.store.engine.begin() as conn:
        conn.exec_driver_sql("UPDATE touch SET at = 1793000000000000, purpose = 'care'")
        conn.exec_driver_sql("UPDATE follow_up SET reason = '', wake = 1, event = 'e', rule = 'r', step = 's'")
    faults = [str(f) for f in verdict(shop, chance)]
    assert any("gap at" in f for f in faults)
    assert any("email" in f for f in faults)
    assert any("'e', 'r', 's'" in f for f in faults)


def test_the_judge_sees_what_is_too_soon():
    news = [(1, "purchase", 0, 1), (2000, "consent.withdrawn", 0, 0), (4000, "message.received", 0, 5)]
    calm = Chance(gap=6, caps=[], hours={"sms": "mon-sun: 00:00-24:00", "call": "mon-fri: 10:00-18:00",
                  "email": "mon-sun: 07:00-21:00"}, people=[(0, "America/New_York")],
                  news=[*news, *((4001 + n, "visit", 0, 1) for n in range(0, 900, 100))], outcome=None)  # fmt: skip
    shop = simulated(calm)
    assert verdict(shop, calm) == []
    strict = Chance(**vars(calm) | {"back_off": (0, 3, 8), "silence": 20})
    faults = {str(f).split(": ")[1].split(" at ")[0] for f in verdict(shop, strict)}
    assert {"silence", "back-off"} <= faults
    with shop.engine.store.engine.begin() as conn:
        conn.exec_driver_sql("UPDATE event SET time = time - 3000 * 60 * 1000000 WHERE type = 'message.received'")
    assert any("a reply to read" in str(f) for f in verdict(shop, strict))
