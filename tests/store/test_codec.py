"""Values go into rows and come back as they were."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.customer import Consent, Customer
from outreach.core.follow_up import FollowUp
from outreach.core.ledger import Touch
from outreach.store.attempts import Attempt
from outreach.store.codec import Codec, dump, instant, load, micros
from tests.support.business import a_store

instants = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=5,
)  # fmt: skip
BY_TYPE = {
    str: texts, int: st.integers(-(2**62), 2**62), float: st.floats(allow_nan=False), bool: st.booleans(),
    datetime: instants,
    datetime | None: st.none() | instants, tuple[str, ...]: st.lists(texts, max_size=3).map(tuple),
    dict[str, Any]: st.dictionaries(texts, plain, max_size=3),
    dict[str, Any] | None: st.none() | st.dictionaries(texts, plain, max_size=3),
}  # fmt: skip


def any_of(kind: type) -> st.SearchStrategy:
    hints = get_type_hints(kind)
    return st.builds(kind, **{f.name: BY_TYPE[hints[f.name]] for f in fields(kind)})


@pytest.mark.parametrize("kind", [FollowUp, Touch, Customer, Consent, Attempt])
def test_every_value_comes_back_as_it_was(kind: type):
    codec = Codec(kind)

    @given(any_of(kind))
    def check(value: Any) -> None:
        row = codec.row(value)
        assert codec.value(row) == value
        assert all(v is None or isinstance(v, int | float | str) for v in row)

    check()


@given(instants)
def test_an_instant_is_a_whole_number_of_microseconds(at: datetime):
    assert instant(micros(at)) == at


@given(a=instants, b=instants)
def test_instants_sort_as_their_numbers(a: datetime, b: datetime):
    assert (a < b) == (micros(a) < micros(b))


@given(plain)
def test_plain_data_come_back_from_their_text(value: Any):
    assert load(dump(value)) == value


def without_nul(value: Any) -> Any:
    """PostgreSQL keeps no text with a NUL in it: the sign for it stands in its place (in JSON it is written out)."""
    return value.replace("\0", "\u2400") if isinstance(value, str) else value


def test_a_customer_comes_back_from_the_database():
    store = a_store()
    postgres = store.engine.dialect.name == "postgresql"

    @given(any_of(Customer))
    def check(customer: Customer) -> None:
        kept = replace(customer, id="c1")
        with store.writing() as tx:
            tx.customers.save([kept], datetime(2026, 1, 1, tzinfo=UTC))
        if postgres:
            kept = replace(kept, **{f.name: without_nul(getattr(kept, f.name)) for f in fields(kept)})
        with store.reading() as tx:
            assert tx.customers.get(["c1"])["c1"] == kept

    check()
