"""Callbacks come late, twice and in any order; what they leave behind is the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from outreach.proof.proving import prove
from tests.web.callers import SETTINGS, SendGrid, Twilio
from tests.web.house import MAYA, House, open_house
from tests.web.test_hooks import RULES, YES, attempts, buys, history
from tests.web.test_hooks import TOM as HE

TOM = replace(HE, phone="+12125550155")
Call = Callable[[Twilio, SendGrid, dict[str, str]], Any]

CALLS: Sequence[Call] = (
    lambda t, g, a: t.status(1, "queued", a["sms"]),
    lambda t, g, a: t.status(1, "sent", a["sms"]),
    lambda t, g, a: t.status(1, "delivered", a["sms"]),
    lambda t, g, a: t.status(2, "undelivered", a["tom"], "30006"),
    lambda t, g, a: t.status(2, "sent", a["tom"]),
    lambda t, g, a: t.text(3, "START"),
    lambda t, g, a: t.text(4, "please don't text me again"),
    lambda t, g, a: t.text(5, "STOP", sender="+12125550777"),
    lambda t, g, a: g.call([g.event(1, "processed", a["email"]), g.event(2, "delivered", a["email"])]),
    lambda t, g, a: g.call([g.event(3, "bounce", a["email"], reason="550"), g.event(2, "delivered", a["email"])]),
    lambda t, g, a: g.call([g.event(4, "click", a["email"], url="https://x.example")]),
    lambda t, g, a: g.call([g.event(n, "spamreport", email=TOM.email) for n in (5, 6)]),
    lambda t, g, a: g.call([g.event(7, "group_unsubscribe", email=TOM.email)]),
)  # fmt: skip


def a_shop(folder: str) -> House:
    house = open_house(Path(folder), rulebook=RULES, secret="the same in every house", **SETTINGS)
    house.app.engine.save_customers([(c, YES) for c in (MAYA, TOM)])
    buys(house, "maya", "tom")
    return house


def left_behind(order: Sequence[int]) -> list[Any]:
    """Everything that counts, after these calls."""
    with TemporaryDirectory() as folder:
        house = a_shop(folder)
        named = {channel: a.id for channel, a in attempts(house).items()} | {"tom": attempts(house, "tom")["sms"].id}
        for number in order:
            assert CALLS[number](Twilio(house), SendGrid(house), named).status_code == 200
        with house.app.store.reading() as tx:
            kept = [
                sorted(tx.house.read(sql))
                for sql in (
                    "SELECT address_key, channel, reason FROM suppression", "SELECT customer, state FROM follow_up",
                    "SELECT customer, channel, delivery, state FROM attempt", "SELECT subject, id, state FROM touch",
                    "SELECT provider, id FROM callback", "SELECT customer, channel, purpose, given, at FROM consent",
                    "SELECT customer, name, opened FROM hold",
                )
            ]  # fmt: skip
        told = [sorted(map(repr, history(house, c))) for c in ("maya", "tom")]
        faults = list(prove(house.app.store, house.app.engine.policy, house.clock.now() + timedelta(hours=1)).faults)
        house.client.close()
        house.app.store.engine.dispose()
        return [*kept, told, faults]


#: Each plays a whole house; OUTREACH_TEST_HOSTILE tries more of them.
EXAMPLES = int(os.environ.get("OUTREACH_TEST_HOSTILE", "60")) // 15
ORDERS = st.permutations(range(len(CALLS))).flatmap(
    lambda order: st.lists(st.sampled_from(order), max_size=6).map(lambda again: [*order, *again])
)


@settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(ORDERS)
def test_in_any_order_and_as_often_as_they_come(order: Sequence[int]):
    assert left_behind(order) == IN_ORDER


IN_ORDER = left_behind(range(len(CALLS)))


def test_and_it_is_not_nothing():
    suppressed, _, sent, *_, faults = IN_ORDER
    assert {(scope, reason) for _, scope, reason in suppressed} >= {
        ("sms", "stop"), ("sms", "provider:30006"), ("email", "provider:bounced"), ("email:all", "consent.withdrawn"),
    }  # fmt: skip
    assert {delivery for _, _, delivery, _ in sent} >= {"delivered", "undelivered"}
    assert faults == []
