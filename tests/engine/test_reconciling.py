"""What may have been sent is looked up until it is known: never sent twice, never lost, and a person asked at last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from outreach.core.looking import CannotTell, Found, Window
from outreach.errors import InputError
from outreach.flow.claim import LEASE
from outreach.flow.reconciling import Reconciler
from outreach.ports import Message, Unknown
from outreach.proof.proving import prove
from outreach.store.attempts import Attempt
from outreach.unknowns import decide, unknowns
from outreach.why import why
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of, utc
from tests.support.senders import ScriptedSender

pytestmark = pytest.mark.postgres_too

DUE = utc("2026-11-02T16:00")
LONG = "sms: {at: in 1 hour, template: hi, valid_for: 3 days}"
Seen = Sequence[Found] | CannotTell


def found(id: str = "SM1", text: str = "Hello Ann", at: datetime = DUE, status: str = "sent") -> Found:
    return Found(provider_id=id, status=status, at=at, text=text)


def a_shop(*finds: Seen, step: str = LONG, more: str = "", **given: object) -> tuple[Business, ScriptedSender]:
    """The provider was silent at the call."""
    sender = ScriptedSender([Unknown(code="timeout")], finds=list(finds))
    shop = an_engine(rules_of(a_rule(step)) + more, senders={"sms": sender}, **given)
    shop.tell("purchase")
    shop.wait(DUE)
    return shop, sender


def look(shop: Business) -> int:
    return Reconciler(shop.engine.store, shop.engine.senders, shop.clock).work()


def pass_time(shop: Business, until: datetime, step: timedelta = timedelta(seconds=15)) -> Business:
    """The scheduler's two jobs, side by side."""
    while shop.clock.instant < until:
        look(shop)
        shop.wait(shop.clock.instant + step)
    return shop


def attempts(shop: Business, customer: str = "c1") -> list[Attempt]:
    with shop.engine.store.reading() as tx:
        return tx.attempts.of([customer])


def proven(shop: Business) -> list[object]:
    return list(prove(shop.engine.store, shop.engine.policy, shop.clock.instant).faults)


def test_it_is_looked_up_on_time_and_found():
    shop, sender = a_shop([], [found()])
    pass_time(shop, DUE + timedelta(minutes=20))
    assert [w.until - w.since for w in sender.looked] == [timedelta(seconds=142)] * 2
    assert (shop.states(), attempts(shop)[0].provider_id, [t.state for t in shop.touches()]) == (
        ["sent"], "SM1", ["attempted"],
    )  # fmt: skip
    assert (len(sender.seen), proven(shop)) == (1, [])
    assert "found at scripted 5 min after" in str(list(why(shop.engine, "c1").told[0].traces))


def test_what_is_not_there_was_not_sent_and_goes_again_through_the_guard():
    shop, sender = a_shop([], [], [])
    pass_time(shop, DUE + timedelta(minutes=14, seconds=45))
    assert (shop.states(), len(sender.seen)) == (["unknown unknown:timeout"], 1)
    pass_time(shop, DUE + timedelta(minutes=16))
    assert (shop.states(), [a.state for a in attempts(shop)]) == (["sent"], ["unsent", "accepted"])
    assert len({m.attempt for m in sender.seen}) == 2
    [touch] = shop.touches()
    assert touch.at >= DUE + timedelta(minutes=15)
    assert proven(shop) == []


def test_what_she_said_meanwhile_is_heard_before_it_goes_again():
    shop, sender = a_shop([], [], [])
    shop.tell("message.received", text="STOP")
    assert pass_time(shop, DUE + timedelta(minutes=20)).states() == ["suppressed suppressed:sms"]
    assert (len(sender.seen), shop.touches()) == (1, [])


