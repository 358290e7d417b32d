"""CEL's own C++ runtime is the oracle: what it computes over data that is all there, the generated Python computes too.

Left out, because conditions go further than CEL there (and say so in their docs): x / 0.0, whole numbers mixed with
decimals in arithmetic (CEL gives up), text compared with a time.
"""

from __future__ import annotations

import string
from datetime import UTC, datetime
from typing import Any

import pytest
from cel_expr_python import cel
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from outreach.rulebook.conditions import Compiled, compile_condition

RECORD = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
ORACLE = cel.NewEnv(
    variables={"event": RECORD, "customer": RECORD, "previous": cel.Type.DYN, "now": cel.Type.TIMESTAMP}
)
EARLIEST, LATEST = datetime(1990, 1, 1), datetime(2090, 1, 1)  # noqa: DTZ001 - the zone is drawn beside them
HUGE = (1 << 63) - 1

texts = st.text(alphabet=string.ascii_letters + string.digits + " '\"\\.é😀-", max_size=4)
whole = st.one_of(st.integers(-4, 4), st.sampled_from([HUGE, -HUGE, -HUGE - 1, 1 << 62, 1000003]))
decimal = st.one_of(st.sampled_from([0.0, -0.0, 1.0, 2.0, -1.0, 0.5, 2.5, 1e300]), st.floats(-1e6, 1e6, width=32))
scalar = st.one_of(whole, decimal, texts, st.booleans(), st.none())
values = st.one_of(scalar, st.lists(scalar, max_size=3), st.dictionaries(st.sampled_from("abk"), scalar, max_size=2))
FIELDS = {
    "i": whole, "j": whole, "f": decimal, "g": decimal, "s": texts, "t": texts, "b": st.booleans(), "c": st.booleans(),
    "n": st.none(), "x": values, "y": values, "l": st.lists(scalar, max_size=3), "k": st.lists(texts, max_size=3),
    "m": st.fixed_dictionaries({"a": scalar, "b c": values}),
}  # fmt: skip
events = st.fixed_dictionaries(FIELDS)
moments = st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC))
scopes = st.builds(
    lambda event, tags, outcome, now: {
        "event": event, "customer": {"tags": tags, "id": "c1"}, "previous": {"outcome": outcome}, "now": now,
    },
    events, st.lists(texts, max_size=2), texts, moments,
)  # fmt: skip


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def literal(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value)
    return (
        {True: "true", False: "false"}[value] if isinstance(value, bool) else "null" if value is None else repr(value)
    )


def joined(pattern: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda found: pattern.format(*found))


def fields(*names: str) -> st.SearchStrategy[str]:
    return st.sampled_from([f"event.{name}" for name in names])


def signs(*of: str) -> st.SearchStrategy[str]:
    return st.sampled_from(of)


ORDER = signs("<", "<=", ">", ">=", "==", "!=")
EQUAL = signs("==", "!=")
int_leaf = st.one_of(fields("i", "j"), whole.map(str))
ints = st.recursive(
    int_leaf,
    lambda inner: st.one_of(
        joined("({} {} {})", inner, signs("+", "-", "*", "/", "%"), inner),
        joined("-({})", inner),
        joined("(event.b ? {} : {})", inner, inner),
    ),
    max_leaves=4,
)
int_any = st.one_of(
    ints,
    joined("size({})", fields("s", "l", "m", "x")),
    joined("event.{}.size()", signs("s", "k")),
    st.just("event.l[0]"),
)
dbl_leaf = st.one_of(fields("f", "g"), decimal.map(lambda value: repr(value) if value >= 0 else f"({value!r})"))
doubles = st.recursive(dbl_leaf, lambda inner: joined("({} {} {})", inner, signs("+", "-", "*"), inner), max_leaves=4)
strings = st.one_of(
    fields("s", "t"), texts.map(quoted), joined("({} + {})", fields("s", "t"), texts.map(quoted)),
    signs("event['s']", "event.m['b c']", "previous.outcome", "customer.id", "event.k[0]", "event.m.a"),
)  # fmt: skip
anything = st.one_of(fields(*FIELDS), int_any, doubles, strings, st.just("null"), signs("true", "false"))
lists = st.one_of(
    fields("l", "k", "x"), st.just("customer.tags"), st.lists(scalar.map(literal), max_size=3).map(
        lambda items: f"[{', '.join(items)}]"
    ),
    joined("[{}, {}]", fields(*FIELDS), fields(*FIELDS)), joined("(event.l + event.k)"),
)  # fmt: skip
durations = st.one_of(
    signs("duration('24h')", "duration('1h30m')", "duration('-1.5s')", "duration('250ms')"),
    joined("(now - {})", moments.map(lambda at: f"timestamp('{at.isoformat()}')")),
)
times = st.one_of(
    st.just("now"),
    moments.map(lambda at: f"timestamp('{at.isoformat()}')"),
    joined("(now {} {})", signs("+", "-"), durations),
)


