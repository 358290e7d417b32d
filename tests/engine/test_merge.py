"""Two reasons for a contact become one contact: from the plan to its outcome, and what frees a reason again."""

from __future__ import annotations

import pytest

from outreach.desk import cards
from outreach.ports import Refused, Sent, Unsent
from outreach.rulebook.load import load_rulebook
from outreach.why import why
from tests.support.business import Business, a_rule, an_engine, rules_of, utc
from tests.support.senders import ScriptedSender

pytestmark = pytest.mark.postgres_too

GAP = "{min_gap: 20 hours, caps: [], holidays: none, holds: [{while: complaint, purposes: [marketing]}]}"
ONE = "call: {at: in 2 hours, script: also, valid_for: 2 days}"
TWO = """
call: {at: in 1 hour, script: hi, valid_for: 2 days}
sms: {at: 1 hour after previous, template: hi, valid_for: 2 days}"""


def a_shop(first: str = ONE, second: str = TWO, keys: dict[str, str] | None = None, **given: object) -> Business:
    """A renewal (the bigger reason) and a birthday that may join."""
    return an_engine(
        rules_of(
            a_rule(first, on="renewal", name="renewal", priority="80", about="Renew the plan.", stop_on="[renewed]"),
            a_rule(second, on="birthday", name="birthday", priority="20", about="Wish her well.",
                   **({"on_cap": "merge", "stop_on": "[moved]"} | (keys or {}))),
            cadence=GAP,
        ),
        **given,
    )  # fmt: skip


def both(shop: Business) -> Business:
    shop.tell("birthday")
    shop.tell("renewal")
    return shop


@pytest.fixture
def listed() -> Business:
    """The renewal call is on the list, with two reasons."""
    return both(a_shop()).wait("2026-11-02T17:00")


def end(shop: Business, rule: str) -> str:
    f = shop.one(rule, "call")
    return f"{f.state} {f.reason}".strip()


def test_two_reasons_for_a_call_are_one_card(listed: Business):
    [card] = cards(listed.engine)
    assert (card.rule, card.why, card.also) == (
        "renewal", "Renew the plan.", [{"rule": "birthday", "about": "Wish her well."}],
    )  # fmt: skip
    assert card.text == "Say hello, and: Wish her well."
    assert "on birthday" in card.because
    assert len(listed.touches()) == 1


def test_until_then_it_waits_for_the_bigger_one_and_says_so():
    shop = both(a_shop()).wait("2026-11-02T16:00")
    waiting = shop.one("birthday", "call")
    assert (waiting.state, waiting.reason) == ("scheduled", "merge")
    [told] = [t for t in why(shop.engine, "c1").told if t.follow_up.rule == "birthday"]
    assert (told.next, [r.code for r in told.obstacles]) == (utc("2026-11-02T17:00"), ["gap:20h", "merge"])


def test_the_outcome_of_the_call_is_the_outcome_of_both(listed: Business):
    listed.tell("outcome", rule="renewal", outcome="no_answer", by="Lena")
    assert (end(listed, "renewal"), end(listed, "birthday")) == ("done no_answer", "merged merged:renewal")
    told = listed.one("birthday", "call")
    assert (told.outcome, told.outcome_by) == ("no_answer", "Lena")
    assert ("merged", "merged:renewal") in listed.reasons()


def test_the_step_after_one_that_joined_comes_after_the_call(listed: Business):
    listed.wait("2026-11-02T18:00").tell("outcome", rule="renewal", outcome="reached")
    assert listed.one("birthday", "sms").due == utc("2026-11-02T19:00")


def test_a_condition_on_what_came_of_it_sees_what_came_of_the_call():
    unanswered = TWO.replace("template: hi,", "template: hi, when: previous.outcome == 'no_answer',")
    for outcome, steps in (("no_answer", 2), ("reached", 1)):
        shop = both(a_shop(second=unanswered)).wait("2026-11-02T17:00")
        shop.tell("outcome", rule="renewal", outcome=outcome)
        assert len([f for f in shop.all() if f.rule == "birthday"]) == steps


