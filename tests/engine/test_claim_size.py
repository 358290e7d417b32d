"""How many follow-ups one claim takes: few where a provider keeps each waiting, many where none does."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from outreach.core.follow_up import FollowUp
from outreach.flow.sizing import CLAIM, CLAIM_NATIVE
from outreach.ports import VirtualClock
from outreach.store.database import open_engine
from outreach.store.store import Store
from tests.engine.test_aside import FailsFor
from tests.support.business import (
    Business,
    a_customer,
    a_database,
    a_rule,
    an_empty_file,
    an_engine,
    an_event,
    rules_of,
    utc,
)
from tests.support.senders import ScriptedSender

MANY = 60


def a_shop(**given: object) -> Business:
    """Sixty customers, each with an SMS that is due."""
    people = [a_customer(f"c{i:02d}", phone=f"+121255501{i:02d}") for i in range(MANY)]
    shop = an_engine(rules_of(a_rule("sms: {at: in 1 hour, template: hi}")), *people, **given)  # type: ignore[arg-type]
    shop.engine.ingest([an_event("purchase", person.id) for person in people])
    shop.clock.instant = utc("2026-11-02T16:00")
    return shop


def all_of(shop: Business) -> list[FollowUp]:
    return [f for i in range(MANY) for f in shop.all(f"c{i:02d}")]


@pytest.mark.parametrize(("idempotency", "taken"), [("native", min(MANY, CLAIM_NATIVE)), ("none", min(MANY, CLAIM))])
def test_a_provider_that_keeps_us_waiting_is_given_few_at_once(idempotency: str, taken: int, tmp_path: Path):
    database = a_database()
    if database.dialect.name == "sqlite":  # calls side by side need more than one connection
        database = open_engine(f"sqlite:///{an_empty_file(tmp_path / 'shop.db')}")
    shop = a_shop(senders={"sms": ScriptedSender(idempotency=idempotency)}, store=Store(database, b"test"))
    assert shop.engine.dispatch() == taken
    assert sum(f.state == "sent" for f in all_of(shop)) == taken


def test_after_a_claim_that_failed_less_is_dared_until_it_goes_well_again():
    shop = a_shop()
    faulty = FailsFor("c03", shop.engine.renderer)
    shop.engine.renderer = faulty
    sizes = []
    while size := shop.engine.dispatch():
        sizes.append(size)
    assert sizes[0] == 1
    assert len(sizes) < MANY / 2  # they grow again
    assert {f.customer for f in all_of(shop) if f.state != "sent"} == {"c03"}


class Slow(VirtualClock):
    """A clock that is half a second on whenever somebody looks."""

    def now(self) -> datetime:
        self.instant += timedelta(seconds=0.6)
        return self.instant


def test_after_a_claim_that_took_long_less_is_dared():
    shop = a_shop()
    shop.engine.claim_size, shop.engine.clock = 40, Slow(shop.clock.instant)
    assert [shop.engine.dispatch() for _ in range(2)] == [40, 20]
    quick = a_shop(claim_size=20)
    assert [quick.engine.dispatch() for _ in range(2)] == [20, 20]