comparisons = st.one_of(
    joined("{} {} {}", int_any, ORDER, int_any),
    joined("{} {} {}", doubles, ORDER, doubles),
    joined("{} {} {}", fields(*FIELDS), ORDER, anything),
    joined("{} {} {}", anything, ORDER, fields(*FIELDS)),
    joined("{} {} {}", strings, ORDER, strings),
    joined("{} {} {}", lists, EQUAL, lists),
    joined("{} {} {}", times, ORDER, times),
    joined("{} {} {}", durations, ORDER, durations),
    joined("{} in {}", anything, lists),
    joined("{} in event.m", strings),
    joined("has(event.{})", signs(*FIELDS, "nope", "m.a", "m.zz")),
    joined("{}.{}({})", strings, signs("startsWith", "endsWith", "contains"), strings),
    fields("b", "c"),
    signs("true", "false"),
    joined("event.l.{}(e, e == {})", signs("exists", "all", "exists_one"), anything),
    joined("event.l.filter(e, e == {}).size() {} {}", anything, ORDER, ints),
    joined("event.k.map(e, e + {}) {} {}", strings, EQUAL, lists),
    joined("event.l.map(e, e != {}, [e, event.l.size()]) {} [{}]", anything, EQUAL, lists),
    joined("event.l.exists(e, event.k.exists(f, e == f {} {} in event.k))", signs("||", "&&"), anything),
    joined("event.m.exists(e, e == {})", strings),
    joined("{}.matches({})", strings, signs("'[a-z]+'", "'^a'", "event.t")),
    joined("{}({}) {} {}", signs("int", "string", "double", "bool"), anything, EQUAL, anything),
    joined(
        "{}.get{}({}) {} {}", times, signs("Hours", "FullYear", "DayOfWeek"), signs("", "'Asia/Kolkata'"), ORDER, ints
    ),
)
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        joined("({} && {})", inner, inner),
        joined("({} || {})", inner, inner),
        joined("!({})", inner),
        joined("({} ? {} : {})", inner, inner, inner),
        joined("({} == {})", inner, inner),
    ),
    max_leaves=6,
)


def oracle(source: str, scope: dict[str, Any]) -> bool | None:
    """What CEL says; None where it computes no yes or no. Skips what CEL's type check refuses."""
    try:
        compiled = ORACLE.compile(source)
    except RuntimeError:
        assume(False)
    value = compiled.eval(data=scope)
    return value.plain_value() if value.type() == cel.Type.BOOL else None


@settings(max_examples=settings().max_examples * 2, suppress_health_check=list(HealthCheck))
@given(source=conditions, scope=scopes)
def test_generated_code_says_what_cel_says(source: str, scope: dict[str, Any]) -> None:
    expected = oracle(source, scope)
    compiled = compile_condition(source, strict=False)  # a wrong outcome is a mistake, and a comparison all the same
    assert isinstance(compiled, Compiled), compiled
    found = compiled.raw()(scope)
    assert found is (expected if expected is not None else found)
    assert found in (True, False)


@given(source=conditions, scope=scopes)
def test_missing_data_never_raises(source: str, scope: dict[str, Any]) -> None:
    compiled = compile_condition(source, strict=False)
    assume(isinstance(compiled, Compiled))
    assert isinstance(compiled, Compiled)
    bare = {"event": None, "customer": {}, "previous": None, "now": scope["now"]}
    assert compiled.raw()(bare) in (True, False)
    assert all(result in (True, False) for _, result, _ in compiled.explain(bare))


@settings(suppress_health_check=list(HealthCheck))
@given(parts=st.lists(comparisons, min_size=2, max_size=4), scope=scopes)
def test_a_list_holds_when_each_of_it_holds(parts: list[str], scope: dict[str, Any]) -> None:
    together, alone = compile_condition(parts), [compile_condition(part) for part in parts]
    assume(isinstance(together, Compiled))
    assert isinstance(together, Compiled)
    each = [one.holds(scope) for one in alone if isinstance(one, Compiled)]
    assert together.holds(scope) is all(each)
    explained = together.explain(scope)
    assert all(result for _, result, _ in explained) is all(each)
    again = compile_condition(together.source)
    assert isinstance(again, Compiled)
    assert again.holds(scope) is all(each)


@pytest.mark.parametrize(
    "source", [f"event.i + 1 > {HUGE}", f"{HUGE} * 2 > 0", f"-event.j < {HUGE}", "event.i / 0 == 1"]
)
def test_overflow_and_zero_are_false(source: str) -> None:
    compiled = compile_condition(source, strict=False)
    assert isinstance(compiled, Compiled)
    assert compiled.raw()({"event": {"i": HUGE, "j": -HUGE - 1}}) is False
