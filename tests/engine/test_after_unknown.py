"""The step after one of which nobody knows whether it was sent: it waits until that is known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outreach.core.delivery import News
from outreach.core.looking import CannotTell, Found
from outreach.flow.delivery import settle
from outreach.flow.revoking import sweep
from outreach.ports import Unknown
from outreach.proof.proving import prove
from outreach.unknowns import decide, unknowns
from tests.support.business import Business, a_rule, an_engine, rules_of, utc
from tests.support.senders import ScriptedSender

pytestmark = pytest.mark.postgres_too

DUE = utc("2026-11-02T16:00")
FIRST = "sms: {at: in 1 hour, template: hi, valid_for: 3 days, name: first}\n"
NEXT = "sms: {at: 10 minutes after previous, template: also, valid_for: 3 days, name: next}"
SENT = NEXT.replace("template: also", "template: also, when: previous.outcome == 'sent'")
LOST = NEXT.replace("template: also", "template: also, when: previous.outcome != 'sent'")
LATER = timedelta(minutes=15)


def a_shop(*finds: list[Found] | CannotTell, steps: str = FIRST + NEXT) -> tuple[Business, ScriptedSender]:
    sender = ScriptedSender([Unknown(code="timeout")], finds=list(finds))
    shop = an_engine(rules_of(a_rule(steps)), senders={"sms": sender})
    shop.tell("purchase")
    shop.wait(DUE)
    return shop, sender


def pass_time(shop: Business, minutes: float, step: timedelta = timedelta(seconds=15)) -> Business:
    end = shop.clock.instant + timedelta(minutes=minutes)
    while shop.clock.instant < end:
        sweep(shop.engine.post)
        shop.wait(shop.clock.instant + step)
    return shop


def steps(shop: Business) -> list[str]:
    return [f"{f.step} {f.state}" for f in shop.all()]


def proven(shop: Business) -> list[object]:
    return list(prove(shop.engine.store, shop.engine.policy, shop.clock.instant).faults)


def test_it_waits_and_follows_from_when_it_was_really_sent():
    shop, sender = a_shop([], [], [])
    pass_time(shop, 14)
    assert (steps(shop), len(sender.seen)) == (["first unknown"], 1)
    pass_time(shop, 2)
    assert steps(shop) == ["first sent", "next scheduled"]
    first, after = shop.one(step="first"), shop.one(step="next")
    assert (first.ended >= DUE + LATER, after.due) == (True, first.ended + timedelta(minutes=10))
    pass_time(shop, 12)
    assert (steps(shop), len(sender.seen), proven(shop)) == (["first sent", "next sent"], 3, [])


@pytest.mark.parametrize(("step", "known"), [(SENT, ["first sent", "next sent"]), (LOST, ["first sent"])])
def test_its_condition_is_asked_of_what_is_known(step: str, known: list[str]):
    shop, _ = a_shop([], [Found(provider_id="SM1", status="sent", at=DUE, text="Hello Ann")], steps=FIRST + step)
    assert steps(pass_time(shop, 20)) == known


def test_found_late_it_counts_from_the_contact():
    shop, _ = a_shop([], [Found(provider_id="SM1", status="sent", at=DUE, text="Hello Ann")])
    pass_time(shop, 6)
    assert (steps(shop), shop.one(step="next").due) == (["first sent", "next scheduled"], DUE + timedelta(minutes=10))


@pytest.mark.parametrize(("step", "known"), [(LOST, ["first expired", "next sent"]), (SENT, ["first expired"])])
def test_of_one_that_expired_unsent_the_step_after_knows(step: str, known: list[str]):
    shop, sender = a_shop([], [], [], steps=FIRST.replace("3 days", "10 minutes") + step)
    assert steps(pass_time(shop, 30)) == known
    assert len(sender.seen) == len(known)


@pytest.mark.parametrize(
    ("word", "known"), [("sent", ["first sent", "next sent"]), ("again", ["first sent", "next sent"]),
                        ("let_go", ["first cancelled"])],
)  # fmt: skip
def test_what_a_person_says_is_followed(word: str, known: list[str]):
    shop, _ = a_shop(steps=FIRST + SENT)
    pass_time(shop, 16)
    assert steps(shop) == ["first unknown"]
    decide(shop.engine, unknowns(shop.engine)[0].attempt.id, word)
    assert steps(pass_time(shop, 15)) == known


def test_a_callback_is_followed_once():
    shop, sender = a_shop()
    for status in ("sent", "delivered", "sent"):
        with shop.engine.store.writing() as tx:
            attempt = tx.attempts.of(["c1"])[0]
            settle(tx, attempt.id, News(status=status), shop.clock.now(), shop.engine.post.follow)
    assert steps(pass_time(shop, 15)) == ["first delivered", "next sent"]
    assert len(sender.seen) == 2


def test_what_had_joined_it_is_followed_too():
    both = "sms: {at: in 1 hour, template: also, valid_for: 3 days, name: joins}\n"
    rules = rules_of(
        a_rule(FIRST.replace("hi", "also"), name="a", priority="90"), a_rule(both + SENT, name="b", on_cap="merge"),
        cadence="{min_gap: 5 minutes, caps: [], holidays: none}",
    )  # fmt: skip
    found = [Found(provider_id="SM1", status="sent", at=DUE, text="")]
    sender = ScriptedSender([Unknown(code="timeout")])
    shop = an_engine(rules, senders={"sms": sender})
    sender.find = lambda w: [Found(provider_id="SM1", status="sent", at=DUE, text=w.body)]  # type: ignore[method-assign]
    shop.tell("purchase")
    shop.wait(DUE)
    assert sorted(steps(shop)) == ["first unknown", "joins merged"]
    pass_time(shop, 15)
    assert (sorted(steps(shop)), found[0].provider_id) == (["first sent", "joins merged", "next sent"], "SM1")


class Later(ScriptedSender):
    """One that is handed its messages before they go, and gives them back."""

    lead = timedelta(minutes=16)

    def cancel(self, handle: str) -> bool:
        return True


def test_a_step_planned_on_what_was_taken_back_is_planned_anew():
    sender = Later(idempotency="revocable")
    shop = an_engine(rules_of(a_rule(FIRST + NEXT)), senders={"sms": sender})
    shop.tell("purchase")
    shop.wait(DUE)
    assert steps(shop) == ["first sent", "next scheduled"]
    with shop.engine.store.writing() as tx:
        tx.house.pause("*", shop.clock.instant, "Kim")
    pass_time(shop, 30)
    assert (steps(shop), shop.all()[1].reason) == (["first scheduled", "next cancelled"], "previous_unsent")
    with shop.engine.store.writing() as tx:
        tx.house.resume("*")
    pass_time(shop, 1)
    first, after = shop.one(step="first"), shop.one(step="next")
    assert (first.state, after.state, after.due) == ("sent", "scheduled", first.ended + timedelta(minutes=10))
    pass_time(shop, 30)
    assert (steps(shop), len(sender.seen), proven(shop)) == (["first sent", "next sent"], 3, [])
