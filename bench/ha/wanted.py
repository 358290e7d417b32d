"""What the cluster is to be like, and Patroni's settings for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.ha.parts import Parts

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`ttl` in seconds: so long a leader that went silent keeps its key. `strict`: without a synchronous standby
    nothing is written at all."""

    nodes: int = 3
    etcd: int = 1
    synchronous: bool = True
    strict: bool = False
    ttl: int = 20


def node_settings(w: Wanted, parts: Parts, folder: Path, port: int, api: int, etcd: str, secret: str) -> dict[str, Any]:
    """Patroni's settings of one node; docs/high-availability.md says which of them matter."""
    beat = max(1, w.ttl // 5)
    parameters = {
        "max_connections": 100, "shared_buffers": "128MB", "wal_keep_size": "256MB",
        "idle_in_transaction_session_timeout": "10s", "unix_socket_directories": str(folder),
    }  # fmt: skip
    return {
        "scope": "outreach", "name": folder.name,
        "restapi": {"listen": f"127.0.0.1:{api}", "connect_address": f"127.0.0.1:{api}"},
        "etcd3": {"hosts": etcd},
        "bootstrap": {
            "dcs": {
                "ttl": w.ttl, "loop_wait": beat, "retry_timeout": max(3, (w.ttl - beat) // 2),
                # An asynchronous cluster would rather not lead than lose so much; here it is to show what it loses.
                "maximum_lag_on_failover": MEGABYTE if w.synchronous else 1024 * MEGABYTE,
                "synchronous_mode": w.synchronous, "synchronous_mode_strict": w.strict,
                "postgresql": {"use_pg_rewind": True, "use_slots": True},
            },
            "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
        },
        "postgresql": {
            "listen": f"127.0.0.1:{port}", "connect_address": f"127.0.0.1:{port}", "data_dir": str(folder / "data"),
            "bin_dir": str(parts.postgresql), "pgpass": str(folder / "pgpass"), "parameters": parameters,
            "pg_hba": [
                "local all all scram-sha-256",
                "host all all 127.0.0.1/32 scram-sha-256",
                "host replication replicator 127.0.0.1/32 scram-sha-256",
            ],
            "authentication": {
                "superuser": {"username": "postgres", "password": secret},
                "replication": {"username": "replicator", "password": secret},
                "rewind": {"username": "rewinder", "password": secret},
            },
            "remove_data_directory_on_rewind_failure": True,
            "remove_data_directory_on_diverged_timelines": True,
        },
    }  # fmt: skip
