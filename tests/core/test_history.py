"""The past as conditions see it: `last`, `count`, `sum`, `open`."""

from __future__ import annotations

from datetime import timedelta

from outreach.core.event import Event
from outreach.core.history import History
from tests.support.guarded import DAY, NOON


def a_visit(days_ago: int, id: str = "", type: str = "visit", **data: object) -> Event:
    return Event(id=id or f"{type}{days_ago}", type=type, customer="c1", time=NOON - days_ago * DAY, data=data)


NOW = a_visit(0, total=5)
PAST = History([a_visit(9, total=1), a_visit(2, total=2), NOW, a_visit(-1, total=100)], NOON, NOW, ["complaint"])


def test_the_last_one_is_the_one_before_this():
    assert PAST.last("visit")["id"] == "visit2"
    assert History([NOW], NOON, NOW).last("visit") is None


def test_this_one_is_counted_and_what_lies_ahead_is_not():
    assert (PAST.count("visit"), PAST.sum("visit", "total")) == (3, 8.0)


def test_a_window_is_open_at_its_beginning():
    assert PAST.count("visit", NOON - 9 * DAY) == 2
    assert PAST.count("visit", NOON - 9 * DAY - timedelta(microseconds=1)) == 3
    assert PAST.sum("visit", "total", NOON - 2 * DAY) == 5.0


def test_a_family_of_types_is_counted_together():
    past = History(
        [a_visit(1, type="order.placed"), a_visit(2, type="order.shipped"), a_visit(3, type="orders.x")], NOON
    )
    assert (past.count("order.*"), past.last("order.*")["type"]) == (2, "order.placed")


def test_what_is_no_number_adds_nothing():
    past = History([a_visit(1, total="10"), a_visit(2, total=True), a_visit(3), a_visit(4, total=None)], NOON)
    assert past.sum("visit", "total") == 0.0


def test_open_asks_for_the_hold_of_that_name():
    assert (PAST.is_open("complaint"), PAST.is_open("other")) == (True, False)


def test_the_latest_of_each_type_is_for_templates():
    assert PAST.latest_by_type()["visit"]["id"] == "visit0"


def test_whether_one_came_with_a_value_does_not_ask_when():
    past = History([a_visit(2, order="A"), a_visit(1, order=7)], NOON, NOW)
    assert past.has("visit", "order", "A")
    assert past.has("visit", "order", "7")
    assert not past.has("visit", "order", "B")
