"""The provider: a process of its own, on loopback, that accepts messages the way Twilio does and writes each down.

    python -m bench.ha.carrier LOG

What stands in the log, one JSON object a line, was sent: it lies on the disk before the sender gets its answer.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "token", "+12125550000"
#: How long an answer takes, in seconds: in between, a killed worker doesn't know what came of its message.
SLOW = 0.03


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was accepted: when (Unix seconds), the event it tells of, to which customer, at which number."""

    at: float
    event: str
    customer: str
    to: str


def read(log: Path) -> list[Sent]:
    """Everything that was sent, in its order."""
    found = []
    for line in log.read_text().splitlines():
        told = json.loads(line)
        event, customer = told["Body"].split()[:2]
        found.append(Sent(told["at"], event, customer, told["To"]))
    return found


class Book:
    """The log, appended to by one thread at a time and flushed to the disk."""

    def __init__(self, path: Path):
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self.lock = threading.Lock()
        self.numbers = itertools.count(1)

    def write(self, form: dict[str, str]) -> str:
        """Write a message down; its id."""
        with self.lock:
            sid = f"SM{next(self.numbers):032x}"
            line = json.dumps({"at": time.time(), "sid": sid, "To": form["To"], "Body": form["Body"]}) + "\n"
            os.write(self.file, line.encode())
            os.fdatasync(self.file)
        return sid


class Desk(BaseHTTPRequestHandler):
    """Takes `POST …/Messages.json`."""

    book: Book

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        form = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
        sid = self.book.write(form)
        time.sleep(SLOW)
        reply = json.dumps({"sid": sid, "status": "queued", "to": form["To"], "error_code": None}).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, format: str, *args: object) -> None:
        """The log is the book."""


class Server(ThreadingHTTPServer):
    """A hundred senders may knock at once; one that was killed in the middle of its call is no error of ours."""

    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            raise


def main(log: str) -> None:
    """Serve until told to stop; says its port first."""
    Desk.book = Book(Path(log))
    with Server(("127.0.0.1", 0), Desk) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
