"""Where a transaction keeps to one group of buckets: two customers of different groups, and a phone of a third one that
both share, are held to one cap and one gap. Whatever dies between two steps leaves a place that counts, until it
expires."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from outreach.core.customer import Consent
from outreach.core.keys import bucket_of
from outreach.engine import Engine
from outreach.flow.evening import EXPIRES, even_group
from outreach.proof.proving import prove
from outreach.store import schema
from outreach.store.database import open_engine
from outreach.store.elsewhere import Elsewhere
from outreach.store.ledger import Ledger
from outreach.store.store import Store, Transaction
from outreach.store.topology import TOPOLOGIES
from tests.support.business import PHONE, Business, a_customer, a_rule, an_engine, an_event, rules_of

pytestmark = pytest.mark.postgres_too("groups")
GROUPS = TOPOLOGIES["groups"]
ANN, BOB, CAM = a_customer("c1"), a_customer("c2", first_name="Bob"), a_customer("c3", first_name="Cam")
DAY = timedelta(days=1)
AT_ONCE = "sms: {at: immediately, template: hi, valid_for: 9 days}"


def shop_of(cadence: str, *rules: str) -> Business:
    return an_engine(rules_of(*(rules or (a_rule(AT_ONCE),)), cadence=cadence), ANN, BOB, CAM)


CAPPED = "{min_gap: 0 minutes, caps: [{max: 1, per: 2 days}], holidays: none, hours: {}}"
SPACED = "{min_gap: 20 hours, caps: [], holidays: none, hours: {}}"


def dispatch(shop: Business) -> None:
    while shop.engine.dispatch():
        pass


def at_phone(shop: Business) -> list[tuple[str, str]]:
    """(customer, state) of what the phone's own book has."""
    with shop.engine.store.reading() as tx:
        key = tx.customers.key(PHONE)
        sql = "SELECT customer, state FROM touch t WHERE bucket = ? AND tenant_id = ? AND subject = ? ORDER BY at, id"
        return [tuple(row) for row in tx.ledger.read(sql, tx.ledger.bucket(key), tx.tenant, f"a:{key}")]


def proved(shop: Business) -> None:
    found = prove(shop.engine.store, shop.engine.policy, shop.clock.instant)
    assert not found.faults, found.faults


def even(shop: Business) -> int:
    return sum(even_group(shop.engine.store, group, shop.clock.instant) for group in GROUPS.groups)


def die(*_: object) -> None:
    """Nothing is tidied up."""


def test_the_two_and_their_phone_lie_in_three_groups():
    with an_engine(rules_of(a_rule())).engine.store.reading() as tx:
        places = [tx.ledger.bucket(s) for s in ("c1", "c2", tx.customers.key(PHONE))]
    assert len({GROUPS.number(place) for place in places}) == 3


@pytest.mark.parametrize(("cadence", "reason"), [(CAPPED, "cap:1/2d"), (SPACED, "gap:20h")])
def test_two_who_share_a_phone_are_held_to_one_cadence(cadence: str, reason: str):
    shop = shop_of(cadence)
    for customer in ("c1", "c2"):
        shop.tell("purchase", customer)
    dispatch(shop)
    assert sorted([*shop.states("c1"), *shop.states("c2")]) == [f"scheduled {reason}", "sent"]
    assert [state for _, state in at_phone(shop)] == ["attempted"]
    shop.wait(shop.clock.instant + 3 * DAY)
    assert (shop.states("c1"), shop.states("c2")) == (["sent"], ["sent"])
    proved(shop)


@pytest.mark.parametrize("asks", [True, False])
def test_two_workers_at_the_same_moment_find_one_place_because_the_phone_is_asked(database_kind: str, asks: bool):
    if database_kind != "groups":
        pytest.skip("a worker is alone there")
    shop = shop_of(CAPPED)
    other = an_engine(rules_of(a_rule(AT_ONCE), cadence=CAPPED), ANN, store=twin(shop), worker="two")
    for customer in ("c1", "c2"):
        shop.tell("purchase", customer)
    meet, ask = threading.Barrier(2, timeout=20), Elsewhere.take

    def together(self: Elsewhere, touches: object, work: Callable) -> object:
        meet.wait()  # both have decided, neither has asked the phone
        return ask(self, touches, work)

    enter = Ledger.enter_there

    def slowly(self: Ledger, *given: object) -> None:
        time.sleep(0.3)  # whoever isn't kept waiting has looked by now
        enter(self, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Elsewhere, "take", together)
        patch.setattr(Ledger, "enter_there", slowly)
        if not asks:
            patch.setattr("outreach.flow.going.no_place_there", die)
        workers = [threading.Thread(target=one.engine.dispatch) for one in (shop, other)]
        other.engine.turn._turns = shop.engine.turn._turns + 1  # each sees both, and goes to another one
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(20)
    states = sorted([*shop.states("c1"), *shop.states("c2")])
    assert states == (["scheduled cap:1/2d", "sent"] if asks else ["sent", "sent"])
    assert bool(prove(shop.engine.store, shop.engine.policy, shop.clock.instant).faults) != asks


