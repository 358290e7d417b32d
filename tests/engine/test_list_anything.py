"""Whatever staff do with the list, in whatever order: the cadence holds, each listed call counts once, and nothing is
lost."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from outreach.core.follow_up import OPEN, OUTCOMES
from outreach.desk import Said, assign, cancel, cards, claim, next_card, outcome, skip, snooze, undo
from outreach.proof.proving import prove
from tests.support.business import PHONE, Business, a_customer, a_rule, an_engine, close_databases, rules_of

STEPS = """
call: {at: immediately, script: hi, valid_for: 8 hours}
sms: {at: 5 minutes after previous, template: hi, when: previous.outcome == 'no_answer'}
"""
RULES = rules_of(
    a_rule(STEPS, priority="70"),
    a_rule("task: {at: immediately, title: Look}", name="look", on="visit"),
    a_rule("call: {at: immediately, script: hi}", name="other", on="visit", stop_on="appointment.booked"),
    cadence="{min_gap: 20 minutes, caps: [{max: 3, per: 2 hours}], back_off: {after: 1}, holidays: none,"
    " hours: {call: {mon-sun: '09:00-18:00'}}, holds: [{while: complaint, purposes: [care]}]}",
)
NEWS = ("purchase", "visit", "complaint.opened", "complaint.resolved", "appointment.booked", "consent.withdrawn",
        "contact.made")  # fmt: skip
DEEDS = ("outcome", "snooze", "cancel", "skip", "assign", "undo", "undo last", "claim", "next", "promise")
deeds = st.tuples(
    st.integers(0, 70), st.sampled_from((*DEEDS, *NEWS)), st.integers(0, 9), st.sampled_from(sorted(OUTCOMES)),
    st.sampled_from(["Lena", "Omar"]), st.sampled_from(["c1", "c2", "c3"]),
)  # fmt: skip


def does(shop: Business, deed: str, n: int, word: str, by: str, customer: str, last: list[str]) -> None:
    if deed in NEWS:
        shop.tell(deed, customer, id=f"{deed}{len(last)}-{shop.clock.instant:%d%H%M%S}", key="k")
        return
    listed = [c.id for c in cards(shop.engine)] or last[-1:]
    if not listed:
        return
    card, now = listed[n % len(listed)], shop.clock.instant
    match deed:
        case "outcome":
            outcome(shop.engine, card, Said(outcome=word, by=by, note=f"note {n}"))
        case "promise":
            at = now + timedelta(minutes=1 + 20 * n)
            outcome(shop.engine, card, Said(outcome="call_back", by=by, call_back_at=at, only_me=n % 2 == 0))
        case "snooze":
            snooze(shop.engine, card, now + timedelta(minutes=1 + 30 * n), by)
        case "cancel":
            cancel(shop.engine, card, by, run=n % 2 == 0)
        case "undo":
            undo(shop.engine, card, by)
        case "undo last":
            undo(shop.engine, (last or listed)[-1], by)
        case "skip" | "claim":
            (skip if deed == "skip" else claim)(shop.engine, card, by)
        case "assign":
            assign(shop.engine, card, by, to=by)
        case _:
            next_card(shop.engine, by)
    last.append(card)


def look(shop: Business) -> None:
    """What holds at every moment."""
    everything = [f for c in ("c1", "c2", "c3") for f in shop.all(c)]
    touches = [t for c in ("c1", "c2", "c3") for t in shop.touches(c)]
    for f in everything:
        assert (f.state in OPEN) == (f.wake is not None), f
        live = [t.state for t in touches if t.follow_up == f.id]
        if f.channel == "call":
            assert live == {"listed": ["reserved"], "done": ["attempted"]}.get(f.state, []), f
        elif f.channel == "task":
            assert live == []
    assert prove(shop.engine.store, shop.engine.policy, shop.clock.instant).faults == []


@settings(max_examples=30, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(deeds, min_size=5, max_size=25))
def test_whatever_staff_do_the_cadence_holds(done: list[tuple[int, str, int, str, str, str]]):
    shop = an_engine(RULES, a_customer("c1"), a_customer("c2", phone=PHONE), a_customer("c3", phone="+12125550102"))
    last: list[str] = []
    for who in ("c1", "c2", "c3"):
        shop.tell("purchase", who)
        shop.tell("visit", who)
    for minutes, deed, n, word, by, customer in done:
        shop.wait(shop.clock.instant + timedelta(minutes=minutes, seconds=1))
        does(shop, deed, n, word, by, customer, last)
        look(shop)
    look(shop.wait(shop.clock.instant + timedelta(days=2)))
    close_databases()
