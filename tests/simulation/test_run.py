"""The simulation: history starts nothing, people do what is on their list, and it knows when to end."""

from __future__ import annotations

import csv
import io

import pytest

from outreach.core.event import Event
from outreach.simulation.compare import compare
from outreach.simulation.contacts import Contact, contacts, summary, write
from outreach.simulation.run import Simulation
from tests.support.business import a_customer, a_rule, an_engine, an_event, rules_of, utc

CALL = rules_of(
    a_rule(
        "call: {at: next day 10:00, script: hi, name: ask}\n"
        "sms: {at: 1 hour after previous, template: hi, when: previous.outcome == 'no_answer'}"
    )
)
DAY_ONE, DAY_TWO = an_event("purchase", id="e1"), an_event("purchase", at="2026-11-12T15:00", id="e2")


def played(*events: Event, rules: str = CALL, since: str = "", **given: object) -> list[Contact]:
    shop = an_engine(rules)
    simulation = Simulation(shop.engine, shop.clock, **given)
    simulation.run(events, utc(since) if since else None)
    return list(contacts(shop.engine.store))


def ends(rows: list[Contact]) -> list[str]:
    return [f"{r.at} {r.step} {r.status} {r.reason}".strip() for r in rows]


def test_a_call_is_made_at_its_moment_and_reaches_her():
    assert ends(played(DAY_ONE)) == ["2026-11-03T15:00:00Z ask done reached"]


def test_unless_told_otherwise():
    rows = played(DAY_ONE, outcome="no_answer")
    assert ends(rows) == ["2026-11-03T15:00:00Z ask done no_answer", "2026-11-03T16:00:00Z 2-sms sent"]


def test_an_outcome_event_says_what_came_of_it():
    said = an_event("outcome", at="2026-11-03T18:00", rule="r", step="ask", outcome="no_answer")
    rows = played(DAY_ONE, said)
    assert ends(rows) == ["2026-11-03T15:00:00Z ask done no_answer", "2026-11-03T19:00:00Z 2-sms sent"]


@pytest.mark.parametrize("at", ["2026-11-04T15:00", "2026-11-09T15:00"])
def test_an_outcome_that_comes_when_its_worth_is_over_says_nothing(at: str):
    late = an_event("outcome", at=at, rule="r", step="ask", outcome="no_answer")
    assert ends(played(DAY_ONE, late)) == ["2026-11-03T15:00:00Z ask done reached"]


def test_left_alone_the_list_is_not_worked():
    assert ends(played(DAY_ONE, outcome=None)) == ["2026-11-04T15:00:00Z ask expired valid_for"]


def test_events_before_the_beginning_are_history():
    assert [r.event for r in played(DAY_ONE, DAY_TWO, since="2026-11-10T00:00")] == ["e2"]


def test_it_ends_when_told_to():
    assert [r.event for r in played(DAY_ONE, DAY_TWO, until=utc("2026-11-05T00:00"))] == ["e1"]
    assert played(DAY_ONE, until=utc("2026-11-03T14:59")) == []


def test_nothing_gives_nothing():
    assert played() == []


def test_progress_is_told_up_to_the_end():
    told = []
    shop = an_engine(CALL)
    Simulation(shop.engine, shop.clock).run([DAY_ONE, DAY_TWO], progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


def test_a_file_of_contacts_reads_back():
    rows, out = played(DAY_ONE, DAY_TWO, outcome="no_answer"), io.StringIO()
    write(rows, out)
    assert [Contact(**row) for row in csv.DictReader(io.StringIO(out.getvalue()))] == rows


def test_a_summary_counts_by_rule_step_status_and_reason():
    assert summary(played(DAY_ONE, DAY_TWO)) == {("r", "ask", "done", "reached"): 2}


def test_two_rule_sets_are_compared_contact_by_contact():
    later = played(DAY_ONE, rules=CALL.replace("10:00", "11:00"))
    [changed] = compare(played(DAY_ONE), later)
    assert (changed.before, changed.after) == (
        "done 2026-11-03T15:00:00Z (reached)",
        "done 2026-11-03T16:00:00Z (reached)",
    )
    [gone] = compare(played(DAY_ONE, DAY_TWO), played(DAY_ONE))
    assert (gone.event, gone.after) == ("e2", "")
    assert compare(later, later) == []


def test_an_outcome_that_speaks_of_her_by_her_old_name_is_waited_for():
    """She was merged between the visit and the call."""
    merged = an_event("customer.merged", at="2026-11-02T20:00", into="c2")
    said = an_event("outcome", at="2026-11-03T18:00", rule="r", step="ask", outcome="no_answer")
    shop = an_engine(CALL, a_customer("c1"), a_customer("c2", phone="+12125550102"))
    Simulation(shop.engine, shop.clock).run([DAY_ONE, merged, said])
    rows = list(contacts(shop.engine.store))
    assert ends(rows) == ["2026-11-03T15:00:00Z ask done no_answer", "2026-11-03T19:00:00Z 2-sms sent"]
    assert {(r.customer, r.address) for r in rows} == {("c2", "+12125550102")}
