"""The gate of shapes sees a statement that forgets its bucket, and lets reports of the house pass."""

from __future__ import annotations

import pytest

from tests.support import shape
from tests.support.business import a_rule, a_store, an_engine, choose, rules_of


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM follow_up t WHERE t.wake <= %s ORDER BY t.wake LIMIT 5",
        "UPDATE touch SET state = 'released' WHERE id = %s",
        'DELETE FROM "watch" WHERE customer = %s',
        "INSERT INTO event (id) VALUES (%s)",
        "SELECT 1 FROM pause p JOIN customer c ON c.id = p.scope",
    ],
)
def test_what_names_no_bucket_does_not_fit(sql: str):
    assert not shape.fits(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM follow_up t WHERE t.wake <= %s AND t.bucket BETWEEN %s AND %s",
        "UPDATE touch SET state = 'released' WHERE bucket = %s AND id = %s",
        "SELECT name FROM setting",
        "SELECT count(*) FROM customer WHERE tenant_id = %s",
    ],
)
def test_what_names_it_or_is_the_house_s_fits(sql: str):
    assert shape.fits(sql)


@pytest.mark.postgres
def test_a_statement_of_the_program_s_without_a_bucket_is_found(monkeypatch: pytest.MonkeyPatch):
    choose("postgres")
    store = a_store()
    monkeypatch.setattr("outreach.store.follow_ups.FollowUps.within", lambda *_: ("", ()))
    with pytest.raises(AssertionError, match="FROM follow_up t WHERE"), shape.held():
        an_engine(rules_of(a_rule()), store=store).engine.next_wake()
