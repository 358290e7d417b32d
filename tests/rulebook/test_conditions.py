"""What conditions mean: missing data, numbers, times, our functions."""

from __future__ import annotations

import pickle
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outreach.core.rule import Condition
from outreach.rulebook.conditions import Compiled, compile_condition

NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)
EVENT = {
    "service": "haircut", "total": 42, "share": 0.5, "vip": True, "nothing": None, "words": ["x", "y"],
    "arrival": "2026-11-12T10:00:00+01:00", "day": "2026-11-01", "naive": "2026-11-01T10:00:00",
    "items": [{"sku": "a", "price": 10}, {"sku": "b", "price": 2.5}], "address": {"city": "Bern"}, "order-id": "o1",
    "type": "haircut.done", "time": NOW - timedelta(hours=2),
}  # fmt: skip


class Facts:
    """Three purchases, the last one yesterday; notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def last(self, type_: str) -> dict[str, Any] | None:
        self.asked.append(("last", type_))
        return {"total": 12.5, "time": NOW - timedelta(days=1)} if type_ == "purchase" else None

    def count(self, type_: str, since: datetime | None) -> int:
        self.asked.append(("count", type_, since))
        return 3 if since is None else 1

    def sum(self, type_: str, field: str, since: datetime | None) -> float:
        self.asked.append(("sum", type_, field, since))
        return 99.5 if since is None else 12.5

    def is_open(self, name: str) -> bool:
        self.asked.append(("open", name))
        return name == "complaint"


def a_scope(**other: Any) -> dict[str, Any]:
    customer = {"id": "c1", "tags": ["vip"], "memory": {"meal": "well done"}, "birthday": "--02-29", "plan": "gold"}
    return {"event": EVENT, "customer": customer, "previous": None, "now": NOW, "facts": Facts()} | other


def compiled(source: str | list[str]) -> Compiled:
    made = compile_condition(source, strict=False)
    assert isinstance(made, Compiled), made
    return made


def holds(source: str | list[str], **other: Any) -> bool:
    """Without the guard: nothing here may raise."""
    return compiled(source).raw()(a_scope(**other))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("event.none >= 30", False),
        ("!(event.none >= 30)", True),
        ("event.none == 3", False),
        ("event.none != 3", False),
        ("event.none == event.gone", False),
        ("event.none != event.total", False),
        ("event.none == null", True),
        ("null == event.none", True),
        ("event.none != null", False),
        ("event.nothing == null", True),
        ("event.nothing != null", False),
        ("event.nothing != 3", True),  # null is there, and it is not 3
        ("event.total != null", True),
        ("event.none", False),
        ("!event.none", True),
        ("event.none && event.vip", False),
        ("event.none || event.vip", True),
        ("event.none ? false : true", True),
        ("event.total", False),  # a number is not true
        ("!event.total", True),
        ("event.vip", True),
        ("event.service", False),
        ("event.none in ['a']", False),
        ("'a' in event.none", False),
        ("!('a' in event.none)", True),
        ("event.total in [event.none, 42]", False),
        ("event.none.startsWith('a')", False),
        ("event.total.startsWith('4')", False),
        ("size(event.none) == 0", False),
        ("size(event.none) != 0", False),
        ("event.none + 1 > 0", False),
        ("event.none.deeper.still == null", True),
        ("event.service.deeper == null", True),  # a text has no fields
        ("event.items[7] == null", True),
        ("event.items[7].sku == 'a'", False),
        ("has(event.none)", False),
        ("has(event.nothing)", True),
        ("has(event.address.city) && !has(event.address.street) && !has(event.none.street)", True),
        ("previous.outcome == 'no_answer'", False),
        ("previous.outcome != 'no_answer'", False),
        ("previous.outcome == null", True),
        ("previous == null", True),
        ("customer.none == 'x' || customer.plan == 'gold'", True),
    ],
)
def test_what_is_missing_makes_its_comparison_false(source: str, expected: bool) -> None:
    assert holds(source) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("event.total > '30'", False),
        ("event.total < 'z'", False),
        ("event.total == '42'", False),
        ("event.total != '42'", True),
        ("event.vip == 1", False),
        ("event.vip == true", True),
        ("1 in [event.vip]", False),
        ("event.total == 42.0", True),
        ("event.total < 42.5", True),
        ("1 < 2.5", True),
        ("event.total * 1.5 > 62", True),  # CEL has no whole number times decimal; JSON has both
        ("event.share + event.total == 42.5", True),
        ("size(event.items) / 2.0 == 1", True),
        ("event.total / 4 == 10", True),  # whole numbers stay whole, as in CEL
        ("event.total / 0 > 1", False),
        ("event.share / 0.0 > 1", False),
        ("event.total % 0 == 0", False),
        ("event.share % 2 == 0", False),
        ("-event.service == 1", False),
        ("event.total * event.service == 1", False),
        ("-7 / 2 == -3 && -7 % 3 == -1 && 7 % -3 == 1 && 7 / -2 == -3", True),
        ("event.words['x'] == 1", False),
        ("event.words[event.share] == null || event.total[0] == null", False),
        ("event.items[event.none] == null", False),
        ("event.items[0].sku == 'a' && event.items[2.0 - 1.0].sku == 'b'", True),
        ("event.vip < true || false < event.vip", True),
        ("[event.total, [event.vip]] == [42.0, [true]] && [1] != [event.vip]", True),
        ("-event.total == -42", True),
        ("event.words == ['x', 'y'] && event.words != ['x']", True),
        ("event.address == {'city': 'Bern'} && event.address != {}", True),
        ("event['order-id'] == 'o1' && event[event.words[0]] == null", True),
        ("event.items[1.0].sku == 'b' && event.items['a'] != null", False),
        ("{'a': [1, 2]}.a[1] == 2 && {'b': 1}.b == 1", True),
        ("{'a': event.none} == {'a': event.none} || {'a': 1, 'a': 1} == {'a': 1}", False),
        ("{'a': event.total}.a == 42", True),
        ("'city' in event.address && !('street' in event.address) && !(1 in event.address)", True),
        ("'a' in event.service", False),
        ("event.service.contains('air') && event.service.startsWith('h') && event.service.endsWith('t')", True),
        ("'vip' in customer.tags && customer.memory.meal == 'well done'", True),
        ("false == (event.total > 100)", True),
        ("size(event.address) + size(event.words) + size(event.service) == 10", True),
        ("event.words + ['z'] == ['x', 'y', 'z'] && event.service + 's' == 'haircuts'", True),
        ("event.words + 'z' == 'xyz'", False),
    ],
)
def test_types_and_numbers(source: str, expected: bool) -> None:
    assert holds(source) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("event.time < now && now > event.time", True),
        ("event.arrival > now", True),  # JSON has times as text
        ("now < event.arrival", True),
        ("event.arrival == timestamp('2026-11-12T09:00:00Z')", True),
        ("event.arrival != timestamp('2026-11-12T09:00:00Z')", False),
        ("timestamp(event.arrival) - now < duration('240h')", True),
        ("event.arrival - now > duration('200h') && event.arrival - duration('24h') > now", True),
        ("event.day + duration('24h') == timestamp('2026-11-02T00:00:00Z')", True),  # a date is its midnight in UTC
        ("event.day == '2026-11-01' && event.time > '2026-11-01'", True),
        ("event.naive < now || event.naive >= now", False),  # no offset, no instant
        ("customer.birthday < now", False),
        ("event.service < now", False),
        ("event.service == now", False),
        ("event.total < now", False),
        ("now - now == duration('0s') && duration('1h30m') > duration('89m')", True),
        ("duration(event.service) == duration('1h')", False),
        ("duration(now - event.time) == duration('2h') && duration('0') < duration('1h')", True),
        ("duration('1h') + duration('30m') == duration('90m') && duration('1h') + event.time < now", True),
        (
            "duration(event.total) == duration('1h') || event.total - event.service == 1 || now + event.total > now",
            False,
        ),
        ("event.total + now > now || now - event.service > duration('1h')", False),
        ("timestamp(1793631600) == now && timestamp(event.total) < now", True),
        ("timestamp(99999999999999) > now || timestamp(999999999999) > now", False),
        ("now + duration('876000h') > now && now + duration('87600000h') > now", False),  # beyond the year 9999
        ("days_since(event.time) < 0.1 && days_since(event.time) > 0", True),
        ("days_since(event.arrival) < 0", True),
        ("days_since(event.none) < 0 || days_since(event.none) >= 0", False),
        ("ago('30 days') < event.time && ago('1 hour') > event.time", True),
        ("event.time == '2026-11-02T13:00:00Z'", True),
    ],
)
def test_times(source: str, expected: bool) -> None:
    assert holds(source) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("last('purchase').total == 12.5", True),
        ("last('purchase') != null && last('visit') == null", True),
        ("last('visit').total > 0", False),
        ("last('visit').total == null", True),
        ("days_since(last('purchase').time) <= 1", True),
        ("days_since(last('visit').time) > 0", False),
        ("count('purchase') == 3 && count('purchase', '90 days') == 1", True),
        ("sum('purchase', 'total') > 99 && sum('purchase', 'total', '1 year') == 12.5", True),
        ("open('complaint') && !open('repair')", True),
    ],
)
def test_history(source: str, expected: bool) -> None:
    assert holds(source) is expected


def test_spans_are_handed_on_as_instants() -> None:
    facts = Facts()
    assert compiled("count('purchase', '90 days') > 0 && sum('p', 'total', '1 year') > 0").holds(a_scope(facts=facts))
    assert facts.asked == [
        ("count", "purchase", NOW - timedelta(days=90)),
        ("sum", "p", "total", NOW - timedelta(days=365)),
    ]


def test_and_and_or_stop_as_soon_as_they_know() -> None:
    facts = Facts()
    assert compiled("event.vip || count('purchase') > 1").holds(a_scope(facts=facts))
    assert not compiled("event.none && count('purchase') > 1").holds(a_scope(facts=facts))
    assert facts.asked == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("event.items.exists(i, i.sku == 'b')", True),
        ("event.items.all(i, i.price > 2)", True),
        ("event.items.exists_one(i, i.price > 2)", False),
        ("event.items.filter(i, i.price > 5).size() == 1", True),
        ("event.items.map(i, i.sku) == ['a', 'b']", True),
        ("event.items.map(i, i.price > 5, i.sku) == ['a']", True),
        ("event.items.exists(i, i.price * 1.5 > 14 && i.price / 2 == 5)", True),  # whole numbers and decimals
        ("event.items.exists(i, i.color == 'red')", False),
        ("event.items.all(i, i.color != 'red')", False),
        ("event.items.map(i, i.color) == []", False),
        ("event.none.exists(i, i.sku == 'b') || event.none.all(i, i.sku == 'b')", False),
        ("event.none.exists_one(i, true) || size(event.none.map(i, i)) >= 0", False),
        ("event.address.exists(key, key == 'city') && event.address.map(k, event.address[k]) == ['Bern']", True),
        ("event.items.exists(event, event.sku == 'b') && event.vip", True),  # the inner name hides the outer one
        ("event.items.exists(i, event.items.exists(j, i.price > j.price && i.sku != j.sku))", True),
        ("event.items.filter(i, i.price > 3).exists(i, i.sku == 'a')", True),
        ("event.words.map(w, w + '!') == ['x!', 'y!'] && [1, 2].map(n, {'n': n}) == [{'n': 1}, {'n': 2}]", True),
        ("[1, 2].all(n, count('purchase') > n && last('purchase').total > n && open('complaint'))", True),
        ("[1].exists(n, sum('p', 'total', '1 day') > n && ago('1 day') < now && days_since(event.time) < n)", True),
        ("[event.arrival].exists(t, t > now)", True),
    ],
)
def test_lists_are_looked_through(source: str, expected: bool) -> None:
    assert holds(source) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("event.service.matches('^hair') && !event.total.matches('4') && !event.none.matches('.*')", True),
        ("event.items.exists(i, i.sku.matches('^[b-z]$'))", True),
        ("event.service.matches(event.none) || event.service.matches(event.total)", False),
        ("now.getHours() == 15 && now.getHours('America/New_York') == 10", True),
        ("event.time.getFullYear() == 2026 && event.arrival.getDayOfMonth() == 11", True),
        ("event.service.getHours() >= 0 || now.getHours('Mars') >= 0", False),
        ("string(event.total) == '42' && int('7') == 7 && double(event.total) == 42 && bool('true')", True),
        ("int(event.service) == 0 || double(event.none) != 3.0 || int(event.nothing) == 0", False),
        ("string(event.time) == '2026-11-02T13:00:00Z'", True),
    ],
)
def test_what_is_left_to_cel(source: str, expected: bool) -> None:
    assert holds(source) is expected


def test_odd_values_do_no_harm() -> None:
    event = {"odd": object(), "big": 1 << 70, "huge": 10**5000, "half": "\ud800x", "tu": ("a",), "set": {1}, "b": b"x"}
    odd = {"event": event | {"span": timedelta(hours=1), "when": [NOW, {"at": NOW}]}}
    assert holds("event.big > 3 && event.huge > event.big && double(event.huge) > 3 && string(event.big) != ''", **odd)
    assert holds("!event.odd.matches('x') && !(int(event.odd) == 3) && !(string(event.b) == 'y')", **odd)
    assert holds("event.half.matches('x') && event.half.endsWith('x') && event.half == event.half", **odd)
    assert holds("'a' in event.tu && event.tu == ['a'] && event.tu[0] == 'a' && size(event.tu) == 1", **odd)
    assert holds("event.tu.exists(i, i == 'a') && !(1 in event.set) && event.set != [1]", **odd)
    assert holds("string(event.span) == '3600s' && event.when[0].getHours() == 15 && event.when[1].at == now", **odd)
    assert not holds("event.huge * 2 > 0 || event.huge + 0.5 > 0 || string(event.when) == ''", **odd)


def test_loops_in_loops_run_out_of_steps() -> None:
    endless = compiled("event.l.all(a, event.l.all(b, event.l.all(c, event.l.all(d, a + b + c + d >= 0))))")
    scope = {"event": {"l": list(range(10_000))}}
    began = time.perf_counter()
    assert not endless.holds(scope)
    assert time.perf_counter() - began < 1
    assert endless.explain(scope)[0][1] is False
    assert compiled("event.l.all(a, a >= 0)").holds(scope)


def test_a_list_means_all_of_them() -> None:
    both = compiled(["event.total > 100 || event.vip // why not", "event.service == 'haircut'"])
    assert both.holds(a_scope())
    assert not both.holds(a_scope(event=EVENT | {"service": "shave"}))
    assert compiled(both.source).holds(a_scope())


def test_facts_that_fail_make_it_false() -> None:
    class Broken(Facts):
        def count(self, type_: str, since: datetime | None) -> int:
            raise LookupError(type_)

    condition = compiled("event.total > 3 && count('purchase') > 1")
    assert not condition.holds(a_scope(facts=Broken()))
    assert [result for _, result, _ in condition.explain(a_scope(facts=Broken()))] == [True, False]
    assert not compiled("event.items.exists(i, count('p') > 0)").holds(a_scope(facts=Broken()))


def test_a_scope_may_lack_what_is_not_there() -> None:
    assert compiled("event.total == null && previous.outcome == null && customer.plan == null").raw()({})
    assert not compiled("event.items.exists(i, i == 1) || previous.outcome.matches('x')").raw()({})
    assert not compiled("now > event.time").holds({})


def test_what_it_needs_is_known() -> None:
    needy = compiled("count('visit') > sum('p', 'total', '1 day') && last('q') != null && open('complaint')")
    assert needy.needs_facts == {"visit", "p", "q"}
    assert needy.needs_open
    assert needy.uses_now
    assert (needy.uses_event, needy.uses_customer, needy.uses_previous) == (False, False, False)
    plain = compiled(["event.total > 3", "customer.plan == 'x' && previous.by == 'y'"])
    assert (plain.uses_event, plain.uses_customer, plain.uses_previous, plain.uses_now) == (True, True, True, False)
    assert not plain.needs_facts
    assert not plain.needs_open
    assert compiled("event.items.exists(i, open('x') && i > count('y'))").needs_facts == {"y"}
    assert compiled("days_since(event.day) > 3").uses_now


def test_seen_is_what_explain_saw() -> None:
    condition = compiled(["event.total > 3 && event.time < now", "last('purchase').total > 1 && event.none == null"])
    assert condition.seen(a_scope()) == {
        "event.total": 42, "event.time": "2026-11-02T13:00:00+00:00", "now": "2026-11-02T15:00:00+00:00",
        "last('purchase').total": 12.5, "event.none": "missing",
    }  # fmt: skip


def test_it_is_a_condition_and_travels_between_processes() -> None:
    condition: Condition = compiled(["event.items.exists(i, i.sku == 'b')", "event.vip"])
    again = pickle.loads(pickle.dumps(condition))
    assert again.holds(a_scope())
    assert repr(again) == "Compiled(\"event.items.exists(i, i.sku == 'b') && event.vip\")"


def test_nothing_the_user_writes_becomes_code() -> None:
    nasty = "__import__('os').system('false')"
    source = "event['" + nasty.replace("'", "\\'") + "'] == 'a\"; raise SystemExit #'"
    assert holds(source, event={nasty: 'a"; raise SystemExit #'})
