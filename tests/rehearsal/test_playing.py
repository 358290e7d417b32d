"""Tests of rules, read and played: what passes, what fails and says why, and what nothing leaks between."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outreach.bootstrap import assemble, virtual_store
from outreach.engine import Engine
from outreach.ports import VirtualClock
from outreach.rehearsal.coverage import coverage
from outreach.rehearsal.judging import Result, judge
from outreach.rehearsal.playing import Stage
from outreach.rehearsal.telling import told
from outreach.rulebook.load import load_rulebook
from outreach.settings import read_settings
from tests.rehearsal.conftest import Read

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ANA = """
customers:
  ana: {first_name: Ana, phone: "+12125550101", timezone: America/New_York, consent: {sms: {marketing: true}}}
events:
  a visit: {type: appointment.completed, data: {total: 54, staff: Lena}}
"""


@pytest.fixture
def stage(house: Path) -> Stage:
    settings = read_settings(rules=house / "rules", templates=house / "templates")
    book = load_rulebook(settings.rules, settings.templates)
    engine = assemble(settings, virtual_store(), book, VirtualClock(EPOCH)).engine

    def make() -> tuple[Engine, VirtualClock]:
        clock = VirtualClock(EPOCH)
        return replace(engine, store=virtual_store(), clock=clock), clock

    return make


@pytest.fixture
def results(read: Read, stage: Stage):
    def call(text: str) -> list[Result]:
        tests = read(ANA + "tests:\n" + text)
        assert tests.problems == []
        return [judge(case, stage) for case in tests.cases]

    return call


def shown(result: Result) -> str:
    return "\n".join(line for _, line in told(result))


def test_two_tests_of_one_file_do_not_know_of_each_other(results):
    """The same visit twice would be two runs, or one; the first test's STOP would silence the second."""
    one = """
  {}:
    given:
      - {{time: 2026-11-02 14:00, id: e1, event: a visit}}
      - {{time: 2026-11-03 10:05, id: e2, call: ask, outcome: no_answer}}
      - {{time: 2026-11-05 10:05, id: e3, type: message.received, data: {{text: STOP}}}}
    expect:
      - {{at: 2026-11-03 10:00, call: ask, outcome: no_answer}}
      - {{at: 2026-11-04 10:00, sms: missed}}
"""
    assert [r.passed for r in results(one.format("first") + one.format("second"))] == [True, True]


def test_customers_of_one_test_are_not_those_of_the_next(results):
    found = results("""
  no phone:
    customers: {ana: {phone: }, bob: {phone: "+12125550102"}}
    given: [{time: 2026-11-02 14:00, customer: ana, event: a visit}]
    expect: [{customer: ana, call: ask, reason: no_address}]
  her phone:
    given: [{time: 2026-11-02 14:00, event: a visit}]
    expect: [{call: ask}]
""")
    assert [r.passed for r in found] == [True, True]
    assert [len(r.case.people) for r in found] == [2, 1]


def test_the_outcome_of_a_test_is_what_calls_come_to_of_which_nothing_is_said(results):
    found = results("""
  reached: {given: [{time: 2026-11-02 14:00, event: a visit}], expect: [{call: ask, outcome: reached}]}
  nobody:
    given: [{time: 2026-11-02 14:00, event: a visit}]
    outcome: none
    expect: [{at: 2026-11-04 10:00, call: ask, status: expired}]
  no answer:
    given: [{time: 2026-11-02 14:00, event: a visit}]
    outcome: no_answer
    expect: [{call: ask, outcome: no_answer}, {sms: missed}]
""")
    assert [r.passed for r in found] == [True, True, True]


def test_events_before_from_are_facts_that_start_nothing(results):
    found = results("""
  history:
    from: 2026-11-04
    given: [{time: 2026-11-03 14:00, event: a visit}, {time: 2026-11-04 14:00, event: a visit}]
    expect: [{at: 2026-11-05 10:00, call: ask}]
""")
    assert found[0].passed


def test_what_lies_ahead_when_the_test_ends(results):
    text = """
  ahead:
    given: [{time: 2026-11-02 14:00, event: a visit}]
    until: %s
    outcome: none
    expect: nothing
    planned: [{at: 2026-11-03 10:00, call: ask, status: %s}]
"""
    assert results(text % ("2026-11-02", "planned"))[0].passed
    assert results(text % ("2026-11-03 10:00", "listed"))[0].passed
    assert not results(text % ("2026-11-02", "listed"))[0].passed
    failed = results(text.replace("planned: [", "planned: nothing # [") % ("2026-11-02", "planned"))[0]
    assert "+ Tue 2026-11-03 10:00  ana  call  next-day/ask  planned" in shown(failed)


def test_the_texts_are_those_that_are_sent_and_that_staff_read(results):
    found = results("""
  texts:
    given: [{time: 2026-11-02 14:00, event: a visit}]
    outcome: no_answer
    expect:
      - {call: ask, says: [Ask how it turned out., Ask Ana about the visit.], assign: Lena}
      - {sms: missed, says: "Hi Ana, we rang."}
""")
    assert found[0].passed


