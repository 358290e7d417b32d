"""The business of the drill: a cadence that bites within minutes, customers who share phones, and `outreach` as
processes of their own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.ha import carrier, handles
from bench.ha.cluster import free_ports
from bench.ha.parts import Parts
from bench.ha.waiting import wait_for

GAP, MOST, WINDOW = 60, 3, 600
RULES = f"""\
rules:
  answer:
    on: ping
    purpose: care
    steps:
      - sms: {{at: immediately, valid_for: 1 hour, template: hello}}
cadence:
  min_gap: {GAP} seconds
  caps:
    - {{max: {MOST}, per: {WINDOW} seconds}}
  hours: {{}}
  laws: []
  holidays: none
  unknown_timezone: business
calendars:
  business: {{days: mon-sun, timezone: UTC}}
"""
OUTREACH = [sys.executable, "-c", "from outreach.cli import main; main()"]
#: After so many seconds another worker takes over what a worker was sending.
LEASE = 15


@dataclass(slots=True)
class House:
    """`workers` run `outreach worker`, `door` is `outreach serve`, `post` the provider."""

    parts: Parts
    folder: Path
    address: str
    customers: int
    env: dict[str, str] = field(init=False)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    door: subprocess.Popen[bytes] = field(init=False)
    port: int = field(init=False)
    gave_up: int = 0

    def found(self) -> None:
        """Rules, templates, the provider; then the schema and the customers, by the commands that an operator types."""
        for name, text in (
            ("rules/all.yaml", RULES), ("rules/fields.yaml", "events: {ping: [n]}\n"),
            ("templates/hello.sms.txt", "{{ event.n }} {{ customer.first_name }}"),
        ):  # fmt: skip
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_text(text)
        self.env = self._environment(self._start_carrier())
        self.run("db", "upgrade")
        file = self.folder / "customers.jsonl"
        file.write_text("".join(json.dumps(person(i)) + "\n" for i in range(self.customers)))
        self.run("customers", "import", str(file))

    def _environment(self, provider: int) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("OUTREACH_", "TWILIO_", "PYTHON", "PG"))}
        return kept | {
            "OUTREACH_DATABASE_URL": self.address, "OUTREACH_SECRET": secrets.token_hex(16),
            "OUTREACH_RULES": str(self.folder / "rules"), "OUTREACH_TEMPLATES": str(self.folder / "templates"),
            "OUTREACH_LEASE_SECONDS": str(LEASE), "OUTREACH_SMS": "twilio",
            "OUTREACH_SMS_PER_SECOND": "0", "TWILIO_ACCOUNT_SID": carrier.ACCOUNT,
            "TWILIO_AUTH_TOKEN": carrier.TOKEN, "OUTREACH_TWILIO_FROM": carrier.NUMBER,
            "OUTREACH_TWILIO_BASE_URL": f"http://127.0.0.1:{provider}",
        }  # fmt: skip

    @property
    def sent(self) -> Path:
        return self.folder / "sent.jsonl"

    def _start_carrier(self) -> int:
        log = self.folder / "carrier.log"
        handles.start(self.parts, [sys.executable, "-m", "bench.ha.carrier", str(self.sent)], log, cwd=Path.cwd())
        return int(until_said(log))

    def run(self, *args: str) -> str:
        """A command to its end; what it printed. Raises RuntimeError."""
        done = self._run(*args)
        if done.returncode != 0:
            raise RuntimeError(f"outreach {' '.join(args)}: {done.stdout}{done.stderr}")
        return done.stdout

    def verify(self) -> tuple[str, list[str]]:
        """What `outreach verify` says at its end; and all it says, when it found something."""
        done = self._run("verify")
        said = (done.stdout + done.stderr).strip().splitlines()
        return said[-1] if said else "nothing", said if done.returncode else []

    def _run(self, *args: str) -> subprocess.CompletedProcess[str]:
        command = [*OUTREACH, *args]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=300, check=False)

    def open(self, workers: int) -> None:
        """Begin to serve and to work."""
        self.port = free_ports(1)[0]
        command = [*OUTREACH, "serve", "--port", str(self.port)]
        self.door = handles.start(self.parts, command, self.folder / "serve.log", self.env)
        self.workers = [self.start_worker() for _ in range(workers)]
        wait_for(self.ready, 60, "outreach serve isn't ready")

    def ready(self) -> bool:
        """Whether the door takes events."""
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
            return True
        return False

    def start_worker(self) -> subprocess.Popen[bytes]:
        return handles.start(self.parts, [*OUTREACH, "worker"], self.folder / "workers.log", self.env)

    def kill_worker(self, which: int) -> None:
        """SIGKILL to one of them, and a new one in its place."""
        self.workers[which].kill()
        self.workers[which].wait()
        self.workers[which] = self.start_worker()

    def tend(self) -> None:
        """Start again who ended by himself, as the system's supervisor does: one that starts while nobody leads
        finds no database."""
        for which, worker in enumerate(self.workers):
            if worker.poll() is not None:
                self.gave_up += 1
                self.workers[which] = self.start_worker()

    def close(self) -> None:
        """Tell all to finish what they are at."""
        for process in (*self.workers, self.door):
            handles.stop(process, 30)


def person(i: int) -> dict[str, str]:
    """Of four customers two share a phone, so that caps per address come into it as well."""
    phone = i - 1 if i % 4 == 1 else i
    return {"id": f"c{i}", "first_name": f"c{i}", "phone": f"+1212{2000000 + phone}", "timezone": "UTC"}


def until_said(log: Path) -> str:
    """The first line that a process writes."""
    wait_for(lambda: "\n" in log.read_text(), 20, f"{log.name} stays silent")
    return log.read_text().partition("\n")[0]
