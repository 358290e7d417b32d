"""`outreach db move`: everything arrives, the cadence goes on as if nothing had happened, and never do both work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from outreach.bootstrap import open_store
from outreach.errors import DatabaseError, InputError
from outreach.settings import Settings
from outreach.store import moving, schema
from outreach.store.database import open_engine, transaction
from outreach.store.moving import Place
from outreach.store.store import Store
from tests.cli.conftest import CUSTOMERS, EVENTS, Run, business, jsonl, run
from tests.support import postgres
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of

__all__ = ["business", "run"]

RULES = rules_of(
    a_rule("sms: {at: in 1 hour, valid_for: 3 days, template: hi}"),
    a_rule("call: {at: in 2 hours, script: hi}", name="ring", on="visit"),
    cadence="{min_gap: 20 hours, caps: [{max: 2, per: 7 days}], holidays: none}",
)
WAYS = [
    pytest.param(("sqlite", "postgres"), marks=pytest.mark.postgres),
    pytest.param(("postgres", "sqlite"), marks=pytest.mark.postgres),
    pytest.param(("sqlite", "sqlite")),
]


class Half(Exception):
    """The power went."""


@pytest.fixture
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Place, Place]]:
    """Two databases at this version's schema, of the kinds that were asked for."""
    made = []
    for n, kind in enumerate(request.param):
        url = f"sqlite:///{tmp_path}/{n}.db" if kind == "sqlite" else postgres.made()
        made.append((kind, url, open_engine(url)))
        schema.upgrade(made[-1][2])
    yield Place(made[0][2], "the old one"), Place(made[1][2], "the new one")
    for kind, url, engine in made:
        engine.dispose()
        if kind != "sqlite":
            postgres.dropped(url)


both_ways = pytest.mark.parametrize("places", WAYS, indirect=True)
simply = pytest.mark.parametrize("places", [("sqlite", "sqlite")], indirect=True)


def a_business(place: Place, at: str = "2026-11-02T15:00") -> Business:
    store = Store(place.engine, b"test")
    return an_engine(RULES, *(a_customer(f"c{i}", phone=f"+1212555{i:04d}") for i in range(3)), at=at, store=store)


def filled(place: Place) -> Business:
    """One was sent an SMS, one is to be, one is to be called."""
    shop = a_business(place)
    shop.tell("purchase", "c0")
    shop.wait("2026-11-02T17:00")
    shop.tell("purchase", "c1")
    shop.tell("visit", "c2", note="with a \x00 in it")
    return shop


def contents(place: Place) -> dict[str, list[Any]]:
    """All rows, but for what tells the databases apart."""
    with transaction(place.engine, reading=True) as conn:
        return {
            name: sorted(str(tuple(row)).replace("\\\\u0000", "\u2400") for row in conn.execute(select(table)))
            for name, table in schema.tables().items()
            if name != "setting"
        }


@both_ways
def test_everything_arrives_and_the_cadence_goes_on(places: tuple[Place, Place]):
    old, new = places
    filled(old)
    before = contents(old)
    heard: list[tuple[int, int]] = []
    number = moving.move(old, new, lambda done, all: heard.append((done, all)))
    assert number == sum(map(len, before.values())) > 15
    assert heard[-1][0] >= number
    assert contents(new) == before
    shop = an_engine(RULES, at="2026-11-02T17:01", store=Store(new.engine, b"test"), agreed=False)
    shop.tell("purchase", "c0")  # she was sent an SMS an hour ago, by the old one
    shop.wait("2026-11-03T11:59")
    assert [f.state for f in shop.all("c0")] == ["sent", "scheduled"]
    assert shop.one(customer="c1").state == "sent"
    assert shop.one("ring", customer="c2").state == "listed"
    shop.wait("2026-11-03T12:01")
    assert shop.states("c0") == ["sent", "sent"]


@both_ways
def test_whoever_still_has_the_old_one_open_is_refused(places: tuple[Place, Place]):
    old, new = places
    shop = filled(old)
    moving.move(old, new)
    with pytest.raises(DatabaseError, match=r"moved to .* sealed: stop this program, and set OUTREACH_DATABASE_URL"):
        shop.tell("purchase", "c2")
    shop.clock.instant += timedelta(hours=3)
    with pytest.raises(DatabaseError, match="sealed"):
        shop.engine.dispatch()
    assert shop.engine.senders["sms"] is not None
    assert shop.one(customer="c1").state == "scheduled"
    with pytest.raises(InputError, match="was moved to the new one already, and that is open"):
        moving.move(old, new)
    with pytest.raises(InputError, match="was moved to the new one already: name that"):
        moving.move(old, Place(new.engine, "a third one"))