def twin(shop: Business) -> Store:
    store = shop.engine.store
    return Store(store.engine, store.secret, store.tenant, store.topology)


def broken_off(shop: Business, *, tidied: bool) -> None:
    """A claim that fails after its place at the phone was taken, before the customer's own was."""

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("outreach.flow.claim.write", fail)
        if not tidied:
            patch.setattr(Elsewhere, "failed", die)
        with pytest.raises(KeyboardInterrupt):
            shop.engine.dispatch()


def test_a_second_step_that_fails_gives_the_first_one_back():
    shop = shop_of(CAPPED)
    shop.tell("purchase", "c1")
    broken_off(shop, tidied=True)
    assert at_phone(shop) == []
    shop.tell("purchase", "c2")
    dispatch(shop)
    assert sorted([*shop.states("c1"), *shop.states("c2")]) == ["scheduled cap:1/2d", "sent"]
    proved(shop)


def test_what_a_dead_worker_left_counts_until_it_expires(database_kind: str):
    if database_kind != "groups":
        pytest.skip("nothing can be left there: one transaction")
    shop = shop_of(CAPPED, a_rule(AT_ONCE, stop_on="[never.mind]"))
    shop.tell("purchase", "c1")
    broken_off(shop, tidied=False)
    assert at_phone(shop) == [("c1", "reserved")]
    shop.tell("never.mind", "c1")  # so nobody takes that place again
    shop.tell("purchase", "c2")
    dispatch(shop)
    assert shop.states("c2") == ["scheduled cap:1/2d"]
    assert even(shop) == 0  # too young
    shop.clock.instant += EXPIRES + timedelta(seconds=1)
    assert even(shop) == 1
    assert even(shop) == 0
    assert at_phone(shop) == []
    shop.tell("purchase", "c3")
    dispatch(shop)
    assert shop.states("c3") == ["sent"]
    proved(shop)


def test_who_was_left_in_the_middle_takes_her_own_place_again():
    shop = shop_of(CAPPED)
    shop.tell("purchase", "c1")
    broken_off(shop, tidied=False)
    dispatch(shop)
    assert shop.states("c1") == ["sent"]
    assert at_phone(shop) == [("c1", "attempted")]
    proved(shop)


def test_what_was_sent_is_told_although_its_worker_dies():
    shop = shop_of(CAPPED)
    shop.tell("purchase", "c1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Elsewhere, "stored", die)
        dispatch(shop)
    shop.clock.instant += EXPIRES + timedelta(seconds=1)
    assert even(shop) == 0  # what counts was told before
    assert at_phone(shop) == [("c1", "attempted")]
    proved(shop)


def test_what_was_given_back_and_not_told_is_told_by_the_sweep(database_kind: str):
    shop = shop_of(CAPPED, a_rule("call: {at: immediately, script: hi, valid_for: 9 days}"))
    shop.tell("purchase", "c1")
    dispatch(shop)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Elsewhere, "stored", die)
        shop.tell("card.cancelled", "c1", follow_up=shop.one().id, by="Lena")
    left = "reserved" if database_kind == "groups" else "released"
    assert at_phone(shop) == [("c1", left)]
    shop.clock.instant += EXPIRES + timedelta(seconds=1)
    assert even(shop) == (1 if database_kind == "groups" else 0)
    assert at_phone(shop) == [("c1", "released")]
    proved(shop)


def test_a_file_has_one_writer_and_only_the_work_is_split():
    store = Store(open_engine("sqlite://"), b"test", topology=GROUPS)
    schema.upgrade(store.engine)
    shop = an_engine(rules_of(a_rule(AT_ONCE), cadence=CAPPED), ANN, BOB, store=store)
    for customer in ("c1", "c2"):
        shop.tell("purchase", customer)
    dispatch(shop)
    assert sorted([*shop.states("c1"), *shop.states("c2")]) == ["scheduled cap:1/2d", "sent"]
    assert even(shop) == 0
    proved(shop)


