"""An engine that is wrong is seen to be wrong, by the proof and by nothing of the engine's own."""

from __future__ import annotations

import pytest

from outreach.core import guard
from tests.proof.damage import House
from tests.support.business import a_customer, a_rule, an_engine, rules_of

pytestmark = pytest.mark.postgres_too
RULES = [a_rule("sms: {at: immediately, template: hi}", name=f"r{n}", on=f"e{n}") for n in range(2)]
#: What the house asks for, and which guard no longer stands for it.
CASES = {
    "hours": ('holidays: none, hours: {sms: {mon-sat: "09:00-20:00"}}', "hours_guards"),
    "law": ("holidays: none, laws: [us]", "law_guards"),
    "hold": ("holds: [{while: complaint, purposes: [care]}]", "_hold_guard"),
    "silence": ("silence_after_refusal: 9 days", "quiet_guards"),
}


def played(cadence: str) -> House:
    """A text at night; another after a complaint and a withdrawal."""
    shop = an_engine(
        rules_of(*RULES, cadence=f"{{min_gap: 0 minutes, {cadence}}}"), a_customer(country="US", region="NY")
    )
    shop.wait("2026-11-03T04:00").tell("e0")
    shop.wait("2026-11-05T15:00").tell("complaint.opened")
    shop.tell("consent.withdrawn", channel="email", purpose="marketing")
    shop.wait("2026-11-05T18:00").tell("e1")
    shop.wait("2026-11-20T15:00")
    return House(shop)


@pytest.mark.parametrize("check", CASES)
def test_a_guard_that_lets_everything_pass(check: str, monkeypatch: pytest.MonkeyPatch):
    cadence, name = CASES[check]
    whole = played(cadence).proof()
    assert (whole.faults, whole.asked[check] > 0) == ([], True)
    monkeypatch.setattr(guard, name, (lambda *_: lambda at: None) if check == "hold" else (lambda *_: []))
    assert {f.check for f in played(cadence).proof().faults} == {check}
