"""A sharded PostgreSQL (Citus): which tables are distributed by bucket and which lie whole on every node, the commands
that make it so, and which buckets then lie together."""

from __future__ import annotations

from sqlalchemy import Engine

from outreach.store.database import transaction
from outreach.store.schema import tables
from outreach.store.topology import TOPOLOGIES, Buckets, Topology

#: The table that the others lie beside.
FIRST = "customer"


def distributed() -> list[str]:
    """Tables about customers and addresses: those with a bucket."""
    return [name for name, t in tables().items() if "bucket" in t.columns]


def whole() -> list[str]:
    """Tables of the house, which every node has."""
    return [name for name, t in tables().items() if "bucket" not in t.columns]


def commands(shards: int = 32) -> list[str]:
    """What to run on the coordinator once `outreach db upgrade` has made the tables, one command at a time."""
    first = f"SELECT create_distributed_table('{FIRST}', 'bucket', shard_count => {shards:d})"
    beside = [
        f"SELECT create_distributed_table('{name}', 'bucket', colocate_with => '{FIRST}')"
        for name in distributed()
        if name != FIRST
    ]
    return [first, *beside, *(f"SELECT create_reference_table('{name}')" for name in whole())]


def topology_of(engine: Engine, name: str) -> Topology:
    """What `OUTREACH_TOPOLOGY` means on this database: with `groups` the shards, where it has some, else ranges."""
    if name != "groups" or engine.dialect.name == "sqlite":
        return TOPOLOGIES[name]
    with transaction(engine, reading=True) as conn:
        if not conn.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'citus'").first():
            return TOPOLOGIES[name]
        return by_shard(
            {
                bucket: shard
                for bucket, shard in conn.exec_driver_sql(
                    f"SELECT b, get_shard_id_for_distribution_column('{FIRST}', b::smallint)"
                    " FROM generate_series(0, 4095) b"
                )
            }
        )


def by_shard(shard_of: dict[int, int]) -> Topology:
    """Groups of the buckets that lie in one shard."""
    found: dict[int, set[int]] = {}
    for bucket, shard in shard_of.items():
        found.setdefault(shard, set()).add(bucket)
    return Topology(tuple(Buckets(min(b), max(b), frozenset(b)) for _, b in sorted(found.items())))
