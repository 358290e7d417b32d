"""Two workers on one PostgreSQL at the same moment: one stands still in the middle of its transaction, by hand, and the
other comes. A claim waits for nobody, news do. Each of these fails when the lock that it is about is left out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from outreach.core.keys import bucket_of
from outreach.engine import Engine
from outreach.store.store import Transaction
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of

pytestmark = pytest.mark.postgres
PHONE = "+12125550199"
RULES = rules_of(
    a_rule("sms: {at: immediately, template: hi, valid_for: 9 days}"),
    cadence="{min_gap: 0 minutes, caps: [{max: 1, per: 1 day}], holidays: none, hours: {}}",
)
ANN, BOB = a_customer("c1", phone=PHONE), a_customer("c2", phone=PHONE)
ALONE = a_customer("c2", phone="+12125550102")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On SQLite nobody is in anybody's way."""
    metafunc.parametrize("database_kind", ["postgres"], indirect=True)


@contextmanager
def standing_still(shop: Business) -> Iterator[Callable[[], None]]:
    """The shop's worker claims, and stands still before it commits; what it gives lets it go on, and waits for it."""
    decided, go_on = threading.Event(), threading.Event()

    claim_in = Engine._claim_in

    def slowly(engine: Engine, tx: Transaction, size: int) -> object:
        done = claim_in(engine, tx, size)
        if engine is shop.engine:
            decided.set()
            assert go_on.wait(20)
        return done

    work = threading.Thread(target=shop.engine.dispatch)

    def release() -> None:
        go_on.set()
        work.join(20)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_claim_in", slowly)
        work.start()
        try:
            assert decided.wait(20)
            yield release
        finally:
            release()


def beside(shop: Business, work: Callable[[], object]) -> tuple[threading.Thread, bool]:
    """`work` in a thread; and whether it came to wait for a lock, or else was done."""
    thread = threading.Thread(target=work)
    thread.start()
    end = time.monotonic() + 20
    while thread.is_alive() and time.monotonic() < end:
        with shop.engine.store.reading() as tx:
            sql = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if tx.house.conn.exec_driver_sql(sql).scalar_one():
                return thread, True
        time.sleep(0.02)
    return thread, False


def two_workers(*people) -> tuple[Business, Business]:
    first = an_engine(RULES, *people, worker="one")
    return first, an_engine(RULES, *people, worker="two", store=first.engine.store)


def sent(shop: Business) -> list[str]:
    """The customers who were written to."""
    return sorted(f.customer for who in ("c1", "c2") for f in shop.all(who) if f.state == "sent")


def test_they_are_of_different_buckets():
    assert bucket_of("main", "c1") != bucket_of("main", "c2")


def test_two_who_share_a_phone_are_held_to_one_cap():
    one, two = two_workers(ANN, BOB)
    one.tell("purchase", "c1")
    with standing_still(one) as release:
        two.tell("purchase", "c2")
        claim, waited = beside(two, two.engine.dispatch)
        claim.join(20)
        assert not waited
        release()
        assert two.engine.dispatch() == 1
    assert sent(two) == ["c1"]
    assert [f.reason for f in two.all("c2")] == ["cap:1/1d"]


def test_two_who_come_to_share_a_phone_are_held_to_one_cap():
    """The second gets the phone while the first one's message to it is decided but not stored."""
    one, two = two_workers(ANN, ALONE)
    one.tell("purchase", "c1")
    with standing_still(one) as release:
        two.engine.save_customers([(BOB, ())])
        two.tell("purchase", "c2")
        claim, waited = beside(two, two.engine.dispatch)
        claim.join(20)
        assert not waited
        release()
        assert two.engine.dispatch() == 1
    assert sent(two) == ["c1"]


def test_a_customer_whom_another_worker_holds_is_left_to_it():
    one, two = two_workers(ANN, BOB)
    one.tell("purchase", "c1")
    with standing_still(one):
        claim, waited = beside(two, two.engine.dispatch)
        claim.join(20)
        assert not waited
    assert sent(two) == ["c1"]
    assert len(one.touches()) == 1
    with one.engine.store.reading() as tx:
        assert [a.state for a in tx.attempts.latest(9)] == ["accepted"]


def test_news_of_a_customer_waits_until_what_is_decided_about_her_is_stored():
    one, two = two_workers(ANN, BOB)
    one.tell("purchase", "c1")
    with standing_still(one) as release:
        news, waited = beside(two, lambda: two.tell("purchase", "c1", id="second"))
        release()
        news.join(20)
    assert waited
    assert sorted(two.states("c1")) == ["scheduled", "sent"]
