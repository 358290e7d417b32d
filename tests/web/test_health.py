from __future__ import annotations

from datetime import timedelta

from outreach import __version__
from outreach.scheduler import Heart
from tests.web.house import MONDAY, House, haircut


def test_alive_without_a_scheduler_of_its_own(house: House):
    answer = house.client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": __version__, "scheduler": None, "next_due": None}


def test_it_says_what_is_due_next(house: House):
    house.app.engine.ingest([haircut()])
    assert house.client.get("/healthz").json()["next_due"] == (MONDAY + timedelta(days=1)).isoformat()


def test_alive_while_the_scheduler_lives_and_dead_when_its_thread_is(house: House):
    heart = Heart(house.app.engine)
    object.__setattr__(house.web.state.front, "heart", heart)
    heart.start()
    try:
        told = house.client.get("/healthz")
        assert told.status_code == 200
        assert told.json()["scheduler"]["alive"] is True
        house.clock.instant += timedelta(minutes=10)  # and nobody looked since
        assert house.client.get("/healthz").status_code == 503
        assert "the scheduler has stopped" in house.client.get("/").text
    finally:
        heart.stop()
    assert house.client.get("/healthz").status_code == 503


def test_ready(house: House):
    assert house.client.get("/readyz").json() == {"status": "ready"}


def test_not_ready_without_tables(house: House):
    with house.app.store.engine.begin() as conn:
        conn.exec_driver_sql("DELETE FROM alembic_version")
    answer = house.client.get("/readyz")
    assert answer.status_code == 503
    assert "outreach db upgrade" in answer.json()["reason"]


def test_not_ready_on_a_newer_schema(house: House):
    with house.app.store.engine.begin() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version" in house.client.get("/readyz").json()["reason"]


def test_health_is_told_to_whoever_asks_by_whatever_name(house: House):
    for path in ("/healthz", "/readyz"):
        assert house.guest().get(path, headers={"host": "10.0.0.7:8080"}).status_code == 200


def test_a_database_that_is_gone_does_not_make_the_process_look_dead(house: House):
    house.app.store.engine.dispose()
    database = house.app.store.engine.url.database
    assert database is not None
    with open(database, "r+b") as file:  # noqa: PTH123 - damaged on purpose
        file.write(b"this is no database" * 10)
    answer = house.client.get("/healthz")
    assert answer.status_code == 200
    assert "not an Outreach database" in answer.json()["failure"]
    assert house.client.get("/readyz").status_code == 503
    page = house.client.get("/")
    assert page.status_code == 503
    assert "backup" in page.text
