"""The cadence and the calendar, from YAML to what the guard reads."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from outreach.core.cadence import DEFAULT_PURPOSES, BackOff, Cadence
from outreach.core.customer import Customer
from outreach.core.hours import parse_hours
from outreach.errors import RulebookError
from outreach.rulebook.law_shapes import PACKS
from outreach.rulebook.load import Rulebook, load_rulebook
from outreach.rulebook.schema import json_schema

GOOD = Path(__file__).parent / "good"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(GOOD / "rules", GOOD / "templates")


def book_of(tmp_path: Path, text: str) -> Rulebook:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "cadence.yaml").write_text(text, encoding="utf-8")
    return load_rulebook(rules, GOOD / "templates")


def test_caps_are_windows_with_labels_that_differ(book: Rulebook):
    first, second, third, fourth = book.cadence.caps
    assert (first.max, first.per, first.label) == (1, timedelta(days=3), "1/3d")
    assert (first.purposes, first.channels) == (frozenset({"marketing"}), None)
    assert second.label == "4/30d"
    assert third.label == "4/30d:call:sms:care:marketing"
    assert (fourth.max, fourth.label, fourth.channels) == (0, "0/7d", frozenset({"call"}))


def test_the_rest_of_the_cadence(book: Rulebook):
    cadence = book.cadence
    assert cadence.min_gap == timedelta(hours=20)
    assert cadence.hours["call"] == parse_hours({"mon-fri": "10:00-13:00, 14:00-18:00"})
    assert cadence.unknown_timezone == "business"
    assert [(hold.name, hold.purposes) for hold in cadence.holds] == [("complaint", frozenset({"marketing", "care"}))]


def test_a_purpose_keeps_what_is_not_changed(book: Rulebook):
    care, usual = book.cadence.policy("care"), DEFAULT_PURPOSES["care"]
    assert care.consent == "required"
    assert (care.obeys_caps, care.counts, care.any_hours) == (usual.obeys_caps, usual.counts, usual.any_hours)
    assert book.cadence.policy("safety") == DEFAULT_PURPOSES["safety"]


def test_the_house_has_its_calendar_and_its_zone(book: Rulebook):
    calendar = book.calendar
    assert book.zone == "America/New_York"
    assert calendar.is_open(date(2026, 11, 28))  # a Saturday
    assert calendar.is_open(date(2026, 11, 29))  # a Sunday, open by exception
    assert not calendar.is_open(date(2026, 12, 24))
    assert not calendar.is_open(date(2026, 11, 26))  # Thanksgiving, the house's
    assert not calendar.is_open(date(2026, 7, 14), "FR")  # Bastille Day, the customer's


def test_the_policy_is_what_the_guard_takes(book: Rulebook):
    policy = book.policy
    assert (policy.cadence, policy.calendar, policy.zone) == (book.cadence, book.calendar, "America/New_York")
    assert date(2026, 7, 14) in policy.holidays("FR", "", 2026)


def test_without_holidays_of_customers_only_the_house_s_count(tmp_path: Path):
    book = book_of(tmp_path, "cadence: {holidays: none}\ncalendars: {business: {holidays: US}}\n")
    assert book.calendar.is_open(date(2026, 7, 14), "FR")
    assert not book.calendar.is_open(date(2026, 12, 25), "FR")


def test_nothing_written_is_the_default(tmp_path: Path):
    book = book_of(tmp_path, "cadence:\ncalendars:\n")
    assert book.cadence == Cadence()
    assert (book.calendar.days, book.zone) == (frozenset(range(5)), "UTC")


@pytest.mark.parametrize(
    "off",
    [
        "back_off: none",
        "back_off: no",
        "silence_after_refusal: 0 days",
        "silence_after_refusal: off",
        "capacity: {}",
        "mix: ",
    ],
)
def test_parts_may_be_switched_off_by_a_word(tmp_path: Path, off: str):
    assert book_of(tmp_path, f"cadence: {{{off}}}\n").cadence == Cadence()


@pytest.mark.parametrize("on", ["mix: {proactive: 60%}"])
def test_what_is_not_built_yet_is_never_passed_over(tmp_path: Path, on: str):
    with pytest.raises(RulebookError, match="is not yet supported"):
        book_of(tmp_path, f"cadence: {{{on}}}\n")


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("[fr]", ["law:fr", "law:fr"]),
        ("de", ["law:de"]),
        ("[de, uk, de]", ["law:de", "law:uk"]),
        ("[]", []),
        ("none", []),
    ],
)
def test_law_packs_are_switched_on_by_name(tmp_path: Path, written: str, codes: list[str]):
    book = book_of(tmp_path, f"cadence: {{laws: {written}}}\n")
    assert [law.code for law in book.cadence.laws] == codes
    assert book.policy.cadence.laws == book.cadence.laws


def test_the_policy_knows_where_phones_are_from(tmp_path: Path):
    policy = book_of(tmp_path, "cadence: {laws: [us]}\n").policy
    assert policy.zones(Customer(id="c1", phone="+12125550101")) == ("America/New_York",)
    assert policy.places(Customer(id="c1", phone="+12125550101")) == {("US", "NY")}


def test_an_editor_is_told_which_packs_there_are():
    schema = json_schema()["definitions"]["CadenceShape"]["properties"]["laws"]
    assert str(PACKS).strip("()") in str(schema)


def test_parts_are_switched_off(tmp_path: Path):
    book = book_of(tmp_path, "cadence: {min_gap: 0 minutes, caps: [], holidays: none}\n")
    assert (book.cadence.min_gap, book.cadence.caps, book.calendar.holidays) == (timedelta(0), (), None)


def test_the_back_off_and_the_silence(tmp_path: Path):
    book = book_of(tmp_path, "cadence: {back_off: {after: 2, longest: 4}, silence_after_refusal: 60 days}\n")
    assert book.cadence.back_off == BackOff(after=2, factor=2, longest=4)
    assert book.cadence.silence == timedelta(days=60)


def test_what_a_back_off_leaves_out_stands_at_its_default(tmp_path: Path):
    assert book_of(tmp_path, "cadence: {back_off: {factor: 1.5}}\n").cadence.back_off == BackOff(factor=1.5)
