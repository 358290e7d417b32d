"""What the rules of a claim ask of the past is asked once for all of it, and comes to what each would be told alone."""

from __future__ import annotations

import pytest

from outreach.store.cards import Cards
from outreach.store.events import Events
from tests.support.business import a_customer, a_rule, an_engine, rules_of

pytestmark = pytest.mark.postgres_too

RULES = rules_of(
    a_rule("sms: {at: in 1 hour, template: past}", when="count('visit', '30 days') >= 1"),
    a_rule(
        """sms: {at: in 2 hours, template: hi}
        sms: {at: 1 hour after previous, when: previous.outcome == 'sent', template: hi}""",
        name="twice", on="knock",
    ),
)  # fmt: skip
MANY = 12


def test_one_question_for_all(monkeypatch: pytest.MonkeyPatch):
    shop = an_engine(RULES, *(a_customer(f"c{n}", phone=f"+1212555{n:04d}") for n in range(MANY)))
    for n in range(MANY):
        shop.tell("visit", f"c{n}", room=f"{n}")
        shop.tell("purchase", f"c{n}")
        shop.tell("knock", f"c{n}")
    asked: list[str] = []
    for book, name in ((Events, "history"), (Cards, "runs_of")):
        plain = getattr(book, name)

        def counted(self, ids, *rest, plain=plain, name=name):  # type: ignore[no-untyped-def]
            ids = list(ids)
            asked.extend([name] if ids else [])
            return plain(self, ids, *rest)

        monkeypatch.setattr(book, name, counted)
    shop.wait("2026-11-02T16:01")
    assert asked == ["history"]
    shop.wait("2026-11-02T18:01")
    assert asked.count("runs_of") == 1
    for n in range(MANY):
        assert shop.states(f"c{n}") == ["sent"] * 3
    with shop.engine.store.reading() as tx:
        texts = [a.body for n in range(MANY) for a in tx.attempts.of([f"c{n}"])]
    assert [t for t in texts if t.startswith("Room")] == [f"Room {n}, then purchase" for n in range(MANY)]