def test_after_its_worth_is_over_it_expires_instead():
    shop, sender = a_shop([], [], [], step="sms: {at: in 1 hour, template: hi, valid_for: 10 minutes}")
    assert pass_time(shop, DUE + timedelta(minutes=20)).states() == ["expired valid_for"]
    assert (len(sender.seen), shop.touches(), proven(shop)) == (1, [], [])


def test_the_message_of_another_follow_up_is_not_taken_for_this_one():
    sender = ScriptedSender([Unknown(code="timeout")], finds=[[found("p2")]] * 3)
    shop = an_engine(rules_of(a_rule(LONG, name="a", priority="90"), a_rule(LONG, name="b")), senders={"sms": sender})
    shop.tell("purchase")
    shop.wait(DUE + timedelta(seconds=1))
    assert sorted(shop.states()) == ["sent", "unknown unknown:timeout"]
    pass_time(shop, DUE + timedelta(minutes=16))
    assert sorted(a.state for a in attempts(shop)) == ["accepted", "accepted", "unsent"]
    assert len(sender.seen) == 3


def test_nor_is_one_that_went_to_somebody_else_on_the_same_phone():
    sender = ScriptedSender([Unknown(code="timeout")], finds=[[found("p2")]] * 3)
    people = [a_customer("c1"), a_customer("c2")]
    shop = an_engine(rules_of(a_rule(LONG)), *people, senders={"sms": sender})
    shop.tell("purchase", "c1")
    shop.tell("purchase", "c2")
    shop.wait(DUE)
    assert sorted(shop.states("c1") + shop.states("c2")) == ["sent", "unknown unknown:timeout"]
    pass_time(shop, DUE + timedelta(minutes=16))
    assert (shop.states("c1"), shop.states("c2"), len(sender.seen)) == (["sent"], ["sent"], 3)


def test_two_such_messages_are_for_a_person():
    shop, _ = a_shop([found("SM1"), found("SM2")])
    pass_time(shop, DUE + timedelta(minutes=2))
    [entry] = unknowns(shop.engine)
    assert entry.evidence == "the provider has 2 such messages: SM1, SM2"
    assert (shop.states(), len(unknowns(shop.engine))) == (["unknown unknown:timeout"], 1)


AFTER_IT = DUE + timedelta(minutes=3)


def test_one_of_her_messages_beyond_the_window_is_never_taken_for_it():
    shop, sender = a_shop([], *[[found("late", at=AFTER_IT)]] * 3)
    pass_time(shop, DUE + timedelta(minutes=30))
    assert (shop.states(), attempts(shop)[0].provider_id, len(unknowns(shop.engine))) == (
        ["unknown unknown:timeout"], "", 1,
    )  # fmt: skip
    assert (len(sender.seen), [t.state for t in shop.touches()], proven(shop)) == (1, ["unknown"], [])
    assert sender.looked[1].last == DUE + timedelta(minutes=5, seconds=5)


@pytest.mark.parametrize("text", ["Hi Ann!", "Hello  Ann"])
def test_beyond_the_window_other_words_are_other_messages(text: str):
    shop, _ = a_shop(*[[found("late", at=AFTER_IT, text=text)]] * 3)
    pass_time(shop, DUE + timedelta(minutes=30))
    assert shop.states() == (["sent"] if "!" in text else ["unknown unknown:timeout"])


@pytest.mark.parametrize("said", [Unknown(code="timeout"), None])
def test_what_another_attempt_made_beyond_the_window_is_its_own(said: Unknown | None):
    """A second follow-up with the same words, 14 minutes later: answered, or found once it is looked up itself."""
    at = DUE + timedelta(minutes=14)
    sender = ScriptedSender([Unknown(code="timeout"), *([said] if said else [])])
    late = found("p2", at=at)

    def find(window: Window) -> Seen:
        now = shop.clock.instant
        if window.since < at < now < at + timedelta(minutes=4) and window.until > at:  # it can't be told of the second
            return CannotTell(text="out of reach")
        return [m for m in [late] if now >= at and m.at <= window.last]

    sender.find = find  # type: ignore[method-assign]
    rules = rules_of(a_rule(LONG, name="a"), a_rule(LONG.replace("1 hour", "74 minutes"), name="b"))
    shop = an_engine(rules, senders={"sms": sender})
    shop.tell("purchase")
    shop.wait(DUE)
    pass_time(shop, DUE + timedelta(minutes=100))
    assert ({a.provider_id for a in attempts(shop)} >= {"p2"}, shop.states()) == (True, ["sent", "sent"])
    assert (len(sender.seen), len(unknowns(shop.engine)), proven(shop)) == (3, 0, [])


