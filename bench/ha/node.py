"""One node of the cluster: a Patroni and its PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.ha import handles
from bench.ha.parts import Parts


@dataclass(slots=True)
class Node:
    """`port` is PostgreSQL's, `api` Patroni's."""

    parts: Parts
    name: str
    folder: Path
    port: int
    api: int
    settings: dict[str, Any]
    patroni: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Begin, or come back: Patroni brings PostgreSQL up and joins the cluster."""
        file = self.folder / "patroni.yml"
        if not file.exists():
            file.write_text(json.dumps(self.settings, indent=1))  # JSON is YAML
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "PATRONI_", "PYTHON"))}
        log = self.folder / "patroni.log"
        self.patroni = handles.start(self.parts, [self.parts.patroni, str(file)], log, env, as_user=True)

    def kill(self) -> None:
        """The whole node at once, as when its power fails: PostgreSQL with all its processes, and Patroni."""
        if self.patroni is None:
            return
        self.patroni.send_signal(signal.SIGSTOP)
        postgres = self.postmaster()
        if postgres:
            handles.kill_tree(postgres)
        handles.kill_tree(self.patroni.pid)
        self.patroni.wait()
        self.patroni = None

    def hang(self) -> None:
        """Patroni stands still, and PostgreSQL goes on: nobody tells it that its time is over."""
        assert self.patroni is not None
        self.patroni.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Patroni wakes, and learns that another leads."""
        assert self.patroni is not None
        self.patroni.send_signal(signal.SIGCONT)

    def postmaster(self) -> int:
        """The number of the running server, 0 when there is none."""
        with suppress(OSError, ValueError, IndexError):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            if Path(f"/proc/{pid}/cwd").resolve() == self.data.resolve():
                return pid
        return 0

    def receiver(self) -> int:
        """The process that receives the leader's log, 0 when there is none."""
        for pid in handles.children(self.postmaster() or -1):
            with suppress(OSError):
                if b"walreceiver" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return pid
        return 0

    def leads(self) -> bool:
        """Whether it leads, as it says itself: the cluster goes on naming a dead leader until its key runs out."""
        return self.patroni is not None and self.ask("patroni").get("role") in ("master", "primary")

    def ask(self, path: str) -> dict[str, Any]:
        """What Patroni says of itself or of the cluster; empty when it doesn't answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.api}/{path}", timeout=2) as reply:
                told: dict[str, Any] = json.load(reply)
                return told
        except urllib.error.HTTPError as error:
            with suppress(ValueError):
                return dict(json.load(error))
        except (OSError, ValueError):
            pass
        return {}
