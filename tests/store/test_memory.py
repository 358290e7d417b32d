"""Threads of one process, and the one connection of a database in memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.support.business import a_store


def test_in_memory_threads_take_turns():
    """There is but one connection; two transactions at once on it would be one inside the other."""
    store = a_store()

    def read_and_write(n: int) -> bool:
        with store.reading() as tx:
            tx.house.paused()
        store.write(lambda tx: tx.house.set(f"n{n}", "x"))
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read_and_write, range(200)))
