"""Keys: computed by the program and stored for ever, so what they come to is pinned here and in docs/schema.md."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.keys import BUCKETS, address_key, bucket_in, bucket_of, make_id, share

SCHEMA = Path(__file__).parents[2] / "docs" / "schema.md"
VECTORS = [("main", "c1"), ("main", "c2"), ("main", "42"), ("north", "c1"), ("main", "Zoë")]
BUCKET = [3671, 2580, 3534, 3034, 47]


@pytest.mark.parametrize(("names", "bucket"), [*zip(VECTORS, BUCKET, strict=True)])
def test_a_customers_bucket_never_changes(names: tuple[str, str], bucket: int):
    assert bucket_of(*names) == bucket


def test_the_documentation_tells_the_same_vectors():
    told = re.findall(r"^\| `([^`]*)` \| `([^`]*)` \| (\d+) \|$", SCHEMA.read_text(encoding="utf-8"), re.MULTILINE)
    assert [((tenant, subject), int(bucket)) for tenant, subject, bucket in told] == [
        *zip(VECTORS, BUCKET, strict=True)
    ]


def test_buckets_are_evenly_filled():
    filled = Counter(bucket_of("main", f"c{n}") for n in range(40_960))
    assert len(filled) == BUCKETS
    assert max(filled.values()) < 40


@given(bucket=st.integers(0, BUCKETS - 1), parts=st.lists(st.text(), min_size=1, max_size=4))
def test_an_id_is_stable_and_carries_its_bucket(bucket: int, parts: list[str]):
    made = make_id(bucket, *parts)
    assert re.fullmatch("[0-9a-f]{32}", made)
    assert (bucket_in(made), make_id(bucket, *parts)) == (bucket, made)


def test_what_an_id_names_is_told_apart():
    assert make_id(1, "a", "bc") != make_id(1, "ab", "c")


def test_an_address_is_hashed_with_the_houses_key():
    assert address_key(b"one", "+12125550101") != address_key(b"two", "+12125550101")
    assert address_key(b"one", "+12125550101") == address_key(b"one", "+12125550101")


@given(st.text())
def test_a_share_is_stable_and_lies_between_nothing_and_all(subject: str):
    assert 0 <= share(subject, "rule/step") < 1
    assert share(subject, "rule/step") == share(subject, "rule/step")


def test_shares_are_evenly_spread_and_differ_by_rule():
    halves = Counter((share(f"c{n}", "a") < 0.5, share(f"c{n}", "b") < 0.5) for n in range(4000))
    assert all(900 < n < 1100 for n in halves.values())
