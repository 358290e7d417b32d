"""`outreach db backup`, `restored`, `reopen` as a person calls them, and what everything else says meanwhile."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from tests.cli.conftest import CUSTOMERS, EVENTS, Run, business, jsonl, run
from tests.scheduler.workers import environment, processes
from tests.web.conftest import house
from tests.web.house import House
from tests.wire.server import refused_port

__all__ = ["business", "house", "run"]


@pytest.fixture
def filled(business: Path, run: Run) -> Path:
    assert run("customers", "import", jsonl(business / "c.jsonl", CUSTOMERS)).code == 0
    assert run("ingest", jsonl(business / "e.jsonl", EVENTS)).code == 0
    return business


def rows(file: Path) -> int:
    with sqlite3.connect(file) as conn:
        return int(conn.execute("SELECT count(*) FROM event").fetchone()[0])


def test_a_backup_is_whole_and_names_the_key(filled: Path, run: Run):
    done = run("db", "backup", "copy.db")
    assert done.code == 0
    assert f"Keep {filled / 'outreach.key'} with it" in done.out
    assert rows(filled / "copy.db") == 2
    assert (filled / "copy.db").stat().st_mode & 0o077 == 0
    again = run("db", "backup", "copy.db")
    assert (again.code, again.err) == (
        1, "outreach: copy.db exists: name a new file, so that no older backup is lost\n"
    )  # fmt: skip
    nowhere = run("db", "backup", "no/such/copy.db")
    assert "outreach: the copy can't be written to no/such/copy.db: No such file or directory" in nowhere.err
    assert not list(filled.glob("*.part"))


def test_a_backup_while_others_write_is_one_moment_of_it(filled: Path, run: Run):
    """Each transaction writes two rows: a copy with an odd number would have torn one."""
    stop, begun = threading.Event(), threading.Event()

    def write() -> None:
        with sqlite3.connect(filled / "outreach.db", timeout=30) as conn:
            n = 0
            while not stop.is_set() and n < 5000:
                with conn:
                    for half in "ab":
                        conn.execute("INSERT INTO setting VALUES (?, 'x')", (f"n{n}{half}",))
                n += 1
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(10)
    try:
        assert run("db", "backup", "copy.db").code == 0
    finally:
        stop.set()
        writer.join()
    with sqlite3.connect(filled / "copy.db") as conn:
        found = conn.execute("SELECT count(*) FROM setting WHERE value = 'x'").fetchone()[0]
    assert found > 0
    assert found % 2 == 0


def test_from_backup_to_open_again(filled: Path, run: Run):
    run("db", "backup", "copy.db")
    for end in ("-wal", "-shm"):
        (filled / f"outreach.db{end}").unlink(missing_ok=True)
    shutil.copy("copy.db", "put-back.db")
    Path("put-back.db").replace("outreach.db")  # this process still has the old one open
    with processes(environment(filled), filled / "log") as started:
        worker = started.ready(started.start("worker"))
        assert worker.end() == 0
        assert "QUARANTINE: the database was restored" in (filled / "log").read_text()
    doctor = run("doctor")
    assert doctor.code == 1
    assert "QUARANTINE: the database was restored (noticed " in doctor.out.replace("\n", " ")
    resumed = run("resume")
    assert resumed.code == 1
    assert "nothing goes out until you run `outreach db reopen`" in resumed.err
    assert run("ingest", jsonl(filled / "more.jsonl", [EVENTS[0] | {"id": "e9"}])).code == 0
    sent = jsonl(filled / "sent.jsonl", [{"channel": "sms", "to": "+1 212 555 0101", "at": "2026-11-11T15:00:00Z"}])
    done = run("db", "reopen", "--events", "e.jsonl", "--sent", sent)
    assert (done.code, done.err) == (0, "")
    assert "0 events taken as history, 1 message entered, 0 of them planned here" in done.out
    assert "QUARANTINE" not in run("doctor").out
    again = run("db", "reopen")
    assert "outreach: the database is not in quarantine" in again.err


def test_without_its_key_a_database_is_not_given_another(filled: Path, run: Run):
    (filled / "outreach.key").rename(filled / "safe")
    for _ in range(2):
        assert f"{Path('outreach.key')} is missing, the key that this database was made with" in run("why", "ann").err
    (filled / "safe").rename(filled / "outreach.key")
    assert run("why", "ann").code == 0


def test_saying_that_it_was_restored(filled: Path, run: Run):
    assert "in quarantine" in run("db", "restored").out
    done = run("db", "reopen", "--json")
    assert done.code == 0
    assert done.json["told"] is False
    run("db", "restored")
    done = run("db", "reopen")
    assert "Without --events a STOP that came since the backup is not known." in done.err
    assert "Without --sent nobody knows what went out since the backup" in done.err


def test_a_copy_of_the_whole_folder_is_not_started_beside_the_first(filled: Path, run: Run, tmp_path: Path):
    run("db", "backup", "copy.db")
    shutil.copytree(filled, tmp_path / "twin")
    twin = environment(tmp_path / "twin") | {"OUTREACH_PORT": str(refused_port())}
    with processes(twin, tmp_path / "log") as started:
        assert started.start("serve").popen.wait(30) == 1
    assert "is a copy of" in (tmp_path / "log").read_text()


def test_pages_and_probes_say_so(house: House):
    house.app.store.write(lambda tx: tx.house.quarantine(house.clock.instant))
    page = house.client.get("/").text
    assert "<strong>Quarantine</strong> since" in page
    assert "Resume everything" not in page
    ready = house.client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert "outreach db reopen" in ready.json()["quarantine"]
    house.app.store.write(lambda tx: tx.house.reopen())
    assert house.client.get("/readyz").json() == {"status": "ready"}
