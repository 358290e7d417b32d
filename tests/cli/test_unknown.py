"""`outreach unknown`: the list, and a person's word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from outreach.bootstrap import open_store
from outreach.ports import Unknown
from outreach.settings import read_settings
from outreach.store.store import Store
from tests.cli.conftest import Run
from tests.support.business import a_customer, a_rule, an_engine, rules_of
from tests.support.senders import ScriptedSender


@pytest.fixture
def attempt(run: Run) -> str:
    """One message that nobody knows of, in the database of a fresh business."""
    assert run("init", ".").code == 0
    store: Store = open_store(read_settings(database_url="sqlite:///outreach.db"))
    rules = rules_of(a_rule("sms: {at: in 1 hour, template: hi}"))
    sender = ScriptedSender([Unknown(code="timeout")])
    shop = an_engine(rules, a_customer(), store=store, senders={"sms": sender}, at="2026-11-02T15:00")
    shop.tell("purchase")
    shop.wait(shop.clock.instant + timedelta(hours=1))
    with store.writing() as tx:
        [made] = tx.attempts.of(["c1"])
        tx.attempts.learn([replace(made, look=None, evidence="the provider has 2 such messages")])
    store.engine.dispose()
    return made.id


def test_the_list_shows_the_evidence_and_what_to_do(run: Run, attempt: str):
    told = run("unknown", "list")
    assert told.code == 0
    assert "1 message nobody knows of" in told.out
    assert "outreach unknown sent ATTEMPT" in told.out
    [entry] = run("unknown", "list", "--json").json
    assert (entry["attempt"], entry["evidence"]) == (attempt, "the provider has 2 such messages")


@pytest.mark.parametrize(
    ("words", "state"), [(["sent"], "sent"), (["unsent", "--let-go"], "cancelled"), (["unsent"], "expired")]
)
def test_a_person_says_what_it_is(run: Run, attempt: str, words: list[str], state: str):
    assert run("unknown", words[0], attempt, *words[1:], "--by", "Kim").out == "Written down.\n"
    assert run("unknown", words[0], attempt).out.startswith("That is known already")
    [told] = run("why", "c1", "--json").json["follow_ups"]
    assert told["state"] == state
    assert "All is known." in run("unknown", "list", "--all").out


def test_an_attempt_that_is_not_there_is_a_sentence(run: Run, attempt: str):
    told = run("unknown", "sent", "nonsense")
    assert (told.code, "there is no attempt 'nonsense'" in told.err) == (1, True)
