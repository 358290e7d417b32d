"""Who must not be contacted: no address, no consent, an opt-out, a STOP, a wrong number."""

from __future__ import annotations

import pytest

from outreach.core.customer import Consent
from tests.support.business import Business, a_customer, a_rule, an_engine, an_event, rules_of, utc

pytestmark = pytest.mark.postgres_too

ANN, BEN = a_customer("ann"), a_customer("ben")  # one phone, two mailboxes
STEPS = "sms: {at: in 1 hour, template: hi}\nemail: {at: in 2 hours, template: hi}\ncall: {at: in 3 hours, script: hi}"
CARE, ADVERT = rules_of(a_rule(STEPS)), rules_of(a_rule(STEPS, purpose="marketing"))
RECALL = rules_of(a_rule(STEPS, purpose="safety"))


def after(rules: str, *news: tuple[str, dict[str, str]], agreed: bool = True) -> Business:
    """Both bought something, then Ann sent this news, then a day went by."""
    shop = an_engine(rules, ANN, BEN, agreed=agreed)
    for person in (ANN, BEN):
        shop.tell("purchase", person.id)
    for type, data in news:
        shop.tell(type, "ann", **data)
    return shop.wait("2026-11-03T12:00")


def test_marketing_needs_consent_and_care_does_not():
    assert after(ADVERT, agreed=False).states("ann") == ["suppressed no_consent:" + c for c in ("sms", "email", "call")]
    assert after(CARE, agreed=False).states("ann") == ["sent", "sent", "listed"]


def test_consent_that_comes_in_time_opens_the_channel():
    shop = after(ADVERT, ("consent.given", {"channel": "sms", "purpose": "marketing"}), agreed=False)
    assert shop.states("ann")[:2] == ["sent", "suppressed no_consent:email"]
    assert shop.states("ben")[0] == "suppressed no_consent:sms"


def test_a_withdrawal_holds_for_everybody_at_that_address():
    shop = after(CARE, ("consent.withdrawn", {"channel": "sms"}))
    assert shop.states("ann") == ["suppressed opted_out:sms", "sent", "listed"]
    assert shop.states("ben") == ["suppressed opted_out:sms", "sent", "listed"]


def test_a_withdrawal_of_mail_reaches_only_that_mailbox():
    shop = after(CARE, ("consent.withdrawn", {"channel": "email"}))
    assert shop.states("ann")[1] == "suppressed opted_out:email"
    assert shop.states("ben")[1] == "sent"


def test_a_withdrawal_of_one_purpose_leaves_the_others():
    shop = after(CARE, ("consent.withdrawn", {"channel": "all", "purpose": "marketing"}))
    assert shop.states("ann") == ["sent", "sent", "listed"]


def test_a_withdrawal_of_everything_ends_everything_at_once():
    shop = an_engine(CARE, ANN)
    shop.tell("purchase", "ann")
    shop.tell("consent.withdrawn", "ann", channel="all")
    assert [f.state for f in shop.all("ann")] == ["suppressed"] * 3


@pytest.mark.parametrize("word", ["STOP", "stop", " Stop! ", "Unsubscribe.", "QUIT", "end"])
def test_stop_reaches_everybody_on_that_phone_at_once(word: str):
    shop = an_engine(CARE, ANN, BEN)
    for person in (ANN, BEN):
        shop.tell("purchase", person.id)
    shop.tell("message.received", "ann", text=word)
    assert [shop.states(p.id)[0] for p in (ANN, BEN)] == ["suppressed opted_out:sms"] * 2


def test_stop_also_ends_marketing_calls_and_leaves_mail():
    shop = after(ADVERT, ("message.received", {"text": "STOP"}))
    assert shop.states("ben") == ["suppressed opted_out:sms", "sent", "suppressed opted_out:call"]


def test_stop_withdraws_what_was_planned_before_the_batch_it_came_in():
    shop = an_engine(CARE, ANN, BEN)
    shop.tell("purchase", "ben", id="first")
    shop.engine.ingest(
        [
            an_event("purchase", "ben", id="second"),
            an_event("message.received", "ann", at="2026-11-02T15:01", text="STOP"),
        ]
    )
    assert [f.state for f in shop.all("ben") if f.channel == "sms"] == ["suppressed", "suppressed"]