def test_a_cancelled_message_is_none():
    shop, _ = a_shop(*[[found(status="canceled")]] * 3)
    assert pass_time(shop, DUE + timedelta(minutes=80)).states() == ["sent"]


def test_other_words_to_her_at_that_moment_prove_nothing():
    shop, sender = a_shop(*[[found(text="Hi Ann!")]] * 9)
    pass_time(shop, DUE + timedelta(hours=7), step=timedelta(minutes=10))
    assert (len(sender.seen), len(unknowns(shop.engine))) == (1, 1)
    assert shop.states() == ["unknown unknown:timeout"]


def test_a_provider_out_of_reach_is_asked_for_six_hours_and_then_a_person():
    shop, sender = a_shop(*[CannotTell(text="out of reach")] * 99)
    pass_time(shop, DUE + timedelta(hours=5, minutes=59), step=timedelta(minutes=1))
    assert (len(unknowns(shop.engine)), len(sender.looked)) == (0, 8)
    pass_time(shop, DUE + timedelta(hours=7), step=timedelta(minutes=1))
    assert (len(unknowns(shop.engine)), unknowns(shop.engine)[0].evidence) == (1, "out of reach")


def test_a_sender_that_cannot_look_leaves_it_to_a_person_after_a_quarter_of_an_hour():
    shop, sender = a_shop()
    pass_time(shop, DUE + timedelta(minutes=14))
    assert len(unknowns(shop.engine)) == 0
    pass_time(shop, DUE + timedelta(minutes=16))
    assert (len(unknowns(shop.engine)), len(sender.looked), len(sender.seen)) == (1, 3, 1)


def a_persons_case() -> tuple[Business, ScriptedSender, str]:
    shop, sender = a_shop()
    pass_time(shop, DUE + timedelta(minutes=16))
    return shop, sender, unknowns(shop.engine)[0].attempt.id


def test_a_person_says_it_was_sent():
    shop, sender, id_ = a_persons_case()
    assert [decide(shop.engine, id_, "sent", "Kim"), decide(shop.engine, id_, "sent")] == ["decided", "known"]
    assert (shop.states(), [t.state for t in shop.touches()], len(sender.seen)) == (["sent"], ["attempted"], 1)
    assert "Kim says it was sent" in str(list(why(shop.engine, "c1").told[0].traces))


def test_a_person_says_it_was_not_and_it_goes_again():
    shop, sender, id_ = a_persons_case()
    assert decide(shop.engine, id_, "again", "Kim") == "decided"
    assert shop.wait(shop.clock.instant).states() == ["sent"]
    assert (len(sender.seen), len(unknowns(shop.engine)), proven(shop)) == (2, 0, [])


def test_a_person_lets_it_go():
    shop, sender, id_ = a_persons_case()
    decide(shop.engine, id_, "let_go", "Kim")
    assert shop.wait(DUE + timedelta(days=2)).states() == ["cancelled let_go"]
    assert (len(sender.seen), shop.touches()) == (1, [])


@pytest.mark.parametrize(("id_", "word"), [("0" * 32, "sent"), ("no id", "sent"), ("", "maybe")])
def test_what_is_no_decision_says_so(id_: str, word: str):
    shop, _, known = a_persons_case()
    with pytest.raises(InputError):
        decide(shop.engine, id_ or known, word)