def test_a_bigger_one_that_is_cancelled_before_its_time_frees_the_other():
    shop = both(a_shop()).wait("2026-11-02T16:30")
    shop.tell("renewed")
    assert shop.wait("2026-11-02T16:30").one("birthday", "call").state == "listed"


def test_one_withdrawn_from_the_list_frees_the_other(listed: Business):
    listed.tell("renewed")
    listed.wait(listed.clock.instant)
    assert (end(listed, "renewal"), end(listed, "birthday")) == ("cancelled stop_on:renewed", "listed")
    assert len(listed.touches()) == 1


def test_one_that_nobody_made_frees_the_other_for_as_long_as_it_is_worth_something():
    shop = both(a_shop(first=ONE.replace("2 days", "3 hours"))).wait("2026-11-02T20:01")
    assert (end(shop, "renewal"), end(shop, "birthday")) == ("expired valid_for", "listed")
    both_over = both(a_shop(ONE.replace("2 days", "3 hours"), TWO.replace("2 days", "3 hours", 1)))
    both_over.wait("2026-11-02T20:01")
    assert (end(both_over, "renewal"), end(both_over, "birthday")) == ("expired valid_for", "expired valid_for")


def test_one_that_is_moved_frees_the_other():
    first = "call: {at: 1 day before event.ends 12:00, script: also, valid_for: 2 days}"
    shop = an_engine(
        rules_of(a_rule(first, on="renewal", name="renewal", priority="80", key="plan"),
                 a_rule(TWO, on="birthday", name="birthday", priority="20", on_cap="merge"), cadence=GAP)
    )  # fmt: skip
    shop.tell("renewal", plan="P", ends="2026-11-03")
    shop.tell("birthday")
    assert shop.wait("2026-11-02T17:00").one("birthday", "call").reason.startswith("merge:")
    shop.tell("news", plan="P", ends="2026-11-20")
    assert shop.wait(shop.clock.instant).one("birthday", "call").state == "listed"


def test_a_reason_that_no_longer_holds_leaves_the_card(listed: Business):
    listed.tell("moved")
    assert end(listed, "birthday") == "cancelled stop_on:moved"
    assert [c.also for c in cards(listed.engine)] == [[]]


def test_a_reason_whose_condition_no_longer_holds_never_joins():
    shop = both(a_shop(second=TWO.replace("script: hi,", "script: hi, when: customer.plan == 'gold',", 1)))
    shop.wait("2026-11-02T17:00")
    assert (end(shop, "renewal"), end(shop, "birthday")) == ("listed", "cancelled when")


def test_an_open_complaint_keeps_an_advert_out_of_a_call_of_care():
    shop = a_shop(keys={"purpose": "marketing"})
    shop.tell("complaint.opened")
    both(shop).wait("2026-11-02T17:00")
    assert [c.also for c in cards(shop.engine)] == [[]]
    assert end(shop, "birthday") == "scheduled hold:complaint"


def test_who_said_no_to_adverts_hears_none_in_a_call_of_care():
    shop = a_shop(keys={"purpose": "marketing"})
    shop.tell("consent.withdrawn", channel="call", purpose="marketing")
    both(shop).wait("2026-11-02T17:00")
    assert (end(shop, "renewal"), end(shop, "birthday")) == ("listed", "suppressed opted_out:call")


def test_a_no_while_the_call_is_on_the_list_takes_the_advert_off():
    shop = both(a_shop(keys={"purpose": "marketing"})).wait("2026-11-02T17:00")
    assert [len(c.also) for c in cards(shop.engine)] == [1]
    shop.tell("consent.withdrawn", channel="call", purpose="marketing")
    assert [len(c.also) for c in cards(shop.engine)] == [0]


def test_without_leave_there_are_two_calls():
    shop = both(a_shop(keys={"on_cap": "defer"})).wait("2026-11-02T17:00")
    assert (end(shop, "renewal"), end(shop, "birthday")) == ("listed", "scheduled gap:20h")


