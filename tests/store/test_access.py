"""The book of who may come in does the same on every kind of database; two administrators can't lose each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from outreach import dry_run
from outreach.errors import InputError
from outreach.staff import accounts, keys, passwords, sessions
from outreach.store.store import Store
from tests.support.business import a_store
from tests.support.guarded import DAY, HOUR, NOON
from tests.web.crew import CHEAP, PASSWORD

pytestmark = pytest.mark.every_database("partitioned")
LASTING = sessions.Lasting()


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(passwords, "HASHER", CHEAP)
    made = a_store()
    accounts.add(made, "Ada", "admin", NOON, PASSWORD)
    return made


def who(store: Store, word: str, at: object = NOON) -> str | None:
    with store.reading() as tx:
        found = sessions.whose(tx, word, at, LASTING)  # type: ignore[arg-type]
    return found[0].name if found else None


def test_a_life_of_a_session(store: Store):
    ada = sessions.sign_in(store, " ADA", PASSWORD, NOON)
    assert ada is not None
    assert (ada.one_time, ada.active, ada.role, ada.made) == (False, True, "admin", NOON)
    word = sessions.begin(store, ada, NOON, LASTING)
    other = sessions.begin(store, ada, NOON, LASTING)
    with store.reading() as tx:
        session = tx.access.session(sessions.id_of(word))
    assert session is not None
    sessions.click(store, session, NOON + HOUR)
    assert (who(store, word, NOON + 2.5 * HOUR), who(store, other, NOON + 2.5 * HOUR)) == ("Ada", None)
    assert who(store, word, NOON + DAY) is None
    sessions.end(store, word)
    assert (who(store, word), who(store, other)) == (None, "Ada")
    assert sessions.end_all(store, ada.id) == 1
    assert who(store, other) is None


def test_a_session_of_an_account_that_is_closed_is_worth_nothing(store: Store):
    ada = accounts.find(store, "Ada")
    word = sessions.begin(store, ada, NOON, LASTING)
    with store.writing() as tx:
        tx.access.save_account(replace(ada, active=False))  # as by one who signed in at that very moment
    assert who(store, word) is None


def test_a_life_of_a_key(store: Store):
    key, text = keys.add(store, "till", ["read", "ingest"], NOON, lasts=2 * DAY)
    assert keys.check(store, text, NOON + HOUR) is not None
    with store.reading() as tx:
        (kept,) = tx.access.api_keys()
        assert (kept.scopes, kept.used, kept.expires) == ("ingest read", NOON + HOUR, NOON + 2 * DAY)
        assert tx.access.any_key()
    keys.revoke(store, key.id, NOON + HOUR)
    assert keys.check(store, text, NOON + HOUR) is None
    with store.reading() as tx:
        assert not tx.access.any_key()


def test_another_tenant_sees_nothing(store: Store):
    other = Store(store.engine, store.secret, "north")
    _, text = keys.add(store, "till", ["read"], NOON)
    assert sessions.sign_in(other, "Ada", PASSWORD, NOON) is None
    assert keys.check(other, text, NOON) is None
    with other.reading() as tx:
        assert not tx.access.anybody()
        assert tx.access.accounts() == []


def test_two_administrators_who_remove_each_other(store: Store):
    accounts.add(store, "Ben", "admin", NOON, PASSWORD)

    def leave(name: str) -> bool:
        try:
            accounts.remove(store, name)
        except InputError:
            return False
        return True

    if store.engine.dialect.name == "sqlite" and not store.engine.url.database:
        assert [leave("Ada"), leave("Ben")] == [True, False]  # in memory there is one connection
        return
    with ThreadPoolExecutor() as pool:
        assert sorted(pool.map(leave, ("Ada", "Ben"))) == [False, True]


def test_the_mark_of_a_dry_run(store: Store):
    dry_run.begin(store, NOON)
    dry_run.begin(store, NOON + timedelta(days=1))
    assert dry_run._since(store) == NOON
    assert dry_run.end(store, "dry-run", NOON) == 0
    assert dry_run._since(store) is None