@pytest.mark.parametrize("text", ["See you at the stop", "Yes please", "", "Stop by tomorrow?"])
def test_other_replies_stop_nothing(text: str):
    assert after(CARE, ("message.received", {"text": text})).states("ann")[0] == "sent"


def test_a_later_yes_does_not_lift_a_stop():
    shop = after(CARE, ("message.received", {"text": "STOP"}), ("consent.given", {"channel": "sms"}))
    shop.tell("purchase", "ann", id="again")
    assert shop.wait("2026-11-04T12:00").states("ann")[3] == "suppressed suppressed:sms"


def test_what_is_planned_after_a_stop_is_suppressed_when_due():
    shop = after(CARE, ("message.received", {"text": "STOP"}))
    shop.tell("purchase", "ben", id="again")
    assert shop.wait("2026-11-04T12:00").states("ben")[3] == "suppressed suppressed:sms"


def test_an_old_withdrawal_that_comes_late_does_not_undo_a_newer_yes_for_a_purpose():
    shop = an_engine(ADVERT, ANN)
    shop.tell("consent.withdrawn", "ann", at="2025-01-01T00:00", channel="sms", purpose="marketing")
    shop.tell("purchase", "ann")
    assert shop.wait("2026-11-03T12:00").states("ann")[0] == "sent"


def test_a_recall_goes_past_a_missing_consent():
    assert after(RECALL, agreed=False).states("ann") == ["sent", "sent", "listed"]


def test_without_an_address_there_is_no_contact():
    shop = an_engine(CARE, a_customer(phone="", email=""))
    shop.tell("purchase")
    assert shop.wait("2026-11-03T12:00").states() == [f"suppressed no_address:{c}" for c in ("sms", "email", "call")]


def calls(outcome: str) -> Business:
    """Ann and Ben are to be called twice; at Ann's first call this is said."""
    shop = an_engine(
        rules_of(
            a_rule(
                "call: {at: in 1 hour, script: hi}\n"
                "sms: {at: in 1 day, template: hi}\n"
                "call: {at: in 2 days, script: hi}"
            )
        ),
        ANN,
        BEN,
    )
    for person in (ANN, BEN):
        shop.tell("purchase", person.id)
    shop.wait("2026-11-02T16:30").tell("outcome", "ann", rule="r", step="1-call", outcome=outcome)
    return shop.wait("2026-11-05T00:00")


def test_do_not_call_ends_calls_to_that_phone_and_leaves_messages():
    shop = calls("do_not_call")
    assert shop.states("ann") == ["done do_not_call", "sent", "suppressed opted_out:call"]
    assert shop.states("ben") == ["suppressed opted_out:call", "sent", "suppressed opted_out:call"]


def test_a_wrong_number_is_never_used_again():
    shop = calls("wrong_number")
    assert shop.states("ann") == ["done wrong_number", "suppressed opted_out:sms", "suppressed opted_out:call"]
    assert {s.split()[0] for s in shop.states("ben")} == {"suppressed"}


def test_a_call_that_is_withdrawn_from_the_list_gives_its_place_back():
    assert calls("do_not_call").touches("ben")[0].channel == "sms"


def test_the_same_consent_twice_is_one_line():
    shop = an_engine(CARE)
    said = Consent(channel="sms", purpose="all", given=True, at=utc("2026-01-01T00:00"), source="till")
    for _ in range(2):
        shop.engine.save_customers([(a_customer(), [said])])
    with shop.engine.store.reading() as tx:
        assert [c.source for c in tx.customers.consents(["c1"])["c1"]].count("till") == 1


def test_a_withdrawal_of_everything_leaves_the_other_person_her_mail():
    shop = after(CARE, ("consent.withdrawn", {"channel": "all", "purpose": "all"}))
    assert {s.split()[0] for s in shop.states("ann")} == {"suppressed"}
    assert shop.states("ben") == ["suppressed opted_out:sms", "sent", "suppressed opted_out:call"]