def test_a_paused_rule_does_not_set_its_riders_free(listed: Business):
    with listed.engine.store.writing() as tx:
        tx.house.pause("renewal", listed.clock.instant, "test")
    listed.wait("2026-11-03T17:00")
    assert end(listed, "birthday").startswith("scheduled merge:")
    with listed.engine.store.writing() as tx:
        tx.house.resume("renewal")
    listed.tell("outcome", rule="renewal", outcome="reached")
    assert end(listed, "birthday") == "merged merged:renewal"


def test_nobody_waits_for_a_paused_call_for_ever(listed: Business):
    with listed.engine.store.writing() as tx:
        tx.house.pause("renewal", listed.clock.instant, "test")
    assert end(listed.wait("2026-11-08T17:00"), "birthday").startswith("expired")


SMS = "sms: {at: in 2 hours, template: also, valid_for: 2 days}"
SMS_TOO = "sms: {at: in 1 hour, template: hi, valid_for: 2 days}\nsms: {at: 1 hour after previous, template: hi}"


def by_sms(*answers: object) -> tuple[Business, ScriptedSender]:
    sender = ScriptedSender(list(answers))
    return both(a_shop(SMS, SMS_TOO, senders={"sms": sender})), sender


def ends(shop: Business) -> list[str]:
    return [f"{f.rule} {f.state} {f.reason}".strip() for f in shop.all() if f.index == 0]


def test_one_message_tells_both_reasons():
    shop, sender = by_sms(Sent(provider_id="m1"))
    shop.wait("2026-11-02T17:00")
    assert [a.body for a in sender.seen] == ["Hello Ann, and: Wish her well."]
    assert ends(shop) == ["birthday merged merged:renewal", "renewal sent"]
    assert len(shop.touches()) == 1
    assert shop.one("birthday", "2-sms").due == utc("2026-11-02T18:00")


def test_a_message_that_has_to_be_tried_again_tells_both_then():
    shop, sender = by_sms(Unsent(code="busy", text=""), Sent(provider_id="m1"))
    shop.wait("2026-11-02T17:10")
    assert [a.body for a in sender.seen] == ["Hello Ann, and: Wish her well."] * 2
    assert ends(shop) == ["birthday merged merged:renewal", "renewal sent"]


def test_a_message_that_the_provider_refuses_frees_the_other_reason():
    shop, sender = by_sms(Refused(code="bad", text=""), Sent(provider_id="m1"))
    shop.wait("2026-11-02T17:10")
    assert [a.body for a in sender.seen] == ["Hello Ann, and: Wish her well.", "Hello Ann"]
    assert ends(shop) == ["birthday sent", "renewal failed provider:bad"]


def test_a_template_that_fails_leaves_the_other_reason_alone():
    shop = both(a_shop(SMS.replace("also", "broken"), SMS_TOO)).wait("2026-11-02T17:10")
    assert ends(shop) == ["birthday sent", "renewal held template"]


def test_three_reasons_are_one_call_and_the_card_names_them_all():
    third = a_rule(TWO, on="visit", name="visit", priority="30", about="Ask about her visit.", on_cap="merge")
    shop = an_engine(
        rules_of(a_rule(ONE, on="visit", name="renewal", priority="80"), third,
                 a_rule(TWO, on="visit", name="birthday", priority="20", on_cap="merge"), cadence=GAP)
    )  # fmt: skip
    shop.tell("visit")
    [card] = cards(shop.wait("2026-11-02T17:00").engine)
    assert card.also == [{"rule": "birthday", "about": "birthday"}, {"rule": "visit", "about": "Ask about her visit."}]


def test_the_language_knows_it(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "hi.sms.txt").write_text("hi")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "r.yaml").write_text(rules_of(a_rule(on_cap="merge")))
    [rule] = load_rulebook(tmp_path / "rules", tmp_path / "templates", strict=False).rules
    assert rule.on_cap == "merge"
