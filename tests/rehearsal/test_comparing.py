"""Expected beside happened: one more or one less is always noticed, whatever the order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.customer import Customer
from outreach.rehearsal.cases import Case, Wanted
from outreach.rehearsal.comparing import Line, compare, differences, matching
from outreach.rehearsal.moments import Written
from outreach.rehearsal.playing import Happened, Played

DAY = datetime(2026, 11, 16, 15, tzinfo=UTC)
PEOPLE = tuple((Customer(id=name, timezone="UTC"), []) for name in ("ana", "bob"))
ENDS = [("sent", ""), ("expired", "valid_for"), ("cancelled", "cap:1/3d"), ("suppressed", "no_consent:sms")]


def happened(number: int, customer: str = "ana", step: str = "a", hours: int = 0, end: tuple[str, str] = ENDS[0]):
    at = DAY + timedelta(hours=hours)
    return Happened(
        id=str(number), customer=customer, rule="r", step=step, channel="sms", at=at, due=at, status=end[0],
        reason=end[1], outcome="", address="+12125550101", variant="", assign="", text="Hi Ana,\n  we rang.",
        problem="",
    )  # fmt: skip


def wanted(h: Happened) -> Wanted:
    """Just this one."""
    return Wanted(
        customer=h.customer, line=1, rule=h.rule, step=h.step, channel=h.channel, at=Written(h.at, "minute"),
        status=h.status, reason=h.reason,
    )  # fmt: skip


def lines(expected: list[Wanted], ended: list[Happened], **case: object) -> list[Line]:
    made = Case(
        file="f", line=1, name="n", about="", rules=frozenset({"r"}), people=PEOPLE, house_zone="UTC", given=(),
        since=None, until=None, outcome=None, expected=tuple(expected),
    )  # fmt: skip
    return compare(replace(made, **case), Played(engine=None, ended=ended))  # type: ignore[arg-type]


@st.composite
def histories(draw: st.DrawFn) -> list[Happened]:
    found = draw(
        st.lists(st.tuples(st.sampled_from(["ana", "bob"]), st.sampled_from("ab"), st.integers(0, 3),
                           st.sampled_from(ENDS)), max_size=8)
    )  # fmt: skip
    return [happened(i, *values) for i, values in enumerate(found)]


@given(histories(), st.randoms(use_true_random=False))
def test_what_is_expected_just_so_passes_in_any_order(ended: list[Happened], chance):
    expected = [wanted(h) for h in ended]
    chance.shuffle(expected)
    assert [line.mark for line in lines(expected, ended)] == [" "] * len(ended)


@given(histories(), st.data())
def test_one_more_or_one_less_is_noticed(ended: list[Happened], data: st.DataObject):
    if not ended:
        return
    gone = data.draw(st.integers(0, len(ended) - 1))
    fewer = [h for i, h in enumerate(ended) if i != gone]
    marks = [line.mark for line in lines([wanted(h) for h in fewer], ended)]
    assert sorted(marks) == sorted([" "] * len(fewer) + ["+"])
    marks = [line.mark for line in lines([wanted(h) for h in ended], fewer)]
    assert sorted(marks) == sorted([" "] * len(fewer) + ["-"])


@given(histories())
def test_lines_stand_in_order_of_time(ended: list[Happened]):
    times = [line.at for line in lines([], ended)]
    assert times == sorted(times)


@given(st.integers(0, 5), st.integers(0, 5), st.data())
def test_as_many_pairs_are_made_as_can_be(many: int, others: int, data: st.DataObject):
    fits = {(i, j) for i in range(many) for j in range(others) if data.draw(st.booleans())}
    taken = matching(many, others, lambda i, j: (i, j) in fits)
    assert all((i, j) in fits for j, i in taken.items())
    assert len(set(taken.values())) == len(taken)
    if many > others:
        fits = {(j, i) for i, j in fits}
    orders = permutations(range(max(many, others)), min(many, others))
    best = max(sum(pair in fits for pair in enumerate(order)) for order in orders)
    assert len(taken) == best


def test_a_loose_expectation_leaves_the_strict_one_its_contact():
    first, second = happened(1, hours=0), happened(2, hours=1)
    loose = replace(wanted(first), at=None)
    assert [line.mark for line in lines([loose, wanted(first)], [first, second])] == [" ", " "]


@pytest.mark.parametrize(
    ("change", "what"),
    [({}, []), ({"at": Written(DAY + timedelta(minutes=1), "minute")}, ["at"]),
     ({"due": Written(DAY + timedelta(days=1), "day")}, ["due"]), ({"status": "expired"}, ["status"]),
     ({"reason": "cap"}, ["status"]), ({"says": ("Hi Ana, we rang",)}, []), ({"says": ("we rang", "bye")}, ["says"]),
     ({"address": "+12125550109"}, ["address"]), ({"variant": "b"}, ["variant"]), ({"assign": "Lena"}, ["assign"])],
)  # fmt: skip
def test_only_what_is_written_is_compared(change: dict[str, object], what: list[str]):
    it = Wanted(customer="ana", line=1, rule="r", step="a", channel="sms")
    assert [d.what for d in differences(replace(it, **change), happened(1), "UTC")] == what  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reason", "fits"),
    [("cap", True), ("cap:1/3d", True), ("cap:1/4d", False), ("ca", False), ("gap", False), ("", False)],
)
def test_the_head_of_a_reason_is_any_of_them(reason: str, fits: bool):
    it = Wanted(customer="ana", line=1, rule="r", step="a", channel="sms", reason=reason)
    assert (not list(differences(it, happened(1, end=("cancelled", "cap:1/3d")), "UTC"))) == fits


def test_rules_that_the_file_does_not_speak_of_may_do_what_they_like():
    other = replace(happened(2), rule="other")
    assert lines([], [other]) == []
    expected = replace(wanted(other), rule="other")
    assert [line.mark for line in lines([expected], [other, replace(other, id="3")])] == [" "]
    assert [line.mark for line in lines([expected], [])] == ["-"]


def test_never_speaks_of_every_rule_and_of_no_task():
    other = replace(happened(1), rule="other")
    task = replace(happened(2), channel="task", status="done")
    anything = (Wanted(customer="ana", line=7),)
    found = lines([], [other, task], never=anything, rules=frozenset())
    assert [(line.mark, line.happened and line.happened.id) for line in found] == [("+", "1")]
    assert found[0].why == ("line 7 says that this never happens",)
    assert lines([], [replace(other, status="expired", reason="valid_for")], never=anything, rules=frozenset()) == []


def test_what_is_expected_and_never_to_happen_is_told_once():
    h = happened(1)
    found = lines([wanted(h)], [h], never=(Wanted(customer="ana", line=7),))
    assert [line.mark for line in found] == ["+"]
