"""New rows of which little has come yet, and known ones that went a step further: all that was said is stored."""

from __future__ import annotations

import pytest

from outreach.core.follow_up import FollowUp, evolve
from outreach.core.keys import bucket_of, make_id
from outreach.flow.changes import Changes
from outreach.store.attempts import Attempt
from outreach.store.store import Store
from tests.support.business import a_store
from tests.support.guarded import DAY, HOUR, NOON, a_touch

pytestmark = pytest.mark.postgres_too


@pytest.fixture
def store() -> Store:
    return a_store()


def a_follow_up(**given: object) -> FollowUp:
    about = {
        "id": make_id(bucket_of("main", "c1"), "f"), "run": "r1", "rule": "r", "step": "sms", "index": 0,
        "channel": "sms", "purpose": "care", "priority": 50, "due": NOON, "wake": NOON, "valid_until": NOON + DAY,
        "trigger": "event:e", "started": NOON, "event": "e",
    }  # fmt: skip
    return FollowUp(customer="c1", **(about | given))  # type: ignore[arg-type]


def an_attempt(id: str, **given: object) -> Attempt:
    return Attempt(
        id=id, customer="c1", follow_up="f", number=1, worker="w", sender="s", channel="sms", address="+1",
        address_key="k", made=NOON, deadline=NOON + HOUR, **given,  # type: ignore[arg-type]
    )  # fmt: skip


def test_attempts_of_which_more_is_known_are_stored_as_a_whole(store: Store):
    two_phases = an_attempt("b", send_at=NOON + HOUR, batch="h1", segments=2, dies=NOON + DAY)
    known = an_attempt("c", state="accepted", provider_id="p", code="c", detail="d", ended=NOON, look=NOON, looks=3,
                       evidence="e", delivery="sent")  # fmt: skip
    with store.writing() as tx:
        tx.attempts.add([an_attempt("a", body="it's '?' %s"), two_phases, known])
    with store.reading() as tx:
        assert tx.attempts.of(["c1"]) == [an_attempt("a", body="it's '?' %s"), two_phases, known]


def test_what_goes_on_and_what_changes_besides(store: Store):
    """In whichever order the two come in one transaction."""
    planned = [a_follow_up(id=make_id(bucket_of("main", "c1"), n)) for n in "abc"]
    gone = {"wake": None, "state": "sent", "reason": "r", "outcome": "sent", "attempt": 2, "address": "+1",
            "ended": NOON + HOUR, "worker": "w"}  # fmt: skip
    moved = {"due": NOON + HOUR, "intent": "x", "site": "spa", "note": "n"}
    on, first, last = (evolve(f, **gone) for f in planned)
    with store.writing() as tx:
        tx.follow_ups.add(planned)
    with store.writing() as tx:
        changes = Changes()
        changes.change(evolve(planned[1], **moved), "moved", (), NOON)
        for f in (on, evolve(first, **moved), last):
            changes.go_on(f, "sent", (), NOON)
        changes.change(evolve(last, **moved), "moved", (), NOON)
        changes.store(tx)
    with store.reading() as tx:
        stored = {f.id: f for f in tx.follow_ups.all_of("c1")}
    assert stored == {f.id: f for f in (on, evolve(first, **moved), evolve(last, **moved))}


def test_only_how_far_it_has_come_is_written_of_what_goes_on(store: Store):
    """What another transaction has changed about it in the meantime stays."""
    planned = a_follow_up()
    with store.writing() as tx:
        tx.follow_ups.add([planned])
        tx.follow_ups.save([evolve(planned, note="by another")])
    with store.writing() as tx:
        changes = Changes()
        changes.go_on(evolve(planned, state="claimed"), "claimed", (), NOON)
        changes.store(tx)
    with store.reading() as tx:
        assert tx.follow_ups.all_of("c1") == [evolve(planned, note="by another", state="claimed")]


def test_a_contact_by_somebody_unknown_is_entered_at_its_address_only(store: Store):
    with store.writing() as tx:
        tx.ledger.reserve([a_touch(NOON, customer="", address_key="k")], {})
    with store.reading() as tx:
        hers, there = tx.ledger.near([""], ["k"], NOON - 100 * DAY)
    assert (list(hers), list(there)) == ([], ["k"])
