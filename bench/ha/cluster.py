"""The cluster: etcd, and three nodes that agree in it who leads."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench.ha import handles
from bench.ha.node import Node
from bench.ha.parts import Parts
from bench.ha.waiting import wait_for
from bench.ha.wanted import Wanted, node_settings


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody uses at this moment."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


@dataclass(slots=True)
class Cluster:
    """Use it as a context: what it starts it ends, and its folder goes with it."""

    parts: Parts
    wanted: Wanted
    keep: bool = False
    folder: Path = field(init=False)
    nodes: list[Node] = field(default_factory=list)
    keepers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    password: str = field(default_factory=lambda: secrets.token_hex(12))

    def __enter__(self) -> Cluster:
        handles.adopt_orphans()
        self.folder = Path(tempfile.mkdtemp(prefix="outreach-ha-"))
        try:
            self.folder.chmod(0o755)
            self._begin()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """End all. Nothing of it is wanted any more, so nobody is asked to write anything down."""
        for node in self.nodes:
            node.kill()
        for keeper in self.keepers:
            handles.stop(keeper)
        handles.end_all()
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _begin(self) -> None:
        count, n = self.wanted.etcd, self.wanted.nodes
        ports = free_ports(2 * count + 2 * n)
        clients, peers, ports = ports[:count], ports[count : 2 * count], ports[2 * count :]
        for i in range(count):
            self._start_etcd(i, clients[i], peers)
        hosts = ",".join(f"127.0.0.1:{port}" for port in clients)
        for i in range(n):
            folder = self._own(f"node{i + 1}")
            port, api = ports[2 * i : 2 * i + 2]
            settings = node_settings(self.wanted, self.parts, folder, port, api, hosts, self.password)
            self.nodes.append(Node(self.parts, folder.name, folder, port, api, settings))
        self.nodes[0].start()
        wait_for(lambda: self.leader() is not None, 90, "the first node doesn't lead")
        for node in self.nodes[1:]:
            node.start()
        wait_for(self.whole, 120, "the others don't follow")
        self._make_database()

    def _start_etcd(self, i: int, client: int, peers: list[int]) -> None:
        folder = self._own(f"etcd{i + 1}")
        listed = ",".join(f"etcd{k + 1}=http://127.0.0.1:{port}" for k, port in enumerate(peers))
        command = [
            self.parts.etcd, f"--name=etcd{i + 1}", f"--data-dir={folder / 'data'}",
            f"--listen-client-urls=http://127.0.0.1:{client}", f"--advertise-client-urls=http://127.0.0.1:{client}",
            f"--listen-peer-urls=http://127.0.0.1:{peers[i]}",
            f"--initial-advertise-peer-urls=http://127.0.0.1:{peers[i]}", f"--initial-cluster={listed}",
        ]  # fmt: skip
        env = {k: v for k, v in os.environ.items() if not k.startswith("ETCD")}
        self.keepers.append(handles.start(self.parts, command, folder / "etcd.log", env, as_user=True))

    def _own(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        if self.parts.user:
            shutil.chown(folder, self.parts.user)
        return folder

    def _make_database(self) -> None:
        with psycopg.connect(self.address("postgres", "postgres"), autocommit=True) as db:
            db.execute(f"CREATE ROLE outreach LOGIN PASSWORD '{self.password}'")
            db.execute("CREATE DATABASE outreach OWNER outreach")

    def address(self, user: str = "outreach", database: str = "outreach") -> str:
        """All nodes; the driver takes the one that may be written."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return (
            f"postgresql://{user}:{self.password}@{hosts}/{database}?target_session_attrs=read-write&connect_timeout=3"
        )

    def leader(self) -> Node | None:
        """The node that leads and says so itself."""
        return next((node for node in self.nodes if node.leads()), None)

    def roles(self) -> dict[str, str]:
        """Each node that runs, by name: `leader`, or how the leader's log reaches it (`sync`, `async`)."""
        leader = self.leader()
        if leader is None:
            return {}
        standbys = leader.ask("patroni").get("replication", [])
        streaming = {s["application_name"]: s["sync_state"] for s in standbys if s.get("state") == "streaming"}
        return {leader.name: "leader"} | streaming

    def whole(self) -> bool:
        """One leads, all others hear it, and (when it is synchronous) it waits for one of them."""
        roles = self.roles()
        return len(roles) == len(self.nodes) and ("sync" in roles.values() or not self.wanted.synchronous)
