"""The gate of groups sees a transaction that leaves its group, reads the buckets out of every shape of statement, and
lets nothing cross that isn't on its list."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from outreach.core.keys import BUCKETS
from outreach.store.elsewhere import CrossingError
from outreach.store.store import Store
from outreach.store.topology import ALL, BY_RANGE, TOPOLOGIES, Buckets, Topology, Turn
from tests.support import crossing
from tests.support.business import a_customer, a_rule, a_store, an_engine, choose, rules_of

ROOT = Path(__file__).parents[2]
KEYED = (
    "SELECT 1 FROM (SELECT substr(v, 1, 4)::smallint AS bucket, substr(v, 5) AS subject"
    " FROM jsonb_array_elements_text(%s::jsonb) v) k CROSS JOIN LATERAL (SELECT * FROM touch t WHERE"
    " t.bucket = k.bucket AND t.tenant_id = %s OFFSET 0) t"
)
INSERT = 'INSERT INTO touch ("bucket", "id") SELECT (v->>0)::SMALLINT FROM jsonb_array_elements(%s::jsonb) v'
UPDATE = (
    'UPDATE touch t SET "by" = v."by" FROM (SELECT (v->>0)::TEXT "by", (v->>1)::SMALLINT "bucket"'
    " FROM jsonb_array_elements(%s::jsonb) v) v WHERE t.bucket = v.bucket"
)


@pytest.mark.parametrize(
    ("sql", "values", "found"),
    [
        ("SELECT name FROM setting", (), set()),
        ("SELECT 1 FROM touch t WHERE t.tenant_id = %s AND t.bucket = %s", ("main", 7), {7}),
        ("DELETE FROM watch WHERE bucket = %s AND customer = %s", (9, "c1"), {9}),
        ("SELECT 1 FROM follow_up t WHERE t.wake <= %s AND t.bucket BETWEEN %s AND %s", (1, 3, 5), {3, 4, 5}),
        ("SELECT 1 FROM follow_up t WHERE t.wake <= %s AND t.bucket IN (3, 40)", (1,), {3, 40}),
        (KEYED, (json.dumps(["0007c:c1", "4095a:k"]), "main"), {7, 4095}),
        (INSERT, (json.dumps([[7, "x"], [8, "y"]]),), {7, 8}),
        (UPDATE, (json.dumps([["Lena", 7]]),), {7}),
        ("SELECT 1 FROM touch WHERE tenant_id = %s", ("main",), set(range(BUCKETS))),
    ],
)
def test_where_a_statement_looks_is_read_from_it(sql: str, values: tuple, found: set[int]):
    assert set(crossing.buckets(sql, values)) == found


@pytest.fixture
def store() -> Store:
    choose("groups")
    return a_store()


@pytest.mark.postgres
def test_a_transaction_that_leaves_its_group_is_found(store: Store):
    with pytest.raises(AssertionError, match=r"groups \[10, 14\]"), crossing.held(), store.writing() as tx:
        tx.customers.hold(["c1", "c2"])


@pytest.mark.postgres
def test_one_that_is_rolled_back_or_reads_is_not(store: Store):
    with crossing.held():
        with store.reading() as tx:
            tx.customers.get(["c1", "c2"])
        with pytest.raises(ZeroDivisionError), store.writing() as tx:
            raise ZeroDivisionError(tx.customers.hold(["c1", "c2"]))


@pytest.mark.postgres
def test_what_crosses_must_be_on_the_list(store: Store):
    with crossing.held() as crossed, store.writing("a customer is erased") as tx:
        tx.customers.hold(["c1", "c2"])
    assert crossed == {"a customer is erased"}
    with pytest.raises(AssertionError, match="a whim"), crossing.held(), store.writing("a whim") as tx:
        tx.customers.hold(["c1", "c2"])


@pytest.mark.postgres
def test_a_program_that_reserves_in_one_transaction_is_found(monkeypatch: pytest.MonkeyPatch):
    """The protocol switched off: addresses are written where their customers are."""
    choose("groups")
    store = a_store()
    monkeypatch.setattr("outreach.store.store.Elsewhere", lambda _: None)
    monkeypatch.setattr("outreach.store.store.Elsewhere.stored", lambda _: None, raising=False)
    with pytest.raises(AssertionError, match="groups"), crossing.held():
        an_engine(rules_of(a_rule()), a_customer(), store=store)


@pytest.mark.postgres
def test_work_that_turns_out_to_cross_is_begun_anew_over_all_groups(store: Store):
    tries: list[bool] = []

    def work(tx) -> str:
        tries.append(tx.elsewhere is None)
        tx.customers.hold(["c1"])
        tx.cross("a customer is erased")
        tx.customers.hold(["c2"])
        return "done"

    with crossing.held() as crossed:
        assert store.write(work) == "done"
    assert tries == [False, True]
    assert crossed == {"a customer is erased"}
    with pytest.raises(CrossingError), store.writing() as tx:
        tx.cross("anything")


def test_where_all_share_a_transaction_nothing_crosses():
    with Store(a_store().engine, b"test").writing() as tx:
        tx.cross("anything")
        assert tx.ask(lambda same: same is tx)


def test_the_list_is_what_the_program_says_and_what_is_documented():
    said = {
        why
        for file in (ROOT / "outreach").rglob("*.py")
        for why in re.findall(r"\.cross\(\"([^\"]+)\"\)", file.read_text(encoding="utf-8"))
    }
    assert said == crossing.MAY_CROSS
    documented = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^- `([^`]+)`:", documented, re.MULTILINE)) == said


def test_a_topology_shares_all_buckets_out():
    groups = TOPOLOGIES["groups"]
    assert [groups.number(b) for b in (0, 255, 256, BUCKETS - 1)] == [0, 0, 1, 15]
    assert groups.split([300, 1, 2, 301], int) == [[1, 2], [300, 301]]
    assert TOPOLOGIES["one"].split([300, 1], int) == [[300, 1]]
    assert TOPOLOGIES["one"].split([], int) == groups.split([], int) == []
    odd = Topology((Buckets(0, 4095, frozenset(range(0, 4096, 2))), Buckets(1, 4095, frozenset(range(1, 4096, 2)))))
    assert odd.split([1, 2, 3], int) == [[2], [1, 3]]


def test_a_worker_apart_goes_where_there_is_work_and_stays_there_for_a_transaction():
    turn = Turn(BY_RANGE, "w", apart=True)
    turn.move([300, 10, 301])
    first = turn.here
    turn.move([300, 10, 301])
    assert {first, turn.here} == {BY_RANGE[0], BY_RANGE[1]}
    asked: list[Buckets] = []
    turn.find(lambda some: asked.append(some) or [], 5, int)
    assert asked == [turn.here] == [turn.reach]
    assert Turn(BY_RANGE, "w").reach == ALL
