"""Each book of the record does the same on every kind of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from outreach.core.customer import Consent
from outreach.core.follow_up import FollowUp, evolve
from outreach.core.keys import bucket_of, make_id
from outreach.core.quiet import MARKS
from outreach.core.trace import Reason, Trace
from outreach.core.watch import Watch
from outreach.flow.fitting import fit_gap
from outreach.store.attempts import Attempt
from outreach.store.codec import EPOCH
from outreach.store.facts import Known
from outreach.store.store import Store
from outreach.store.topology import ALL, BY_RANGE
from outreach.store.views import looking
from tests.support.business import a_customer, a_rulebook, a_store, an_event
from tests.support.guarded import DAY, HOUR, NOON, a_touch

pytestmark = pytest.mark.every_database("partitioned")
PEOPLE = [f"c{n}" for n in range(40)]


@pytest.fixture
def store() -> Store:
    return a_store()


def a_follow_up(customer: str = "c1", name: str = "f", **given: object) -> FollowUp:
    id = make_id(bucket_of("main", customer), name, customer)
    about = {
        "run": id, "rule": "r", "step": "sms", "index": 0, "channel": "sms", "purpose": "care", "priority": 50,
        "due": NOON, "wake": NOON, "valid_until": NOON + DAY, "trigger": f"event:{name}", "started": NOON,
        "event": name,
    }  # fmt: skip
    return FollowUp(id=id, customer=customer, **(about | given))  # type: ignore[arg-type]


def test_customers_are_what_was_said_last(store: Store):
    odd = a_customer("c'\"%s?\\", first_name="Zoë 😀 \N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}", tags=("a", "b"))
    with store.writing() as tx:
        tx.customers.save([odd, a_customer("c2")], NOON)
        tx.customers.save([replace(odd, site="spa"), replace(odd, site="shop")], NOON)
    with store.reading() as tx:
        assert dict(tx.customers.get([odd.id, "c2", "c3"])) == {
            odd.id: replace(odd, site="shop"),
            "c2": a_customer("c2"),
        }
        assert tx.customers.count() == 2
        assert tx.customers.sharing(tx.customers.keys(odd).values()) == {odd.id, "c2"}
        assert len(tx.customers.some((-1, ""), 10)) == 2
        assert len(tx.customers.some((-1, ""), 1)) == 1


def test_all_are_gone_through_in_pieces(store: Store):
    with store.writing() as tx:
        tx.customers.save(map(a_customer, PEOPLE), NOON)
    seen, after = [], (-1, "")
    with store.reading() as tx:
        while piece := tx.customers.some(after, 7):
            seen += [id_ for _, id_ in piece]
            after = piece[-1]
    assert sorted(seen) == sorted(PEOPLE)


def test_consents_and_suppressions(store: Store):
    yes = Consent(channel="sms", purpose="all", given=True, at=NOON, source="form")
    no = replace(yes, given=False, at=NOON + HOUR)
    with store.writing() as tx:
        tx.customers.agree("c1", [yes, no])
        tx.customers.agree("c1", [yes])
        tx.customers.suppress({"k1", "k2"}, "sms", "stop", NOON)
        tx.customers.suppress(["k1"], "sms", "again", NOON + HOUR)
        tx.customers.suppress(["k1"], "sms:all", "word", NOON)
        tx.customers.suppress(["k1"], "sms:all", "later", NOON + HOUR)
        tx.customers.suppress(["k1"], "sms:all", "earlier", NOON)
    with store.reading() as tx:
        assert sorted(tx.customers.consents(["c1", "c2"])["c1"], key=lambda c: c.at) == [yes, no]
        found = {(s.key, s.scope): (s.reason, s.since) for s in tx.customers.suppressed(["k1", "k2", "k3"])}
    assert found == {
        ("k1", "sms"): ("stop", NOON), ("k2", "sms"): ("stop", NOON), ("k1", "sms:all"): ("word", NOON + HOUR)
    }  # fmt: skip


def test_an_event_is_accepted_once_for_ever(store: Store):
    first, second = an_event("order.placed", id="e1", total=1.5, item="mug"), an_event("Order.paid", id="e2")
    other = an_event("order.placed", "c2", id="e1")
    with store.writing() as tx:
        assert tx.events.accept([first, first, other], NOON) == [first, other]
        assert tx.events.accept([], NOON) == []
        assert tx.events.accept([second, first], NOON) == [second]
    with store.writing() as tx:
        assert tx.events.accept([other, first], NOON) == []
    with store.reading() as tx:
        assert tx.events.history(["c1", "c2"], ["order.*"]) == {"c1": [first], "c2": [other]}
        assert tx.events.history(["c1"], ["Order.paid", "visit"]) == {"c1": [second]}
        assert tx.events.history(["c1"], ["o_der.*"]) == {}
        assert tx.events.latest(["c1"], []) == tx.events.latest(["c1"], ["order.*"]) == {"c1": first.time}
        assert tx.events.latest(["c1"], [], ["order.placed", "Order.paid"]) == {}
        assert tx.events.received("c1") == {("", "e1"): NOON, ("", "e2"): NOON}
        assert tx.events.get([("c1", "", "e1"), ("c9", "", "e1")]) == {("c1", "", "e1"): first}


def test_signs_of_life(store: Store):
    told = [an_event("outcome", id="o1", outcome="reached"), an_event("outcome", "c2", id="o2", outcome="no_answer"),
            an_event("visit", "c3", id="v")]  # fmt: skip
    with store.writing() as tx:
        tx.events.accept(told, NOON)
    with store.reading() as tx:
        signs = tx.events.last_signs(["c1", "c2", "c3"])
    assert signs == {"c1": told[0].time + timedelta(microseconds=1), "c3": told[2].time}


def test_follow_ups_by_what_is_due(store: Store):
    early, late = a_follow_up("c1", "a", wake=NOON), a_follow_up("c2", "b", wake=NOON + HOUR, rule="s")
    second, over = a_follow_up("c1", "c", wake=NOON + HOUR), a_follow_up("c3", "d", wake=None, state="sent", ended=NOON)
    with store.writing() as tx:
        tx.follow_ups.add([early, late, second, over])
        tx.follow_ups.add([replace(early, rule="other")])
    with store.reading() as tx:
        book = tx.follow_ups
        assert book.next_wake() == NOON
        assert book.next_wake(["r"]) == NOON + HOUR
        assert book.next_wake(["*"]) is None
        assert [i for _, i in book.due(NOON + DAY, 10)] == [early.id, late.id]
        assert [i for _, i in book.due(NOON, 10)] == [early.id]
        assert [i for _, i in book.due(NOON + DAY, 10, ["r"])] == [late.id]
        by_range = [i for some in BY_RANGE for _, i in book.due(NOON + DAY, 10, (), some)]
        assert sorted(by_range) == sorted([early.id, late.id])
        ahead = {c: {f.id for f in of_one} for c, of_one in book.open_of(["c1", "c2", "c3"]).items()}
        assert ahead == {
            "c1": {early.id, second.id},
            "c2": {late.id},
        }
        assert book.known([("c1", early.id), ("c2", "nothing")]) == {early.id}
        assert book.last_started(["c1"], ["r", "s"]) == {"c1": {"r": NOON}}
        assert book.counts() == {"scheduled": 3, "sent": 1}
        assert [f.id for f in book.ended()] == [over.id]


def test_follow_ups_that_change(store: Store):
    f = a_follow_up(overlay=None)
    listed = evolve(f, state="listed", listed=NOON, reason="back_off:x", overlay={"a": [1, None]}, channel="sms")
    with store.writing() as tx:
        tx.follow_ups.add([f])
        tx.follow_ups.save([listed])
    with store.reading() as tx:
        assert tx.follow_ups.all_of("c1") == [listed]
        assert tx.follow_ups.waiting(["c1"], "back_off:") == tx.follow_ups.listed() == [listed]
        assert tx.follow_ups.waiting(["c1"], "back%") == []
        assert tx.follow_ups.listed_at(NOON - HOUR) == []
        assert tx.follow_ups.held("r", "%") == []
        assert tx.follow_ups.for_staff(NOON, NOON + DAY) == ([], [])


def test_watches(store: Store):
    sleeping = Watch(customer="c1", rule="r", wake=None, version="1")
    awake = [Watch(customer=c, rule="r", wake=NOON + n * HOUR, version="1") for n, c in enumerate(PEOPLE)]
    with store.writing() as tx:
        tx.watches.set([*awake, sleeping, *awake[2:]])
    with store.reading() as tx:
        assert tx.watches.next_wake() == NOON
        assert tx.watches.next_wake(["s"]) is None
        assert [w.customer for w in tx.watches.due(NOON + 3 * HOUR, 10)] == ["c0", "c2", "c3"]
    with store.writing() as tx:
        tx.watches.rouse([("c1", "r", NOON - HOUR), ("c2", "r", NOON - HOUR)])
        tx.watches.forget(awake[3:])
    with store.reading() as tx:
        assert [w.customer for w in tx.watches.due(NOON + DAY, 10)] == ["c1", "c0", "c2"]
        assert {w.customer for w in tx.watches.of(["c1", "c5"])} == {"c1"}


def test_attempts(store: Store):
    intent = Attempt(id="a1", customer="c1", follow_up="f", number=1, worker="w", sender="s", channel="sms",
                     address="+12125550101", address_key="k", made=NOON, deadline=NOON, body="héllo\n")  # fmt: skip
    done = replace(intent, state="accepted", provider_id="SM1", ended=NOON + HOUR)
    with store.writing() as tx:
        tx.attempts.add([intent])
        tx.attempts.end([done])
        tx.attempts.end([])
    with store.reading() as tx:
        assert tx.attempts.of(["c1", "c2"]) == tx.attempts.latest(5) == [done]


def test_holds_and_marks(store: Store):
    with store.writing() as tx:
        tx.holds.open("c1", "complaint", "k1", NOON)
        tx.holds.open("c1", "complaint", "k2", NOON + HOUR)
        tx.holds.close("c1", "complaint", "k1", NOON + HOUR)
        tx.holds.close("c2", "complaint", "k9", NOON)
        tx.holds.open("c2", "complaint", "k9", NOON - HOUR)  # news of its end came first
    with store.reading() as tx:
        assert tx.holds.of(["c1", "c2"]) == {"c1": {"complaint": NOON + HOUR}}
    with store.writing() as tx:
        tx.holds.close("c1", "complaint", "", NOON + DAY)
        tx.holds.open("c1", "complaint", "k1", NOON + 2 * DAY)
    with store.reading() as tx:
        assert tx.holds.of(["c1"]) == {"c1": {"complaint": NOON + 2 * DAY}}


def test_one_question_finds_what_three_find(store: Store):
    """What a claim asks of a customer at once is what the books say one by one, and of nobody else."""
    with store.writing() as tx:
        for who in ("c1", "c2", "c3"):
            tx.customers.agree(who, [
                Consent(channel="sms", purpose="care", given=True, at=NOON, source="form", evidence="e", basis="b"),
                Consent(channel="all", purpose="all", given=False, at=NOON + HOUR, expires=NOON + DAY),
            ])  # fmt: skip
            tx.customers.suppress([f"k{who}"], "sms", "stop", NOON)
            tx.customers.suppress([f"k{who}"], "all:marketing", "withdrawn", NOON + HOUR)
        for key, at in (("a", NOON), ("b", NOON + HOUR), ("c", NOON - HOUR)):
            tx.holds.open("c1", "complaint", key, at)
        tx.holds.close("c1", "complaint", "c", NOON)
        for mark in sorted(MARKS):
            tx.holds.open("c2", mark, "", NOON)
            tx.holds.open("c2", mark, "x", NOON + HOUR)
        found = tx.facts.of(["c1", "c2", "c4"], ["kc1", "kc3"])
        holds, marks = tx.holds.of_and_marks(["c1", "c2", "c4"])
        assert holds
        assert marks
        assert (found.holds, found.marks) == (holds, marks)
        assert {c: sorted(map(str, told)) for c, told in found.consents.items()} == {
            c: sorted(map(str, told)) for c, told in tx.customers.consents(["c1", "c2", "c4"]).items()
        }
        assert sorted(found.suppressed) == sorted(tx.customers.suppressed(["kc1", "kc3"]))
        assert tx.facts.of([], []) == Known()


def test_traces(store: Store):
    first = Trace(at=NOON, customer="c1", follow_up="f", rule="r", step="s", decision="planned",
                  reasons=(Reason(code="x", text="y", numbers={"n": 1}), Reason(code="z")))  # fmt: skip
    second = replace(first, at=NOON + HOUR, decision="sent", reasons=())
    with store.writing() as tx:
        tx.traces.add([second, first])
        tx.traces.add([first])
    with store.reading() as tx:
        assert tx.traces.of("c1") == [first, second]


def test_the_house(store: Store):
    with store.writing() as tx:
        tx.house.pause("r", NOON, "ann")
        tx.house.pause("r", NOON + HOUR, "ben")
        tx.house.set("a", "1")
        tx.house.set("a", "2")
        tx.house.count("r", "2026-11-02", 3)
        tx.house.count("r", "2026-11-02", 4, released=True)
        tx.house.count("r", "2026-11-02", 0)
        tx.house.learn([("visit", "n"), ("visit", "n"), ("visit", "m")])
    with store.reading() as tx:
        assert tx.house.paused() == {"r": NOON}
        assert tx.house.settings()["a"] == "2"
        assert tx.house.tally("r", "2026-11-02") == (7, True)
        assert tx.house.tally("r", "2026-11-03") == (0, False)
        assert tx.house.fields() == {"visit": {"n", "m"}}
    with store.writing() as tx:
        assert (tx.house.resume("r"), tx.house.resume("r")) == (True, False)


def test_the_pages_questions(store: Store):
    intents = [
        Attempt(id=f"a{n}", customer="c1", follow_up=f"f{n}", number=1, worker="w", sender="s", channel="sms",
                address="x", address_key="k", made=NOON + n * HOUR, deadline=NOON) for n in range(3)
    ]  # fmt: skip
    f = a_follow_up(wake=None, state="expired", ended=NOON, reason="valid_for")
    with store.writing() as tx:
        tx.attempts.add(intents)
        tx.follow_ups.add([f, a_follow_up("c2", "g", reason="gap:1d")])
        tx.customers.save([a_customer()], NOON)
    with looking(store) as views:
        page = views.sent(None, 2)
        assert [a.id for a in page.items] == ["a2", "a1"]
        assert [a.id for a in views.sent(page.next, 2).items] == ["a0"]
        assert [x.id for x in views.held_back(None, 5).items] == [f.id]
        assert [x.customer for x in views.waiting(5)] == ["c2"]
        assert views.follow_up(f.id) == f
        assert views.follow_up("nonsense") is None
        assert views.last_reasons([f]) == {}
        assert set(views.people(["c1", "c2"])) == {"c1"}


def test_the_ledger_by_subject(store: Store):
    touch, free = a_touch(NOON, address_key="k", follow_up="f"), a_touch(NOON + HOUR, customer="c2", follow_up="g")
    with store.writing() as tx:
        tx.ledger.reserve([touch, free], {touch.id: DAY})
        tx.ledger.reserve([touch], {touch.id: DAY})
    with store.reading() as tx:
        assert tx.ledger.touches(["c1", "c2"], NOON) == {"c1": [touch], "c2": [free]}
        assert tx.ledger.at_addresses(["k"], NOON) == {"k": [touch]}
        assert tx.ledger.touches(["c1"], NOON + HOUR) == {}
        assert tx.ledger.of_follow_ups([("c1", "f"), ("c2", "f")]) == {"f": touch}
    with store.writing() as tx:
        tx.ledger.settle([replace(touch, state="released")])
    with store.reading() as tx:
        assert tx.ledger.touches(["c1"], EPOCH) == tx.ledger.at_addresses(["k"], EPOCH) == {}


@pytest.mark.parametrize("at", [0, 1, 86_399, -1])
def test_no_wrong_code_gets_past_the_minimum_gap(store: Store, at: int):
    hers = a_touch(NOON, address_key="k")
    his = replace(a_touch(NOON + timedelta(seconds=at), customer="c2", address_key="k", follow_up="g"), id="his")
    with store.writing() as tx:
        tx.ledger.reserve([hers], {hers.id: DAY})
    with pytest.raises(IntegrityError), store.writing() as tx:
        tx.ledger.reserve([his], {his.id: DAY})
    far = replace(his, at=NOON + DAY)
    with store.writing() as tx:
        tx.ledger.reserve([far], {far.id: DAY})
    with store.writing() as tx:
        tx.ledger.reserve(
            [replace(a_touch(NOON, customer="c3", address_key="k", follow_up="h"), id="hers")], {}
        )  # obeys no gap


GAP = "rules: {}\ncadence: {min_gap: %s, caps: [], holidays: none}\n"


def test_a_gap_that_the_house_made_shorter_holds_for_what_was_before(store: Store):
    first, second = a_touch(NOON, address_key="k"), a_touch(NOON + 2 * HOUR, address_key="k", follow_up="g")
    old = a_touch(NOON - 9 * DAY, customer="c9")
    assert fit_gap(store, a_rulebook(GAP % "1 day").policy, NOON) == 0
    with store.writing() as tx:
        tx.ledger.reserve([first, old], {first.id: DAY, old.id: DAY})
    assert fit_gap(store, a_rulebook(GAP % "2 hours").policy, NOON) == 2  # under the customer and under the address
    assert fit_gap(store, a_rulebook(GAP % "2 hours").policy, NOON) == 0
    with store.writing() as tx:
        tx.ledger.reserve([second], {second.id: 2 * HOUR})
    third = a_touch(NOON + 3 * HOUR, address_key="k", follow_up="h")
    with pytest.raises(IntegrityError), store.writing() as tx:
        tx.ledger.reserve([third], {third.id: 2 * HOUR})
    assert fit_gap(store, a_rulebook(GAP % "3 days").policy, NOON) == 0


def test_a_transaction_that_fails_leaves_nothing(store: Store):
    def fail() -> None:
        with store.writing() as tx:
            tx.customers.save([a_customer()], NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.reading() as tx:
        assert tx.customers.count() == 0


def test_another_house_in_the_same_database_sees_nothing_of_it(store: Store):
    with store.writing() as tx:
        tx.customers.save([a_customer()], NOON)
        tx.follow_ups.add([a_follow_up()])
    with Store(store.engine, b"test", "north").reading() as tx:
        assert (tx.customers.count(), tx.follow_ups.next_wake(), tx.follow_ups.due(NOON, 5)) == (0, None, [])
    assert ALL.last == 4095
