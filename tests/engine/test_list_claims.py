"""Claims: a card is one person's at a time, for ten minutes, and an outcome is nobody's loss."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from outreach.core.handling import LEASE
from outreach.desk import Result, Said, cards, claim, next_card, outcome, release, skip
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of

CALL = "call: {at: immediately, script: hi, valid_for: 2 days}"


def a_list(*priorities: int, **given: object) -> Business:
    """One call for each priority, of customers c0, c1, …; all on the list."""
    rules = rules_of(*(a_rule(CALL, name=f"r{p}", on=f"event{p}", priority=str(p)) for p in sorted(set(priorities))))
    people = [a_customer(f"c{n}", phone=f"+1212555{n:04d}") for n in range(len(priorities))]
    shop = an_engine(rules, *people, **given)
    for n, p in enumerate(priorities):
        shop.tell(f"event{p}", f"c{n}")
    while shop.engine.dispatch():
        pass
    return shop


def on_top(shop: Business) -> str:
    return cards(shop.engine)[0].id


def later(shop: Business, minutes: float) -> None:
    shop.clock.instant += timedelta(minutes=minutes)


def notes(shop: Business, customer: str = "c0") -> list[str]:
    with shop.engine.store.reading() as tx:
        return [str(e.data["note"]) for e in tx.events.every(customer) if e.type == "note.added"]


def test_a_claimed_card_is_nobody_elses():
    shop = a_list(50)
    card = on_top(shop)
    mine = claim(shop.engine, card, "Lena")
    assert (mine.status, mine.until) == ("done", shop.clock.instant + LEASE)
    assert mine.card is not None
    assert mine.card.holder == "Lena"
    no = claim(shop.engine, card, "Omar")
    assert (no.code, no.by, no.until) == ("held", "Lena", mine.until)
    assert cards(shop.engine)[0].holder == "Lena"


def test_a_claim_is_renewed_by_its_holder_and_taken_back_after():
    shop = a_list(50)
    card = on_top(shop)
    claim(shop.engine, card, "Lena")
    later(shop, 9)
    assert claim(shop.engine, card, " lena").until == shop.clock.instant + LEASE
    later(shop, 9)
    assert claim(shop.engine, card, "Omar").code == "held"
    later(shop, 1)
    assert claim(shop.engine, card, "Omar").ok


def test_a_claim_survives_a_restart():
    shop = a_list(50)
    card = on_top(shop)
    claim(shop.engine, card, "Lena")
    again = an_engine(rules_of(a_rule(CALL, name="r50", on="event50")), store=shop.engine.store)
    again.clock.instant = shop.clock.instant
    assert claim(again.engine, card, "Omar").code == "held"


def test_a_card_is_given_back_by_who_holds_it():
    shop = a_list(50)
    card = on_top(shop)
    assert release(shop.engine, card, "Omar").code == "none"
    claim(shop.engine, card, "Lena")
    assert release(shop.engine, card, "Omar").code == "held"
    assert release(shop.engine, card, "Lena").ok
    assert claim(shop.engine, card, "Omar").ok


@pytest.mark.parametrize("name", ["", "   "])
def test_a_claim_needs_a_name(name: str):
    shop = a_list(50)
    assert claim(shop.engine, on_top(shop), name).code == "invalid"
    assert next_card(shop.engine, name).code == "invalid"


def test_who_let_the_time_run_out_may_still_say_what_came_of_it():
    shop = a_list(50)
    card = on_top(shop)
    claim(shop.engine, card, "Lena")
    later(shop, 11)
    assert outcome(shop.engine, card, Said(outcome="reached", by="Lena")).ok


def test_who_was_overtaken_is_told_and_loses_no_note():
    shop = a_list(50)
    card = on_top(shop)
    claim(shop.engine, card, "Lena")
    later(shop, 11)
    claim(shop.engine, card, "Omar")
    said = Said(outcome="reached", by="Lena", note="She likes it")
    no = outcome(shop.engine, card, said)
    assert (no.code, no.by) == ("held", "Omar")
    assert "Your claim had run out" in no.text
    assert "note was kept" in no.text
    outcome(shop.engine, card, said)  # sent again, it is one note
    assert notes(shop) == ["reached: She likes it"]
    assert outcome(shop.engine, card, Said(outcome="no_answer", by="Omar")).ok


def test_an_outcome_needs_no_claim_unless_somebody_else_has_one():
    shop = a_list(50, 60)
    first, second = (c.id for c in cards(shop.engine))
    assert outcome(shop.engine, first, Said(outcome="reached")).ok
    claim(shop.engine, second, "Lena")
    assert outcome(shop.engine, second, Said(outcome="reached")).code == "held"
    assert outcome(shop.engine, second, Said(outcome="reached", by="Lena")).ok


def test_the_same_word_twice_is_one_word_and_another_is_told_what_came_of_it():
    shop = a_list(50)
    card = on_top(shop)
    said = Said(outcome="reached", by="Lena", note="yes")
    assert outcome(shop.engine, card, said).status == "done"
    assert outcome(shop.engine, card, said).status == "duplicate"
    no = outcome(shop.engine, card, Said(outcome="no_answer", by="Omar", note="nobody there"))
    assert (no.code, no.text[:41]) == ("gone", "It was done already by Lena: reached. You")
    assert notes(shop) == ["no answer: nobody there"]


def test_the_next_card_is_the_best_that_nobody_has():
    shop = a_list(30, 90, 60)
    taken = [next_card(shop.engine, by) for by in ("Lena", "Omar", "Kim", "Ann")]
    assert [r.card.priority if r.card else r.code for r in taken] == [90, 60, 30, "none"]
    assert [r.card.holder for r in taken if r.card] == ["Lena", "Omar", "Kim"]


def test_what_is_skipped_comes_last_for_that_person_alone():
    shop = a_list(30, 90, 60)
    best = next_card(shop.engine, "Lena").id
    assert skip(shop.engine, best, "Lena").ok
    assert [c.priority for c in cards(shop.engine, by="Lena")] == [60, 30, 90]
    assert [c.priority for c in cards(shop.engine, by="Omar")] == [90, 60, 30]
    given = next_card(shop.engine, "Lena")
    assert given.card is not None
    assert given.card.priority == 60
    assert next_card(shop.engine, "Omar").id == best


def at_once(shop: Business, deed: Callable[[str], Result]) -> list[Result]:
    """Several people do it at the same moment."""
    found: list[Result] = []
    ready = threading.Barrier(4)

    def one(name: str) -> None:
        ready.wait(20)
        found.append(deed(name))

    threads = [threading.Thread(target=one, args=(f"person {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


@pytest.mark.parametrize("database_kind", ["file", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_of_several_at_the_same_moment_one_has_the_card(database_kind: str):
    shop = a_list(50)
    card = on_top(shop)
    for _ in range(5):
        found = at_once(shop, lambda by: claim(shop.engine, card, by))
        assert sorted(r.status for r in found) == ["done", "refused", "refused", "refused"]
        [winner] = [r.by for r in found if r.ok]
        assert release(shop.engine, card, winner).ok


@pytest.mark.parametrize("database_kind", ["file", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_several_at_the_same_moment_get_different_cards(database_kind: str):
    shop = a_list(30, 90, 60)
    found = at_once(shop, lambda by: next_card(shop.engine, by))
    assert sorted(r.card.priority if r.card else 0 for r in found) == [0, 30, 60, 90]


def test_a_list_asks_a_handful_of_questions_however_long_it_is(monkeypatch: pytest.MonkeyPatch):
    from outreach.store.dialect import Book

    def questions(shop: Business) -> int:
        asked = []
        with monkeypatch.context() as patch:
            fetch = Book._fetch
            patch.setattr(Book, "_fetch", lambda *args: (asked.append(1), fetch(*args))[1])
            cards(shop.engine)
        return len(asked)

    assert questions(a_list(*range(10, 50))) == questions(a_list(50))
