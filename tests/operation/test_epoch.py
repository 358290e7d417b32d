"""The mark beside the database: when it fits, when it doesn't, and what a copy is told."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from outreach.beside import Beside, epoch_of, quarantined
from outreach.errors import ConfigError, DatabaseError
from outreach.ports import VirtualClock
from outreach.settings import Settings
from outreach.store.database import open_engine
from outreach.store.epoch import Epoch
from outreach.store.store import Store
from tests.support import postgres
from tests.support.business import a_customer, a_store, an_empty_file, utc

NOW = utc("2026-11-02T15:00")


def house(folder: Path, *, people: int = 1) -> Epoch:
    """A SQLite file with somebody in it, and its mark."""
    folder.mkdir(exist_ok=True)
    file = folder / "outreach.db"
    return opened(file if file.exists() else an_empty_file(file), people=people)


def opened(file: Path, *, people: int = 0) -> Epoch:
    store = Store(open_engine(f"sqlite:///{file}"), b"test")
    if people:
        store.write(lambda tx: tx.customers.save([a_customer()], NOW))
    found = epoch_of(Settings(database_url=str(store.engine.url)), store)
    assert found is not None
    return found


def closed(epoch: Epoch) -> Path:
    epoch.store.engine.dispose()
    return Path(epoch.place)


def test_it_fits_time_after_time(tmp_path: Path):
    epoch = house(tmp_path)
    assert [epoch.begin(NOW), epoch.renew(NOW), epoch.begin(NOW), opened(closed(epoch)).begin(NOW)] == [True] * 4
    assert quarantined(epoch.store) == ""


def test_a_file_put_back_from_a_backup_is_noticed(tmp_path: Path):
    epoch = house(tmp_path)
    epoch.begin(NOW)
    shutil.copy(closed(epoch), tmp_path / "backup")
    later = opened(closed(epoch))
    later.renew(NOW)
    shutil.copy(tmp_path / "backup", closed(later))
    back = opened(closed(epoch))
    assert not back.begin(NOW + timedelta(hours=1))
    assert "restored (noticed 2026-11-02T16:00Z)" in quarantined(back.store)
    assert "outreach db reopen" in quarantined(back.store)


def test_a_file_without_its_mark_came_from_elsewhere(tmp_path: Path):
    epoch = house(tmp_path)
    epoch.begin(NOW)
    (tmp_path / "new").mkdir()
    shutil.copy(closed(epoch), tmp_path / "new" / "outreach.db")
    assert not opened(tmp_path / "new" / "outreach.db").begin(NOW)


def test_a_new_database_beside_an_old_mark_is_no_restored_one(tmp_path: Path):
    epoch = house(tmp_path)
    epoch.begin(NOW)
    an_empty_file(closed(epoch))
    assert opened(closed(epoch)).begin(NOW)


def test_a_copy_beside_the_first_is_not_started(tmp_path: Path):
    epoch = house(tmp_path / "first")
    epoch.begin(NOW)
    closed(epoch)
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    copy = opened(tmp_path / "second" / "outreach.db")
    with pytest.raises(
        DatabaseError, match=r"second/outreach.db is a copy of .*first/outreach.db, which is still there"
    ):
        copy.begin(NOW)
    copy.restored(NOW)
    assert copy.begin(NOW)
    assert quarantined(copy.store)


def test_a_folder_that_was_moved_goes_on(tmp_path: Path):
    epoch = house(tmp_path / "first")
    epoch.begin(NOW)
    closed(epoch)
    (tmp_path / "first").rename(tmp_path / "second")
    assert opened(tmp_path / "second" / "outreach.db").begin(NOW)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"id": "a"}', "\x00"])
def test_a_damaged_mark_is_as_good_as_none_that_fits(tmp_path: Path, text: str):
    epoch = house(tmp_path)
    epoch.begin(NOW)
    epoch.file.write_text(text)
    assert not epoch.begin(NOW)


def test_a_place_that_cannot_be_written_says_what_to_do(tmp_path: Path):
    epoch = house(tmp_path)
    nowhere = Epoch(epoch.store, tmp_path / "nowhere" / "outreach.epoch", epoch.place)
    with pytest.raises(ConfigError, match="give this user the right to write there, or set OUTREACH_STATE_DIR"):
        nowhere.begin(NOW)


def test_workers_that_share_it_do_not_disturb_each_other(tmp_path: Path):
    epoch = house(tmp_path)
    epoch.begin(NOW)
    late = epoch.file.read_text()  # another worker has just read this, and writes its own after us
    assert epoch.renew(NOW)
    epoch.file.write_text(late)
    assert epoch.renew(NOW)


def test_a_database_changed_under_a_running_worker_is_noticed(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    epoch = house(tmp_path)
    running = Beside(Settings(database_url=str(epoch.store.engine.url)), epoch.store, VirtualClock(NOW))
    with running:
        epoch.store.write(lambda tx: tx.house.write("UPDATE setting SET value = 'older' WHERE name LIKE 'epoch:%'"))
        running._renew()
    assert "QUARANTINE: the database was restored" in caplog.text


def test_resuming_does_not_end_it_and_every_tenant_is_held():
    store = a_store()
    store.write(lambda tx: tx.house.quarantine(NOW))
    with store.writing() as tx:
        tx.house.pause("*", NOW, "somebody")
        assert tx.house.resume("*")
        assert tx.house.paused() == {"*": NOW}
    with Store(store.engine, b"test", "another").reading() as tx:
        assert tx.house.paused() == {"*": NOW}


@pytest.mark.postgres
def test_on_a_server_another_computer_has_no_mark_yet(tmp_path: Path):
    """And one whose mark is newer than the database tells that it was put back."""
    url = postgres.taken()
    store = Store(open_engine(url), b"test")
    store.write(lambda tx: tx.customers.save([a_customer()], NOW))
    settings = [Settings(database_url=url, state_dir=tmp_path / name) for name in ("one", "two")]
    for each in settings:
        assert each.state_dir is not None
        each.state_dir.mkdir()
    one, two = (found for s in settings if (found := epoch_of(s, store)))
    assert [one.begin(NOW), two.begin(NOW), one.renew(NOW), two.renew(NOW)] == [True] * 4
    before = {k: v for k, v in _epochs(store).items() if k.endswith(one._read().id)}  # type: ignore[union-attr]
    one.renew(NOW)
    store.write(lambda tx: [tx.house.set(k, v) for k, v in before.items()])
    assert two.renew(NOW)
    assert not one.renew(NOW)
    assert epoch_of(Settings(database_url=url), store) is None
    store.engine.dispose()
    postgres.given_back(url)


def _epochs(store: Store) -> dict[str, str]:
    with store.reading() as tx:
        return {k: v for k, v in tx.house.settings().items() if k.startswith("epoch:")}
