"""What the senders answer: tried again only when proven unsent, never again when nobody knows."""

from __future__ import annotations

import itertools
from datetime import timedelta
from pathlib import Path

import pytest

from outreach.flow.record import MOST_TRIES, wait
from outreach.ports import Answer, Refused, Sent, Unknown, Unsent
from outreach.store import schema
from outreach.store.attempts import Attempt
from outreach.store.database import open_engine
from outreach.store.store import Store
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of, utc
from tests.support.senders import ScriptedSender

RULES = rules_of(a_rule("sms: {at: in 1 hour, template: hi}"))
DUE = utc("2026-11-02T16:00")
BUSY = Unsent(code="429", text="slow down")


def a_shop(*answers: Answer, rules: str = RULES) -> tuple[Business, ScriptedSender]:
    """Somebody bought something, and her message is due in an hour."""
    sender = ScriptedSender(list(answers))
    shop = an_engine(rules, senders={"sms": sender, "email": sender})
    shop.tell("purchase")
    return shop, sender


def attempts(shop: Business, customer: str = "c1") -> list[Attempt]:
    with shop.engine.store.reading() as tx:
        return tx.attempts.of([customer])


def test_a_clear_yes_is_recorded_with_the_providers_id():
    shop, _ = a_shop(Sent(provider_id="SM1"))
    [attempt] = attempts(shop.wait("2026-11-02T17:00"))
    assert (attempt.state, attempt.provider_id, attempt.body) == ("accepted", "SM1", "Hello Ann")
    assert [t.state for t in shop.touches()] == ["attempted"]


def test_what_is_proven_unsent_is_tried_again_after_longer_and_longer_waits():
    shop, sender = a_shop(BUSY, BUSY, BUSY)
    made = [a.made for a in attempts(shop.wait("2026-11-02T17:00"))]
    waited = [after - before for before, after in itertools.pairwise(made)]
    assert waited == [wait(shop.one().id, tries) for tries in (1, 2, 3)]
    assert made[0] == DUE
    assert (shop.states(), len({m.attempt for m in sender.seen})) == (["sent"], 4)


