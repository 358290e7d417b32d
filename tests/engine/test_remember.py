"""What is remembered of a customer: at once, with its source and date, and for as long as it is worth knowing."""

from __future__ import annotations

from outreach.core.memory import facts
from outreach.desk import cards
from tests.support.business import a_rule, an_engine, an_event, rules_of, utc

MEAL = a_rule('remember: {meal: "{{ event.said }}", until: 2 years}', on="restaurant.feedback", name="said")
KITCHEN = a_rule(
    "task: {at: immediately, title: 'Last time: {{ memory.meal }}'}", on="table.booked", name="kitchen",
    when='customer.memory.meal == "overcooked"',
)  # fmt: skip


def memory(it, at: str = "") -> dict:
    with it.engine.store.reading() as tx:
        customer = tx.customers.get(["c1"])["c1"]
    return facts(customer.memory, utc(at) if at else it.clock.instant)


def test_it_is_known_with_its_source_and_date():
    it = an_engine(rules_of(MEAL))
    it.tell("restaurant.feedback", said="overcooked")
    fact = memory(it)["meal"]
    assert (fact.value, fact.source, fact.at) == ("overcooked", "restaurant.feedback", "2026-11-02T15:00:00Z")
    assert [f.state for f in it.all()] == ["done"]
    assert ("done", "remembered") in list(it.reasons())


def test_the_very_next_event_of_the_same_batch_meets_it():
    it = an_engine(rules_of(MEAL, KITCHEN))
    it.engine.ingest([
        an_event("restaurant.feedback", at="2026-11-02T14:00", said="overcooked"),
        an_event("table.booked", at="2026-11-02T14:00:01"),
    ])  # fmt: skip
    it.wait("2026-11-02T15:10")
    [card] = cards(it.engine)
    assert card.title == "Last time: overcooked"
    assert card.memory == ("meal: overcooked (restaurant.feedback, 2026-11-02)",)


def test_it_is_forgotten_in_time():
    it = an_engine(rules_of(MEAL, KITCHEN))
    it.tell("restaurant.feedback", said="overcooked")
    assert "meal" in memory(it, "2028-11-02T13:59")  # ten o'clock there, two years later by summer time
    assert "meal" not in memory(it, "2028-11-02T14:00")
    it.wait("2028-11-03T15:00").tell("table.booked")
    assert [f.rule for f in it.all()] == ["said"]


def test_a_step_may_remember_how_the_one_before_ended():
    steps = """call: {at: immediately, script: hi}
remember: {likes_calls: true, when: previous.outcome == 'reached'}
remember: {likes_calls: false, when: previous.outcome != 'reached'}"""
    it = an_engine(rules_of(a_rule(steps)))
    it.tell("purchase")
    it.wait("2026-11-02T15:05").tell("outcome", rule="r", step="call", outcome="reached")
    it.wait("2026-11-02T15:10")
    assert memory(it)["likes_calls"].value is True


def test_an_undefined_name_holds_it_for_a_person():
    it = an_engine(rules_of(MEAL))
    it.tell("restaurant.feedback")
    assert it.states() == ["held template"]
    assert memory(it) == {}


def test_a_later_word_replaces_an_earlier_one():
    it = an_engine(rules_of(MEAL))
    it.tell("restaurant.feedback", said="overcooked")
    it.wait("2026-11-03T15:00").tell("restaurant.feedback", said="perfect")
    assert memory(it)["meal"].value == "perfect"


def test_an_import_keeps_what_is_remembered():
    from tests.support.business import a_customer

    it = an_engine(rules_of(MEAL))
    it.tell("restaurant.feedback", said="overcooked")
    it.engine.save_customers([(a_customer(memory={"seat": "window"}), [])])
    assert {name: fact.value for name, fact in memory(it).items()} == {"meal": "overcooked", "seat": "window"}