def test_a_worker_that_died_after_the_intent_is_looked_up_like_any_other():
    sender = ScriptedSender(finds=[[], [], []])
    shop = an_engine(rules_of(a_rule(LONG)), senders={"sms": sender})
    shop.tell("purchase")

    def die(message: Message) -> None:
        raise KeyboardInterrupt

    sender.before = die
    shop.clock.instant = DUE
    with pytest.raises(KeyboardInterrupt):
        shop.engine.dispatch()
    sender.before = lambda message: None
    shop.wait(DUE + LEASE)
    assert pass_time(shop, DUE + timedelta(minutes=20)).states() == ["sent"]
    assert len(sender.seen) == 1


def test_two_workers_look_once():
    shop, sender = a_shop([])
    shop.clock.instant = DUE + timedelta(minutes=1)
    first, second = (Reconciler(shop.engine.store, shop.engine.senders, shop.clock) for _ in range(2))
    seen: list[int] = []
    one = sender.find

    def meanwhile(window):  # type: ignore[no-untyped-def]
        seen.append(second.work())
        return one(window)

    sender.find = meanwhile  # type: ignore[method-assign]
    assert (first.work(), seen, len(sender.looked)) == (1, [0], 1)


def test_a_look_that_was_broken_off_is_made_again():
    shop, sender = a_shop([], [found()])
    shop.clock.instant = DUE + timedelta(minutes=1)
    reconciler = Reconciler(shop.engine.store, shop.engine.senders, shop.clock)
    reconciler._taken()
    pass_time(shop, DUE + timedelta(minutes=8))
    assert (len(sender.looked), shop.states()) == (2, ["sent"])


def test_what_had_joined_it_is_free_again():
    rules = rules_of(
        a_rule("sms: {at: in 1 hour, template: also, valid_for: 3 days}", name="a", priority="90"),
        a_rule("sms: {at: in 1 hour, template: also, valid_for: 3 days}", name="b", on_cap="merge"),
        cadence="{min_gap: 1 day, caps: [], holidays: none}",
    )
    sender = ScriptedSender([Unknown(code="timeout")], finds=[[], [], []])
    shop = an_engine(rules, senders={"sms": sender})
    shop.tell("purchase")
    shop.wait(DUE)
    assert sorted(shop.states()) == ["merged merged:a", "unknown unknown:timeout"]
    pass_time(shop, DUE + timedelta(minutes=20))
    assert (sorted(shop.states()), len(sender.seen)) == (["merged merged:a", "sent"], 2)
    assert "and: " in sender.seen[1].body
    assert proven(shop) == []


def test_a_place_that_is_given_back_lets_others_go():
    rules = rules_of(
        a_rule("sms: {at: in 1 hour, template: hi, valid_for: 5 minutes}", name="a", priority="90"),
        a_rule(LONG, name="b"), cadence="{min_gap: 1 day, caps: [], holidays: none}",
    )  # fmt: skip
    sender = ScriptedSender([Unknown(code="timeout")], finds=[[], [], []])
    shop = an_engine(rules, senders={"sms": sender})
    shop.tell("purchase")
    shop.wait(DUE)
    pass_time(shop, DUE + timedelta(minutes=20))
    assert sorted(shop.states()) == ["expired valid_for", "sent"]


def test_of_a_customer_who_became_another_it_is_looked_up_all_the_same():
    sender = ScriptedSender([Unknown(code="timeout")], finds=[[], [], []])
    people = (a_customer("old"), a_customer("new"))
    shop = an_engine(rules_of(a_rule(LONG)), *people, senders={"sms": sender})
    shop.tell("purchase", "old")
    shop.wait(DUE)
    shop.tell("customer.merged", "old", into="new")
    pass_time(shop, DUE + timedelta(minutes=20))
    assert (shop.states("new"), len(sender.seen), proven(shop)) == (["sent"], 2, [])
