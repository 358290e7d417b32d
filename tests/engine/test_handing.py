"""What a claim knows it hands to the record; who holds the follow-up by then is asked of the database all the same."""

from __future__ import annotations

import pytest

from outreach.flow.claim import LEASE
from outreach.ports import Sent
from tests.support.business import a_rule, an_engine, rules_of, utc
from tests.support.senders import ScriptedSender

pytestmark = pytest.mark.postgres_too
RULES, DUE = rules_of(a_rule()), utc("2026-11-02T16:00")


def test_what_another_worker_has_claimed_anew_is_that_ones_to_record():
    sender = ScriptedSender(idempotency="native")
    first = an_engine(RULES, senders={"sms": sender}, worker="first")
    first.tell("purchase")
    second = an_engine(RULES, senders={"sms": sender}, worker="second", store=first.engine.store)
    first.clock.instant, second.clock.instant = DUE, DUE + LEASE
    _, attempts, _ = first.engine._claim(20)
    _, again, _ = second.engine._claim(20)
    assert [a.id for a in attempts] == [a.id for a in again]
    first.engine._record([(a, Sent(provider_id="late")) for a in attempts])
    assert first.states() == ["claimed"]
    second.engine._record(second.engine.post.send_all(again))
    assert first.states() == ["sent"]
