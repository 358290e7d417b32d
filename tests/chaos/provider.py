"""The provider in a process of its own. What it accepted stands in its log, whatever it answered: that is the truth."""

from __future__ import annotations

import json
import os
import random
import signal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.chaos.clock import ShiftedClock
from tests.wire.server import HICCUP, HTML, Heard, Misbehaviour, Said, Wire
from tests.wire.twilio import Twilio, problem

#: How many of a thousand requests go wrong, and how.
MOODS = (
    (15, Misbehaviour(says=HICCUP)),  # it was accepted all the same
    (8, Misbehaviour(cut=0)),
    (8, Misbehaviour(cut=40)),
    (4, Misbehaviour(cut=0, reset=True)),
    (5, Misbehaviour(says=HTML)),
    (10, Misbehaviour(cut=0, ignore=True)),  # it was not
    (10, Misbehaviour(says=problem(429, 20429, "Too Many Requests", Retry_After="1"), ignore=True)),
    (2, Misbehaviour(late=1.5)),
)
CALM = Misbehaviour()


class Logged(Twilio):
    """Writes down each message before anything is answered."""

    def __init__(self, clock: ShiftedClock, log: Path):
        super().__init__(clock.now)
        self._log = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def create(self, heard: Heard, fields: dict[str, str]) -> Said:
        said = super().create(heard, fields)
        if said.status == 201:
            attempt = parse_qs(urlsplit(fields["StatusCallback"]).query)["attempt"][0]
            sid, at = self.messages[-1]["sid"], self.clock().timestamp()
            os.write(
                self._log, json.dumps({"attempt": attempt, "to": fields["To"], "sid": sid, "at": at}).encode() + b"\n"
            )
        return said


def serve(folder: Path, seed: int) -> None:
    """Until it is told to end; its address stands in `address` once it listens."""
    chance = random.Random(seed)
    api = Logged(ShiftedClock(folder / "clock"), folder / "truth.jsonl")

    def mood(heard: Heard) -> Misbehaviour:
        mark = chance.random() * 1000
        for share, how in MOODS:
            mark -= share
            if mark < 0:
                return how
        return CALM

    with Wire(api) as wire:
        wire.moods = mood
        (folder / "address.new").write_text(wire.url)
        (folder / "address.new").replace(folder / "address")
        signal.sigwait({signal.SIGTERM})
