"""Looking customers up by the beginnings of their names, on every kind of database."""

from __future__ import annotations

import pytest

from outreach.store import finding
from outreach.store.finding import Finding, Found, plain
from outreach.store.store import Store
from outreach.store.views import Place
from tests.support.business import a_customer, a_store
from tests.support.guarded import NOON

pytestmark = pytest.mark.every_database("partitioned")


@pytest.fixture
def store() -> Store:
    made = a_store()
    with made.writing() as tx:
        tx.customers.save([a_customer(f"c{n}", first_name="Zoë", last_name=f"N{n}") for n in range(30)], NOON)
        tx.customers.save([a_customer("x", first_name="Jürgen", last_name="Müller-Ax")], NOON)
    return made


def like(store: Store, words: str, after: Place | None = None, limit: int = 50) -> Found:
    with store.reading() as tx:
        return Finding(tx.house.conn, tx.tenant).like(words, after, limit)


def test_the_beginnings_of_names_in_any_order_without_marks(store: Store):
    assert like(store, "ax jurg").ids == ["x"]
    assert like(store, "MÜLLER").ids == ["x"]
    assert len(like(store, "zoe").ids) == 30
    assert like(store, "oe").ids == []
    assert like(store, "").ids == []


def test_each_is_found_once_page_by_page(store: Store):
    seen: list[str] = []
    page = like(store, "zoe", limit=7)
    seen += page.ids
    while page.next:
        page = like(store, "zoe", page.next, limit=7)
        seen += page.ids
    assert len(seen) == len(set(seen)) == 30


def test_no_more_is_read_than_is_bounded(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(finding, "PIECE", 4)
    monkeypatch.setattr(finding, "MOST", 8)
    pages, page = 1, like(store, "jur")
    while page.next:
        assert page.ids == [] or page.ids == ["x"]
        page, pages = like(store, "jur", page.next), pages + 1
    assert pages == 4


def test_plain_letters():
    assert plain("Ångström ﬁ ÇA") == "angstrom fi ca"
