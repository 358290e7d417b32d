"""Hold-outs, daily limits, and runs whose customer no longer matches."""

from __future__ import annotations

from collections import Counter

from outreach.core.rule import Rule
from outreach.flow.releasing import resume
from tests.support.business import a_customer, a_rule, an_engine, rules_of, utc


def everybody(it, n: int) -> Counter[str]:
    return Counter(state for i in range(n) for state in it.all(f"c{i}") and it.states(f"c{i}"))


def test_a_hold_out_is_stable_and_recorded():
    rules = rules_of(a_rule(holdout="20%"))
    it = an_engine(rules, *(a_customer(f"c{i}", phone=f"+1212555{i:04}") for i in range(300)))
    for i in range(300):
        it.tell("purchase", f"c{i}")
    first = {i: it.states(f"c{i}")[0] for i in range(300)}
    counted = Counter(first.values())
    assert set(counted) == {"scheduled", "held_out holdout:20%"}
    assert 40 < counted["held_out holdout:20%"] < 80
    it.wait("2026-11-03T15:00")
    for i in range(300):
        it.tell("purchase", f"c{i}", id="again")
    assert all((it.states(f"c{i}")[-1] == first[i]) for i in range(300))


def test_what_a_rule_fires_beyond_its_limit_waits_for_a_person():
    it = an_engine(
        rules_of(a_rule("sms: {at: in 2 hours, template: hi}", max_per_day="3")),
        *(a_customer(f"c{i}") for i in range(5)),
    )
    for i in range(5):
        it.tell("purchase", f"c{i}")
    it.wait("2026-11-02T18:00")
    assert everybody(it, 5) == {"sent": 3, "held max_per_day:3": 2}
    assert ("held", "max_per_day:3") in [r for i in range(5) for r in it.reasons(f"c{i}")]


def test_the_limit_begins_anew_on_the_houses_next_day():
    it = an_engine(rules_of(a_rule(max_per_day="1")))
    it.tell("purchase")
    it.wait("2026-11-03T15:00").tell("purchase")
    assert it.states() == ["sent", "scheduled"]


def test_a_person_lets_them_go():
    it = an_engine(
        rules_of(a_rule("sms: {at: in 2 hours, template: hi}", max_per_day="1")),
        *(a_customer(f"c{i}") for i in range(3)),
    )
    for i in range(3):
        it.tell("purchase", f"c{i}")
    with it.engine.store.writing() as tx:
        found = resume(tx, "r", it.clock.instant, "UTC")
    assert (found.paused, found.released, found.late) == (False, 2, 0)
    it.tell("purchase", "c0", id="one more")
    it.wait("2026-11-02T18:00")
    assert everybody(it, 3) == {"sent": 4}


def test_what_is_let_go_too_late_expires():
    it = an_engine(rules_of(a_rule(max_per_day="1")), a_customer("c0"), a_customer("c1"))
    it.tell("purchase", "c0")
    it.tell("purchase", "c1")
    it.wait("2026-11-09T15:00")
    with it.engine.store.writing() as tx:
        assert resume(tx, "r", it.clock.instant, "UTC").late == 1
    assert it.states("c1") == ["expired max_per_day:1"]


STILL = a_rule(
    "sms: {at: in 1 day, template: hi}\ncall: {at: in 2 days, script: hi}", when="customer.plan == 'gold'",
    if_no_longer_matches="stop",
)  # fmt: skip


def test_a_run_ends_when_its_customer_no_longer_matches():
    it = an_engine(rules_of(STILL), a_customer(fields={"plan": "gold"}))
    it.tell("purchase")
    it.tell("customer.changed", plan="none")
    assert it.wait("2026-11-10T15:00").states() == ["cancelled no_longer_matches"] * 2


def test_by_default_it_is_finished():
    it = an_engine(rules_of(STILL.replace("stop", "finish")), a_customer(fields={"plan": "gold"}))
    it.tell("purchase")
    it.tell("customer.changed", plan="none")
    assert it.wait("2026-11-10T15:00").states()[0] == "sent"


def test_the_step_that_would_follow_is_not_planned():
    steps = "call: {at: immediately, script: hi}\nsms: {at: 1 hour after previous, template: hi}"
    it = an_engine(
        rules_of(a_rule(steps, when="customer.plan == 'gold'", if_no_longer_matches="stop")),
        a_customer(fields={"plan": "gold"}),
    )
    it.tell("purchase")
    it.wait("2026-11-02T15:05").tell("customer.changed", plan="none")
    it.tell("outcome", rule="r", step="call", outcome="reached")
    assert it.wait("2026-11-10T15:00").states() == ["done reached"]


def test_a_condition_may_ask_how_the_step_before_ended_without_waiting_for_it():
    asks = "sms: {at: in 2 hours, template: hi, when: previous.outcome == 'no_answer'}"
    steps = "call: {at: immediately, script: hi}\n" + asks
    it = an_engine(rules_of(a_rule(steps)))
    it.tell("purchase")
    it.wait("2026-11-02T15:05").tell("outcome", rule="r", step="call", outcome="no_answer")
    assert it.wait("2026-11-02T20:00").states() == ["done no_answer", "sent"]
    assert it.one(step="sms").ended == utc("2026-11-02T17:00")


def test_a_rule_knows_its_limits():
    it = an_engine(rules_of(a_rule(holdout="12.5%", max_per_day="7")))
    rule: Rule = it.engine.rules["r"]
    assert (rule.holdout, rule.max_per_day, rule.must_still_match) == (0.125, 7, False)
