"""procrastinate on PostgreSQL: jobs deferred a thousand at a time, a worker that does ten at a time."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from procrastinate import App, PsycopgConnector

from bench.queues.watch import Countdown, Took, Watch

BATCH = 1000


def run(url: str, number: int, workers: int) -> Took:
    """All in one event loop."""
    logging.disable()
    return asyncio.run(_run(url, number))


async def _run(url: str, number: int) -> Took:
    app, watch, count = App(connector=PsycopgConnector(conninfo=url)), Watch(), Countdown(number)

    @app.task
    async def send(customer: str) -> None:
        count.one()

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        later = send.configure(schedule_at=datetime.now(UTC) - timedelta(seconds=1))
        with watch.phase("persist"):
            for i in range(0, number, BATCH):
                await later.batch_defer_async(*({"customer": f"c{n}"} for n in range(i, min(i + BATCH, number))))
        with watch.phase("dispatch"):
            await app.run_worker_async(wait=False, concurrency=10, install_signal_handlers=False)
    assert not count.left, f"{count.left} were never done"
    return watch.took