@pytest.mark.parametrize(
    ("type", "data", "gone"),
    [
        ("message.received", {"text": "STOP"}, {"sms": "suppressed:sms", "call": "opted_out:call"}),
        ("consent.withdrawn", {"channel": "email", "purpose": "marketing"}, {"email": "opted_out:email"}),
        ("consent.withdrawn", {"channel": "all"}, {c: f"opted_out:{c}" for c in ("sms", "email", "call")}),
        ("message.received", {"text": "wrong number"}, {"sms": "suppressed:sms", "call": "suppressed:call"}),
    ],
)
def test_what_was_said_outlives_the_customer_it_came_from(type: str, data: dict[str, str], gone: dict[str, str]):
    """Somebody imported anew, with the same addresses and an old yes, is not contacted; a yes from since then counts
    against a withdrawal, and against nothing else."""
    shop = an_engine(ADVERT, a_customer("ann", email="ann@example.com"))
    shop.tell(type, "ann", **data)
    for id, year in (("old", 2025), ("new", 2027)):
        said = Consent(channel="all", purpose="all", given=True, at=utc(f"{year}-01-01T00:00"), evidence="form")
        shop.engine.save_customers([(a_customer(id, email="ann@example.com"), [said])])
        shop.tell("purchase", id)
    shop.wait("2026-11-03T14:00")
    assert {f.channel: f.reason for f in shop.all("old") if f.state == "suppressed"} == gone
    stays = {c: why for c, why in gone.items() if why.startswith("suppressed")}
    assert {f.channel: f.reason for f in shop.all("new") if f.state == "suppressed"} == stays


def test_a_later_yes_lifts_a_withdrawal_and_one_with_evidence_a_withdrawal_of_everything():
    news = [("consent.withdrawn", {"channel": "sms", "purpose": "marketing"})]
    for purpose, given, sent in (
        ("marketing", {}, True), ("marketing", {"basis": "implied:purchase"}, False), ("all", {}, False),
        ("all", {"evidence": "form 12"}, True), ("all", {"evidence": "till", "basis": "implied:purchase"}, False),
    ):  # fmt: skip
        news = ("consent.withdrawn", {"channel": "sms", "purpose": purpose})
        shop = an_engine(ADVERT, ANN, BEN)
        shop.tell(news[0], "ann", **news[1])
        shop.clock.instant = utc("2026-11-02T16:00")
        shop.tell("consent.given", "ann", channel="sms", purpose="marketing", **given)
        for person in ("ann", "ben"):
            shop.tell("purchase", person)
        shop.wait("2026-11-03T18:00")
        assert (shop.states("ann")[0] == "sent") == sent
        assert (
            shop.states("ben")[0] == "suppressed opted_out:sms"
        )  # he shares the phone, and has agreed to nothing since


def test_an_old_yes_told_late_lifts_nothing():
    shop = an_engine(ADVERT, ANN)
    shop.tell("consent.withdrawn", "ann", channel="sms", purpose="marketing")
    shop.tell("consent.given", "ann", at="2026-11-01T00:00", channel="sms", purpose="marketing", evidence="form")
    shop.tell("purchase", "ann")
    assert shop.wait("2026-11-03T12:00").states("ann")[0] == "suppressed opted_out:sms"


def implied(at: str, **data: object) -> Business:
    """She agreed to marketing by SMS then, and bought something on Monday; the SMS is wished for an hour later."""
    shop = an_engine(ADVERT, ANN, agreed=False)
    shop.tell("consent.given", "ann", at=at, channel="sms", purpose="marketing", **data)
    shop.tell("purchase", "ann")
    return shop.wait("2026-11-03T12:00")


@pytest.mark.parametrize(
    ("at", "data", "state"),
    [
        ("2024-11-02T15:00:01", {"basis": "implied:purchase"}, "sent"),
        ("2024-11-02T15:00:00", {"basis": "implied:purchase"}, "suppressed no_consent:sms"),
        ("2024-11-02T15:00:00", {"basis": "express"}, "sent"),
        ("2026-05-02T15:00:00", {"basis": "implied:inquiry"}, "suppressed no_consent:sms"),
        ("2026-05-02T15:00:01", {"basis": "implied:inquiry"}, "sent"),  # 11:00 of summer time, and then of winter time
        ("2026-01-02T00:00:00", {"expires": "2026-11-02"}, "suppressed no_consent:sms"),
        ("2026-01-02T00:00:00", {"expires": "2026-11-03"}, "sent"),
        ("2026-10-02T15:00:00", {"expires": "31 days"}, "suppressed no_consent:sms"),
        ("2026-10-02T15:00:01", {"expires": "31 days"}, "sent"),
    ],
)
def test_consent_runs_out(at: str, data: dict[str, object], state: str):
    assert implied(at, **data).states("ann")[0] == state