def test_the_waits_are_spread_over_all_of_a_time_that_doubles_up_to_an_hour():
    for tries, most in ((1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (40, 3600)):
        waits = sorted(wait(f"f{n}", tries).total_seconds() for n in range(400))
        assert 1 <= waits[0] < most * 0.05 + 1
        assert most * 0.95 < waits[-1] <= most
        assert most * 0.42 < waits[200] < most * 0.58


def test_the_provider_may_ask_for_a_longer_wait():
    shop, _ = a_shop(Unsent(code="429", retry_after=600))
    assert [a.made - DUE for a in attempts(shop.wait("2026-11-02T17:00"))][1] == timedelta(minutes=10)


def test_after_so_many_tries_it_gives_up():
    shop, sender = a_shop(*[BUSY] * 9)
    assert shop.wait("2026-11-09T17:00").states() == ["failed provider:429"]
    assert len(sender.seen) == MOST_TRIES


def test_it_gives_up_when_the_next_try_would_come_too_late():
    shop, sender = a_shop(Unsent(code="503", retry_after=86_400))
    assert shop.wait("2026-11-09T17:00").states() == ["failed provider:503"]
    assert len(sender.seen) == 1


def test_an_unsent_message_gives_its_place_back():
    shop, _ = a_shop(*[BUSY] * 9)
    assert shop.wait("2026-11-09T17:00").touches() == []


def test_a_refusal_is_final():
    shop, sender = a_shop(Refused(code="21211", text="no such number"))
    assert shop.wait("2026-11-09T17:00").states() == ["failed provider:21211"]
    assert (len(sender.seen), shop.touches()) == (1, [])


def test_a_refusal_that_speaks_of_an_opt_out_suppresses_the_address():
    shop, sender = a_shop(Refused(code="21610", suppress=True))
    shop.wait("2026-11-03T17:00").tell("purchase")
    assert shop.wait("2026-11-09T17:00").states() == ["suppressed provider:21610", "suppressed suppressed:sms"]
    assert len(sender.seen) == 1


def test_what_may_have_been_sent_counts_and_is_never_sent_again():
    rules = rules_of(a_rule(), cadence="{min_gap: 0 minutes, caps: [{max: 1, per: 30 days}], holidays: none}")
    shop, sender = a_shop(Unknown(code="timeout"), rules=rules)
    shop.wait("2026-11-04T17:00").tell("purchase")
    assert shop.wait("2026-11-09T17:00").states() == ["unknown unknown:timeout", "expired cap:1/30d"]
    assert ([t.state for t in shop.touches()], len(sender.seen)) == (["unknown"], 1)


def test_a_pause_between_the_claim_and_the_call_is_heard():
    shop, sender = a_shop()

    def pause() -> None:
        with shop.engine.store.writing() as tx:
            tx.house.pause("*", shop.clock.instant, "Kim")

    shop.engine = _Interrupted(shop.engine, pause)
    shop.clock.instant = DUE
    shop.engine.dispatch()
    assert (sender.seen, shop.states()) == ([], ["scheduled provider:paused"])


def test_a_stop_between_the_claim_and_the_call_is_heard():
    shop, sender = a_shop()
    shop.engine = _Interrupted(shop.engine, lambda: shop.tell("message.received", text="STOP"))
    shop.clock.instant = DUE
    shop.engine.dispatch()
    assert (sender.seen, shop.touches()) == ([], [])
    assert shop.wait("2026-11-09T17:00").states() == ["suppressed suppressed:sms"]


def test_a_withdrawal_between_the_claim_and_the_call_is_heard():
    shop, sender = a_shop()
    shop.engine = _Interrupted(shop.engine, lambda: shop.tell("consent.withdrawn", channel="sms", purpose="care"))
    shop.clock.instant = DUE
    shop.engine.dispatch()
    assert (sender.seen, shop.states()) == ([], ["scheduled provider:withdrawn"])
    assert shop.wait("2026-11-09T17:00").states() == ["suppressed opted_out:sms"]


def test_who_takes_an_attempt_only_once_is_not_called_for_one_who_said_stop_either():
    for indoors, seen in ((False, 0), (True, 1)):
        shop, sender = a_shop()
        sender.idempotency, sender.indoors = "native", indoors
        shop.engine = _Interrupted(shop.engine, lambda shop=shop: shop.tell("message.received", text="STOP"))
        shop.clock.instant = DUE
        shop.engine.dispatch()
        assert len(sender.seen) == seen


def test_between_the_claim_and_the_call_a_recall_hears_a_stop_and_no_word_on_marketing():
    for words, seen in (({"text": "STOP"}, 0), ({"text": "no more calls", "channel": "call"}, 1)):
        shop, sender = a_shop(rules=rules_of(a_rule(purpose="safety")))
        shop.engine = _Interrupted(shop.engine, lambda shop=shop, words=words: shop.tell("message.received", **words))
        shop.clock.instant = DUE
        shop.engine.dispatch()
        assert len(sender.seen) == seen


def test_too_long_after_the_intent_nothing_is_sent():
    shop, sender = a_shop()
    engine = shop.engine

    def sleep() -> None:
        shop.clock.instant += timedelta(seconds=6)

    shop.engine = _Interrupted(engine, sleep)
    shop.clock.instant = DUE
    shop.engine.dispatch()
    assert (sender.seen, shop.states()) == ([], ["scheduled provider:deadline"])


def test_several_messages_go_out_side_by_side(tmp_path: Path):
    database = open_engine(f"sqlite:///{tmp_path}/o.db")
    schema.upgrade(database)
    sender = ScriptedSender([Sent(), Unknown(code="timeout"), Refused(code="1"), BUSY])
    people = [a_customer(f"c{n}", phone=f"+1212555010{n}") for n in range(8)]
    shop = an_engine(RULES, *people, store=Store(database, b"test"), senders={"sms": sender, "email": sender})
    for person in people:
        shop.tell("purchase", person.id)
    shop.wait("2026-11-02T17:00")
    ends = sorted(shop.one(customer=p.id).state for p in people)
    assert ends == ["failed"] + ["sent"] * 6 + ["unknown"]
    database.dispose()


@pytest.mark.parametrize("text", ["x" * 2000])
def test_a_providers_long_word_is_cut(text: str):
    shop, _ = a_shop(Refused(code="1", text=text))
    [attempt] = attempts(shop.wait("2026-11-02T17:00"))
    assert len(attempt.detail) == 500


class _Interrupted:
    """The engine's own parts in the engine's own order, with something that happens between claim and call."""

    def __init__(self, engine, happens):
        self.engine, self.happens = engine, happens

    def __getattr__(self, name):
        return getattr(self.engine, name)

    def dispatch(self) -> int:
        looked_at, attempts, _ = self.engine._claim(20)
        self.happens()
        self.engine._record(self.engine.post.send_all(attempts))
        return looked_at
