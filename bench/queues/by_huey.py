"""huey on SQLite: one scheduled task per follow-up, one worker thread."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from huey import SqliteHuey

from bench.queues.watch import Countdown, Took, Watch


def run(url: str, number: int, workers: int) -> Took:
    """`sqlite+ours:///…` opens the file as we do: WAL, synchronous FULL; as it comes, huey leaves that to SQLite."""
    logging.disable()
    options = {"fsync": True} if "+ours" in url else {}
    queue = SqliteHuey("bench", filename=url.partition(":///")[2], **options)
    done, count = threading.Event(), Countdown(number)

    @queue.task()
    def send(customer: str) -> None:
        if count.one():
            done.set()

    watch, due = Watch(), datetime.now() - timedelta(seconds=1)  # noqa: DTZ005 - huey's own clock
    with watch.phase("persist"):
        for i in range(number):
            send.schedule(args=(f"c{i}",), eta=due)
    consumer = queue.create_consumer(workers=1, periodic=False, check_worker_health=False)
    with watch.phase("dispatch"):
        consumer.start()
        assert done.wait(600), f"{count.left} were never done"
    consumer.stop(graceful=True)
    return watch.took