@both_ways
def test_broken_off_while_rows_are_copied_the_old_one_works_on(places: tuple[Place, Place]):
    old, new = places
    shop = filled(old)

    def fail(done: int, _all: int) -> None:
        if done > 5:
            raise Half

    with pytest.raises(Half):
        moving.move(old, new, fail)
    shop.tell("purchase", "c2")
    before = contents(old)
    assert moving.move(old, new)
    assert contents(new) == before


@both_ways
def test_broken_off_before_the_seal_the_new_one_waits(places: tuple[Place, Place], monkeypatch: pytest.MonkeyPatch):
    """Its rows are stored there, and the old one knows nothing of it: it works on, the new one is closed."""
    old, new = places
    shop = filled(old)
    with monkeypatch.context() as patched:
        patched.setattr(moving, "_seal", failing)
        with pytest.raises(Half):
            moving.move(old, new)
    with pytest.raises(DatabaseError, match="being moved here from the old one, or that was broken off"):
        moving.refuse(facts(new), "x")
    moving.refuse(facts(old), "x")
    shop.tell("purchase", "c2")
    before = contents(old)
    with pytest.raises(InputError, match="is being filled from the old one"):
        moving.move(Place(old.engine, "another one"), new)
    moving.move(old, new)
    assert contents(new) == before
    moving.refuse(facts(new), "x")


@simply
def test_broken_off_after_the_seal_neither_works_until_it_is_run_again(places: tuple[Place, Place]):
    old, new = places
    filled(old)
    moving.move(old, new)
    settings = schema.tables()["setting"]
    with transaction(new.engine) as conn:  # the last step was not done
        conn.execute(insert(settings), {"name": moving.ARRIVING, "value": "the old one"})
    for place, said in ((old, "was moved to the new one"), (new, "is being moved here")):
        with pytest.raises(DatabaseError, match=said):
            moving.refuse(facts(place), "x")
    assert moving.move(old, new) == 0
    moving.refuse(facts(new), "x")


@simply
def test_a_full_target_and_an_empty_source_are_refused(places: tuple[Place, Place]):
    old, new = places
    with pytest.raises(InputError, match="the old one holds nothing to move"):
        moving.move(old, new)
    filled(old)
    filled(new)
    before = contents(new)
    with pytest.raises(InputError, match=r"the new one isn't empty \(table \w+\)"):
        moving.move(old, new)
    assert contents(new) == before


@simply
def test_a_row_that_was_lost_on_the_way_is_noticed(places: tuple[Place, Place], monkeypatch: pytest.MonkeyPatch):
    old, new = places
    filled(old)
    whole = moving._pieces
    monkeypatch.setattr(moving, "_pieces", lambda *given: ([*p[:-1]] if len(p) > 1 else p for p in whole(*given)))
    with pytest.raises(DatabaseError, match=r"the new one has \d+ rows of \w+ where there were \d+: nothing was kept"):
        moving.move(old, new)
    assert not any(contents(new).values())


@pytest.mark.postgres
def test_as_a_person_calls_it(business: Path, run: Run):
    url = postgres.made()
    try:
        assert run("customers", "import", jsonl(business / "c.jsonl", CUSTOMERS)).code == 0
        assert run("ingest", jsonl(business / "e.jsonl", EVENTS)).code == 0
        done = run("db", "move", url)
        assert done.code == 0, done.err
        assert f"OUTREACH_SECRET_FILE={business / 'outreach.key'}" in done.out.replace("\n", "")
        refused = run("why", "c1")
        assert refused.code == 1
        assert "was moved to postgresql://" in refused.err
        key = (business / "outreach.key").read_text().strip()
        there = Settings(database_url=url, secret=key)
        with open_store(there).reading() as tx:
            assert tx.customers.count() == len(CUSTOMERS)
        again = run("db", "move", url)
        assert again.code == 1
        assert "there's nothing to do" in again.err
        for odd, said in (
            (f"sqlite:///{business}/outreach.db", "where it lies already"),
            ("sqlite://", "memory keeps"),
        ):
            assert said in run("db", "move", odd).err
        assert "there is no database" in run("db", "move", url, "--database", "sqlite:///none.db").err
    finally:
        postgres.dropped(url)


def facts(place: Place) -> dict[str, str]:
    with transaction(place.engine, reading=True) as conn:
        rows = conn.execute(select(schema.tables()["setting"]))
        return {row.name: row.value for row in rows}


def failing(*_: object) -> None:
    raise Half