def test_a_text_that_cannot_be_written_fails_the_test(results, house: Path):
    (house / "templates" / "ask.call.md").write_text("Ask about {{ event.sevice }}.")
    (house / "templates" / "missed.sms.txt").write_text("Hi {{ customer.nickname }}.")
    found = results("""
  texts:
    given: [{time: 2026-11-02 14:00, event: a visit}]
    outcome: no_answer
    expect: [{call: ask}, {sms: missed}]
""")
    assert not found[0].passed
    assert "its text has a mistake: templates/ask.call.md:1: `sevice` is undefined" in shown(found[0])
    assert "expected to take place; it came to held, template" in shown(found[0])
    assert "`nickname` is undefined" in shown(found[0])


@pytest.mark.parametrize(
    ("given", "expect", "why"),
    [
        ("[{time: 2026-11-02 14:00, event: a visit, data: {total: 20}}]", "{call: ask}",
         "the rule didn't start on appointment.completed of Mon 2026-11-02 14:00: event.total >= 30 is false"
         " (event.total is 20)"),
        ("[{time: 2026-11-02 14:00, type: complaint.opened}]", "{call: ask}",
         "the rule never started: no_event, no appointment.completed is known of this customer"),
        ("[{time: 2026-11-02 14:00, event: a visit}]", "{sms: missed}",
         "`ask` before it came to reached, and so its condition is false: previous.outcome == 'no_answer'"
         ' (previous.outcome is "reached")'),
        ("[{time: 2026-11-02 14:00, event: a visit}, {time: 2026-11-02 15:00, type: complaint.opened}]",
         "{sms: missed}", "`ask` before it came to cancelled (stop_on:complaint.opened)"),
        ("[{time: 2026-11-02 14:00, event: a visit}, {time: 2026-11-02 15:00, type: complaint.opened}]",
         "{call: ask}", "Mon 2026-11-02 15:00 cancelled: stop_on:complaint.opened"),
        ("[{time: 2026-11-02 14:00, event: a visit}]", "{call: ask}, {call: ask}",
         "it came only as often as is expected elsewhere"),
        ("[{time: 2026-11-02 14:00, event: a visit},"
         " {time: 2026-11-03 09:00, type: contact.made, data: {channel: call}}]",
         "{at: 2026-11-03 10:00, call: ask}",
         "Tue 2026-11-03 09:00 deferred: gap:20h, less than 20h from another touch"),
    ],
)  # fmt: skip
def test_what_is_missing_or_otherwise_is_explained(results, given: str, expect: str, why: str):
    found = results(f"  one:\n    given: {given}\n    expect: [{expect}]\n")
    assert not found[0].passed
    assert f"why: {why}" in shown(found[0])


def test_what_is_still_ahead_or_on_the_list_is_explained(results):
    text = (
        "  one: {given: [{time: 2026-11-02 14:00, event: a visit}], until: %s, outcome: none, expect: [{call: ask}]}\n"
    )
    assert "it still lies ahead when the test ends, planned for Tue 2026-11-03 10:00" in shown(
        results(text % "2026-11-02")[0]
    )
    assert "it is still on the list: nobody has done it" in shown(results(text % "2026-11-03")[0])


def test_an_outcome_that_met_nothing_is_told_when_the_test_fails(results):
    found = results("""
  early:
    given:
      - {time: 2026-11-02 13:00, call: ask, outcome: no_answer}
      - {time: 2026-11-02 14:00, event: a visit}
    expect: [{call: ask, outcome: no_answer}]
""")
    said = "the outcome `no_answer` of Mon 2026-11-02 13:00 met no call or task next-day/ask that was open then"
    assert f"note: {said}" in shown(found[0])


def test_coverage_counts_what_was_expected_to_take_place_and_did(results, house: Path):
    rules = load_rulebook(house / "rules", house / "templates").rules
    found = results("""
  refused:
    given: [{time: 2026-11-02 14:00, event: a visit}, {time: 2026-11-02 15:00, type: complaint.opened}]
    expect: [{call: ask, status: cancelled}]
  unexpected:
    given: [{time: 2026-11-02 14:00, event: a visit}]
    outcome: no_answer
    expect: [{call: ask}]
""")
    covered = coverage(rules, found[:1])
    assert (covered.untested, covered.unseen) == (("papers", "thanks"), ("next-day/ask", "next-day/missed"))
    assert coverage(rules, found).unseen == ("next-day/missed",)
    assert not coverage(rules, found).whole


def test_a_customer_who_becomes_another_is_told_of_under_that_one(read: Read, stage: Stage):
    tests = read(
        ANA.replace(
            "\nevents:", "\n  eva: {first_name: Eva, phone: '+12125550102', timezone: America/New_York}\nevents:"
        )
        + """
tests:
  one of two:
    given:
      - {time: 2026-11-02 14:00, customer: ana, event: a visit}
      - {time: 2026-11-03 10:05, customer: ana, call: ask, outcome: no_answer}
      - {time: 2026-11-04 10:05, customer: ana, type: customer.merged, data: {into: eva}}
    expect:
      - {at: 2026-11-03 10:00, customer: eva, call: ask, outcome: no_answer}
      - {at: 2026-11-04 10:00, customer: eva, sms: missed, says: Hi Ana}
"""
    )
    assert tests.problems == []
    [result] = [judge(case, stage) for case in tests.cases]
    assert result.passed, shown(result)