def test_a_place_that_is_being_taken_is_not_swept_away(database_kind: str):
    """The sweep asks with the customer held, so it waits for whoever decides about her."""
    if database_kind != "groups":
        pytest.skip("a writer is alone there")
    shop, late = shop_of(CAPPED), EXPIRES + timedelta(hours=1)
    shop.tell("purchase", "c1")
    claim_in, sweeps, found = Engine._claim_in, [], []

    def swept_meanwhile(engine: Engine, tx: Transaction, size: int) -> object:
        done = claim_in(engine, tx, size)
        if not sweeps and done[0]:
            group = GROUPS.groups[GROUPS.number(bucket_of("main", tx.customers.key(PHONE)))]
            sweep = lambda: found.append(even_group(shop.engine.store, group, shop.clock.instant + late))  # noqa: E731
            sweeps.append(threading.Thread(target=sweep))
            sweeps[0].start()
            sweeps[0].join(0.5)
            assert sweeps[0].is_alive()
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_claim_in", swept_meanwhile)
        dispatch(shop)
    sweeps[0].join(20)
    assert found == [1]  # looked at, and left as her book has it
    assert shop.states("c1") == ["sent"]
    assert at_phone(shop) == [("c1", "attempted")]


def test_a_stop_reaches_everybody_on_the_phone():
    shop = shop_of(CAPPED, a_rule("sms: {at: in 2 hours, template: hi}"))
    for customer in ("c1", "c2"):
        shop.tell("purchase", customer)
    shop.tell("message.received", "c1", channel="sms", text="STOP", **{"from": PHONE})
    assert (shop.states("c1"), shop.states("c2")) == (["suppressed opted_out:sms"],) * 2


def test_a_stop_whose_teller_dies_is_heeded_all_the_same():
    shop = shop_of(CAPPED, a_rule("sms: {at: in 2 hours, template: hi}"))
    shop.tell("purchase", "c2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Elsewhere, "stored", die)
        shop.tell("message.received", "c1", channel="sms", text="STOP", **{"from": PHONE})
    shop.wait(shop.clock.instant + DAY)
    [said] = shop.states("c2")
    assert said.startswith("suppressed")


def test_a_contact_by_hand_counts_at_the_phone():
    shop = shop_of(CAPPED)
    shop.tell("contact.made", "c1", channel="call", by="Lena")
    shop.tell("purchase", "c2")
    dispatch(shop)
    assert shop.states("c2") == ["scheduled cap:1/2d"]
    proved(shop)


def test_a_call_on_the_list_takes_the_phone_and_gives_it_back():
    shop = shop_of(
        CAPPED, a_rule("call: {at: immediately, script: hi, valid_for: 9 days}"), a_rule(AT_ONCE, "visit", "v")
    )
    shop.tell("purchase", "c1")
    dispatch(shop)
    assert at_phone(shop) == [("c1", "reserved")]
    shop.tell("visit", "c2")
    dispatch(shop)
    assert shop.states("c2") == ["scheduled cap:1/2d"]
    shop.tell("card.cancelled", "c1", follow_up=shop.one().id, by="Lena")
    assert at_phone(shop) == [("c1", "released")]
    shop.wait(shop.clock.instant + 3 * DAY)
    assert shop.states("c2") == ["sent"]
    proved(shop)


def test_a_batch_for_customers_of_many_groups_has_its_receipts_in_order():
    people = [a_customer(f"c{n}", phone=f"+121255502{n:02}") for n in range(20)]
    shop = an_engine(rules_of(a_rule(AT_ONCE), cadence=CAPPED), *people)
    events = [an_event("purchase", c, id=f"e{c}") for c in (*(p.id for p in people), "nobody")]
    assert [r.id for r in shop.engine.ingest(events)] == [e.id for e in events]
    receipts = shop.engine.ingest(events)
    assert [r.status for r in receipts] == ["duplicate"] * 20 + ["rejected"]
    dispatch(shop)
    assert {state for p in people for state in shop.states(p.id)} == {"sent"}
    proved(shop)


def test_news_of_one_who_was_merged_go_to_the_other_s_group():
    shop = shop_of(CAPPED)
    shop.tell("customer.merged", "c1", into="c2")
    assert shop.tell("purchase", "c1").status == "accepted"
    shop.engine.save_customers(
        [
            (
                a_customer("c1", last_name="Finch"),
                [Consent(channel="all", purpose="all", given=True, at=shop.clock.instant)],
            )
        ]
    )
    dispatch(shop)
    assert shop.states("c2") == ["sent"]
    with shop.engine.store.reading() as tx:
        assert tx.customers.get(["c1", "c2"])["c2"].last_name == "Finch"
    proved(shop)
