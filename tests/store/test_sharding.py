"""What makes a PostgreSQL a sharded one (Citus) follows from the tables themselves; and on a real one, where
OUTREACH_CITUS_URL names its coordinator, the engine keeps its word there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import ForeignKeyConstraint, UniqueConstraint, make_url

from outreach.store import schema, sharding
from outreach.store.database import open_engine
from outreach.store.store import Store
from outreach.store.topology import ALL, TOPOLOGIES, Buckets
from tests.support import postgres
from tests.support.business import a_customer, a_rule, an_engine, rules_of

ROOT = Path(__file__).parents[2]
CITUS = os.environ.get("OUTREACH_CITUS_URL", "")


def test_each_table_is_in_exactly_one_list():
    lists = [*sharding.distributed(), *sharding.whole()]
    assert sorted(lists) == sorted(t.name for t in sharding.tables().values())
    assert len(lists) == len(set(lists))
    assert set(sharding.whole()) == postgres.SHARED


@pytest.mark.parametrize(
    "table", [t for t in sharding.tables().values() if "bucket" in t.columns], ids=lambda t: t.name
)
def test_every_key_of_a_distributed_table_leads_with_the_bucket(table):
    assert next(iter(table.primary_key.columns)).name == "bucket"
    unique = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    assert all(next(iter(c.columns)).name == "bucket" for c in [*unique, *(i for i in table.indexes if i.unique)])
    for key in (c for c in table.constraints if isinstance(c, ForeignKeyConstraint)):
        there = key.referred_table.name
        assert there in sharding.whole() or ("bucket" in key.column_keys and there in sharding.distributed())


@pytest.mark.postgres
def test_so_it_is_in_the_database_with_what_no_model_tells():
    """Constraints that only the migrations know (EXCLUDE), and triggers, which a sharded database refuses."""
    with psycopg.connect(url := postgres.taken()) as db:
        found = db.execute(
            "SELECT c.conrelid::regclass::text, c.contype::text, pg_get_constraintdef(c.oid) FROM pg_constraint c"
            " JOIN pg_class t ON t.oid = c.conrelid WHERE t.relnamespace = 'public'::regnamespace"
        ).fetchall()
        triggers = db.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").fetchall()
    postgres.given_back(url)
    distributed = set(sharding.distributed())
    keys = [(table, kind, text) for table, kind, text in found if table in distributed and kind in "pux"]
    assert {table for table, kind, _ in keys if kind == "p"} == distributed
    assert [table for table, kind, _ in keys if kind == "x"] == ["touch"]
    assert all(re.search(r"\(bucket\b", text) for _, _, text in keys), keys
    assert triggers == []


def test_the_commands_are_the_documented_ones():
    documented = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    assert ";\n".join(sharding.commands()) + ";" in documented


def test_buckets_of_a_shard_are_a_group():
    topology = sharding.by_shard({b: 102008 + b % 3 for b in range(4096)})
    assert len(topology.groups) == 3
    assert topology.number(5) == topology.number(8) != topology.number(6)
    assert sum(len(g.some or ()) for g in topology.groups) == 4096
    assert topology.apart


@pytest.mark.postgres
def test_what_the_setting_means(monkeypatch: pytest.MonkeyPatch):
    engine = open_engine(url := postgres.taken())
    assert sharding.topology_of(engine, "one") is TOPOLOGIES["one"]
    assert sharding.topology_of(engine, "groups") is TOPOLOGIES["groups"]
    engine.dispose()
    file = open_engine("sqlite://")
    assert not Store(file, b"x", topology=sharding.topology_of(file, "one")).topology.apart
    postgres.given_back(url)


@pytest.mark.postgres
def test_a_group_of_scattered_buckets_is_asked_for_by_name():
    store = Store(
        open_engine(url := postgres.taken()), b"test", topology=sharding.by_shard(dict.fromkeys(range(4096), 1))
    )
    shop = an_engine(rules_of(a_rule()), a_customer("c1"), store=store)
    shop.tell("purchase")
    with store.reading() as tx:
        mine, others = frozenset({3671, 5}), frozenset({5, 6})
        assert len(tx.follow_ups.due(shop.clock.instant.replace(year=2027), 9, (), Buckets(5, 3671, mine))) == 1
        assert tx.follow_ups.due(shop.clock.instant.replace(year=2027), 9, (), Buckets(5, 6, others)) == []
        assert len(tx.follow_ups.due(shop.clock.instant.replace(year=2027), 9, (), ALL)) == 1
    store.engine.dispose()
    postgres.given_back(url)


@pytest.fixture
def citus() -> Iterator[Store]:
    """An empty schema of this version on the coordinator, distributed. It must be a database for tests only."""
    if not CITUS:
        pytest.skip("no Citus here: set OUTREACH_CITUS_URL to a coordinator's database that may be emptied")
    assert "test" in str(make_url(CITUS).database), "its name must have `test` in it, for everything in it is removed"
    engine = open_engine(CITUS)
    if sharding_is_there(CITUS):
        schema.downgrade(engine, "base")
    schema.upgrade(engine)
    with psycopg.connect(CITUS, autocommit=True) as db:
        for command in sharding.commands(shards=8):
            db.execute(command)  # type: ignore[call-overload]
    yield Store(engine, b"test", topology=sharding.topology_of(engine, "groups"))
    engine.dispose()


def sharding_is_there(url: str) -> bool:
    with psycopg.connect(url) as db:
        return db.execute("SELECT to_regclass('alembic_version')").fetchone() != (None,)


@pytest.mark.citus
@pytest.mark.slow
def test_on_a_real_one_two_who_share_a_phone_are_held_to_one_cadence(citus: Store):
    """Core of the conformance suite: customers and events come in, a claim goes out and is recorded, a batch over all
    groups, one cap for a shared phone, a STOP for both, nothing left to even out, the ledger proved."""
    from outreach.flow.evening import even_group
    from outreach.proof.proving import prove

    assert len(citus.topology.groups) == 8
    rule = a_rule("sms: {at: immediately, template: hi, valid_for: 9 days}")
    cadence = "{min_gap: 0 minutes, caps: [{max: 1, per: 2 days}], holidays: none, hours: {}}"
    others = [a_customer(f"d{n}", phone=f"+121255503{n:02}") for n in range(20)]
    shop = an_engine(rules_of(rule, cadence=cadence), a_customer("c1"), a_customer("c2"), *others, store=citus)
    for customer in ("c1", "c2", *(o.id for o in others)):
        assert shop.tell("purchase", customer).status == "accepted"
        assert shop.tell("purchase", customer).status == "duplicate"
    while shop.engine.dispatch():
        pass
    assert sorted([*shop.states("c1"), *shop.states("c2")]) == ["scheduled cap:1/2d", "sent"]
    assert {state for o in others for state in shop.states(o.id)} == {"sent"}
    shop.tell("message.received", "c1", channel="sms", text="STOP", **{"from": a_customer().phone})
    assert any(s.startswith("suppressed") for s in (*shop.states("c1"), *shop.states("c2")))
    assert sum(even_group(citus, group, shop.clock.instant) for group in citus.topology.groups) == 0
    assert not prove(citus, shop.engine.policy, shop.clock.instant).faults
