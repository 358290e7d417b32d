"""Why a condition held or not, as a trace keeps it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outreach.rulebook.conditions import Compiled, compile_condition

NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)
EVENT = {"service": "haircut", "total": 42, "nothing": None, "items": [{"sku": "a"}], "time": NOW - timedelta(hours=2)}


class Facts:
    def last(self, type_: str) -> dict[str, Any] | None:
        return {"total": 12.5, "time": NOW - timedelta(days=1)} if type_ == "purchase" else None

    def count(self, type_: str, since: datetime | None) -> int:
        return 3

    def sum(self, type_: str, field: str, since: datetime | None) -> float:
        return 99.5

    def is_open(self, name: str) -> bool:
        return True


SCOPE = {"event": EVENT, "customer": {"tags": ["vip"]}, "previous": None, "now": NOW, "facts": Facts()}


def explained(source: str | list[str]) -> list[tuple[str, bool, dict[str, Any]]]:
    made = compile_condition(source, strict=False)
    assert isinstance(made, Compiled), made
    found = made.explain(SCOPE)
    assert all(result for _, result, _ in found) is made.holds(SCOPE)
    json.dumps(found)  # a trace is stored
    return found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "event.service in ['haircut', 'colour'] && event.total >= 30",
            [
                ("event.service in ['haircut', 'colour']", True, {"event.service": "haircut"}),
                ("event.total >= 30", True, {"event.total": 42}),
            ],
        ),
        (
            "event.tip > 3 && !(event.tip > 3) && event.nothing == null",
            [
                ("event.tip > 3", False, {"event.tip": "missing"}),
                ("!(event.tip > 3)", True, {"event.tip": "missing"}),
                ("event.nothing == null", True, {"event.nothing": None}),
            ],
        ),
        (
            "event.service == 'a && b' || (event.total > 3 && event.total < 9)",
            [
                (
                    "event.service == 'a && b' || (event.total > 3 && event.total < 9)", False,
                    {"event.service": "haircut", "event.total": 42},
                ),
            ],
        ),
        (
            "(event.total > 3 && event.total < 50) && // why && not\n [1, 2] == [1, 2]",
            [
                ("(event.total > 3 && event.total < 50)", True, {"event.total": 42}),
                ("// why && not\n [1, 2] == [1, 2]", True, {}),
            ],
        ),
        (
            "last('purchase').total > 10 && days_since(last('visit').time) > 3 && count('purchase', '90 days') > 1",
            [
                ("last('purchase').total > 10", True, {"last('purchase').total": 12.5}),
                (
                    "days_since(last('visit').time) > 3", False,
                    {"days_since(last('visit').time)": "no value", "last('visit').time": "missing"},
                ),
                ("count('purchase', '90 days') > 1", True, {"count('purchase', '90 days')": 3}),
            ],
        ),
        (
            "previous.outcome == null && previous == null && 'vip' in customer.tags && open('complaint')",
            [
                ("previous.outcome == null", True, {"previous.outcome": "missing"}),
                ("previous == null", True, {"previous": None}),
                ("'vip' in customer.tags", True, {"customer.tags": ["vip"]}),
                ("open('complaint')", True, {"open('complaint')": True}),
            ],
        ),
        (
            "event.time < ago('1 hour') && now - event.time > duration('1h')",
            [
                (
                    "event.time < ago('1 hour')", True,
                    {"event.time": "2026-11-02T13:00:00+00:00", "ago('1 hour')": "2026-11-02T14:00:00+00:00"},
                ),
                (
                    "now - event.time > duration('1h')", True,
                    {"now": "2026-11-02T15:00:00+00:00", "event.time": "2026-11-02T13:00:00+00:00"},
                ),
            ],
        ),
        (
            "event.items.exists(i, i.sku == event.service) && has(event.items) && event['order-id'] == 'x'",
            [
                (
                    "event.items.exists(i, i.sku == event.service)", False,
                    {"event.items": [{"sku": "a"}], "event.service": "haircut"},
                ),
                ("has(event.items)", True, {"event.items": [{"sku": "a"}]}),
                ("event['order-id'] == 'x'", False, {"event['order-id']": "missing"}),
            ],
        ),
        (
            "event.total > 3 ? event.total > 50 && true : false",
            [("event.total > 3 ? event.total > 50 && true : false", False, {"event.total": 42})],
        ),
        ("'service' in event && event[event.service] == null", [
            ("'service' in event", True, {}),
            ("event[event.service] == null", True, {"event.service": "haircut"}),
        ]),
        (
            ["event.total > 3 || event.tip > 3", "last('purchase') != null"],
            [
                ("event.total > 3 || event.tip > 3", True, {"event.total": 42, "event.tip": "missing"}),
                (
                    "last('purchase') != null", True,
                    {"last('purchase')": {"total": 12.5, "time": "2026-11-01T15:00:00+00:00"}},
                ),
            ],
        ),
    ],
)  # fmt: skip
def test_each_part_says_what_it_saw(source: str | list[str], expected: list[tuple[str, bool, dict[str, Any]]]) -> None:
    assert explained(source) == expected


def test_many_parts_come_in_their_order() -> None:
    parts = [f"event.f{i} == {i}" for i in range(1, 31)]
    assert [source for source, _, _ in explained(" && ".join(parts))] == parts
    assert [source for source, _, _ in explained(parts)] == parts
