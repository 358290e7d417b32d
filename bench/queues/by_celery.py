"""Celery on Redis: one message per follow-up, one worker that acknowledges each when it is done."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

from celery import Celery
from celery.contrib.testing.worker import start_worker

from bench.queues.watch import Countdown, Took, Watch


def run(url: str, number: int, workers: int) -> Took:
    """The worker runs in a thread of this process; what it takes to start isn't counted."""
    app, watch = Celery("bench", broker=url), Watch()
    app.conf.update(task_ignore_result=True, task_acks_late=True, worker_hijack_root_logger=False)
    done, begin, count = threading.Event(), threading.Event(), Countdown(number)

    @app.task
    def send(customer: str) -> None:
        if customer == "first":
            begin.wait(60)
        elif count.one():
            done.set()

    logging.disable()
    due = datetime.now(UTC) - timedelta(seconds=1)
    send.delay("first")
    with watch.phase("persist"):
        for i in range(number):
            send.apply_async((f"c{i}",), eta=due)
    worker = start_worker(app, pool="solo", concurrency=1, perform_ping_check=False, shutdown_timeout=30)
    with worker, watch.phase("dispatch"):
        begin.set()
        assert done.wait(600), f"{count.left} were never done"
    return watch.took
