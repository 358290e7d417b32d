"""The book of callbacks: each once, until it is forgotten; and what comes back, where several write."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outreach.core.delivery import News
from outreach.doors.mail_events import MailEvent
from outreach.doors.twilio_forms import Inbound, Progress
from outreach.returning import take_inbound, take_mail, take_progress
from tests.support.business import a_customer, a_rule, a_store, an_engine, rules_of, utc

pytestmark = pytest.mark.every_database

NOW = utc("2026-11-02T15:00")


def test_each_is_taken_once_until_it_is_forgotten():
    store = a_store()
    with store.writing() as tx:
        assert [tx.callbacks.take("twilio", i, 7, NOW) for i in ("a", "a", "b")] == [True, False, True]
        assert tx.callbacks.take("sendgrid", "a", 7, NOW + timedelta(days=1))
        assert tx.callbacks.known("twilio", [("a", 7), ("b", 7), ("c", 7), ("a", 8)]) == {"a", "b"}
        assert tx.callbacks.forget(NOW + timedelta(hours=1)) == 2
        assert tx.callbacks.known("twilio", [("a", 7)]) == set()
        assert tx.callbacks.known("sendgrid", [("a", 7)]) == {"a"}


def test_what_comes_back_is_taken_where_several_write():
    people = [a_customer(), a_customer("c2", email="two@example.com")]
    shop = an_engine(rules_of(a_rule("sms: {at: in 1 hour, template: hi}")), *people)
    shop.tell("purchase")
    shop.wait("2026-11-02T16:30")
    with shop.engine.store.reading() as tx:
        attempt = tx.attempts.of(["c1"])[0]
    told = Progress(id="SM1/delivered/", attempt=attempt.id, news=News(status="delivered", provider_id="SM1"))
    assert [take_progress(shop.engine, told) for _ in range(2)] == ["moved", "again"]
    assert shop.states() == ["delivered"]
    text = Inbound(id="SM2", sender=people[0].phone, text="STOP")
    assert [take_inbound(shop.engine, text) for _ in range(2)] == ["taken", "again"]
    bounce = MailEvent(
        id="b", kind="bounce", attempt="", address="two@example.com", at=NOW,
        news=News(status="undelivered", code="bounced", suppress=True), why="550",
    )  # fmt: skip
    assert [take_mail(shop.engine, [bounce, bounce]), take_mail(shop.engine, [bounce])] == [1, 0]
    with shop.engine.store.reading() as tx:
        found = {(s.scope, s.reason) for p in people for s in tx.customers.suppressed(tx.customers.keys(p).values())}
    assert found == {("sms", "stop"), ("call:marketing", "message.received"), ("email", "provider:bounced")}