def test_what_is_planned_behind_the_end_of_consent_waits_for_a_new_one():
    long = "sms: {at: in 3 hours, template: hi, valid_for: 3 days}"
    cadence = "{min_gap: 2 hours, caps: [], holidays: none}"
    shop = an_engine(rules_of(a_rule(long, purpose="marketing"), cadence=cadence), ANN, agreed=False)
    shop.tell("consent.given", "ann", channel="sms", purpose="marketing", expires="2026-11-02T18:30:00Z")
    shop.tell("purchase", "ann")
    shop.wait("2026-11-02T17:59").tell("contact.made", "ann", channel="call")
    shop.wait("2026-11-02T18:15")
    assert shop.states("ann") == ["scheduled no_consent:sms"]
    shop.tell("consent.given", "ann", channel="sms", purpose="marketing")
    assert shop.wait("2026-11-02T19:59").states("ann") == ["sent"]


def test_the_store_keeps_basis_and_end():
    shop = implied("2024-12-02T16:00", basis="implied:purchase", evidence="sale 7", source="till")
    with shop.engine.store.reading() as tx:
        [said] = tx.customers.consents(["ann"])["ann"]
    assert (said.basis, said.expires, said.evidence) == ("implied:purchase", utc("2026-12-02T16:00"), "sale 7")


@pytest.mark.parametrize(
    ("type", "data", "reason"),
    [
        ("consent.given", {"channel": "fax"}, "`channel` is 'fax' and must be sms, email, call or all"),
        ("consent.given", {"purpose": "ads"}, "`purpose` is 'ads' and must be"),
        ("consent.given", {"expires": "soon"}, "`expires` 'soon'"),
        ("consent.given", {"expires": "3 business days"}, "business days can't measure consent"),
        ("consent.given", {"expires": 3}, "neither a date nor a duration"),
        ("consent.withdrawn", {"expires": "2 years"}, "a withdrawal doesn't run out"),
    ],
)
def test_a_consent_that_cannot_be_read_is_refused(type: str, data: dict[str, object], reason: str):
    receipt = an_engine(CARE).tell(type, **data)
    assert (receipt.status, reason in receipt.reason) == ("rejected", True)


def test_a_recall_goes_past_words_about_marketing_and_a_do_not_call():
    shop = an_engine(RECALL, ANN)
    shop.tell("consent.withdrawn", "ann", channel="all", purpose="marketing")
    shop.tell("consent.withdrawn", "ann", channel="all", purpose="care")
    shop.tell("message.received", "ann", channel="call", text="do not call me again")
    shop.tell("purchase", "ann")
    assert shop.wait("2026-11-03T12:00").states("ann") == ["sent", "sent", "listed"]


@pytest.mark.parametrize("purpose", ["all", "safety"])
def test_a_recall_hears_a_withdrawal_that_names_it_or_everything(purpose: str):
    shop = an_engine(RECALL, ANN)
    shop.tell("consent.withdrawn", "ann", channel="email", purpose=purpose)
    shop.tell("purchase", "ann")
    assert shop.wait("2026-11-03T12:00").states("ann") == ["sent", "suppressed opted_out:email", "listed"]


def test_a_recall_never_goes_to_a_number_that_is_somebody_elses():
    rules = rules_of(
        a_rule(STEPS, purpose="safety"), a_rule("call: {at: immediately, script: hi}", name="c", on="visit")
    )
    shop = an_engine(rules, ANN)
    shop.tell("visit", "ann")
    shop.wait("2026-11-02T15:00").tell("outcome", "ann", rule="c", outcome="wrong_number")
    shop.tell("purchase", "ann")
    states = shop.wait("2026-11-03T12:00").states("ann")
    assert states[1:] == ["suppressed suppressed:sms", "sent", "suppressed suppressed:call"]
