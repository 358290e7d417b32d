"""What an SMS costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.rendering import sms_segments
from outreach.rendering.segments import sms_size

SEGMENTS = [
    ("", 0, "GSM-7"),
    ("a", 1, "GSM-7"),
    ("a" * 160, 1, "GSM-7"),
    ("a" * 161, 2, "GSM-7"),
    ("a" * 306, 2, "GSM-7"),
    ("a" * 307, 3, "GSM-7"),
    ("€" * 80, 1, "GSM-7"),
    ("€" * 81, 2, "GSM-7"),
    ("a" * 151 + "€" + "a" * 153, 2, "GSM-7"),
    ("a" * 152 + "€" + "a" * 151, 2, "GSM-7"),
    ("a" * 152 + "€" + "a" * 152, 3, "GSM-7"),  # 306 septets, but the € is not torn in two
    ("[{^}]\\~|\f", 1, "GSM-7"),
    ("ÄÖÜäöüßéèàùì@£$¥ΔΦΓΛΩΠΨΣΘΞ\n\r", 1, "GSM-7"),
    ("ç", 1, "UCS-2"),
    ("“quoted”", 1, "UCS-2"),
    ("\xa0", 1, "UCS-2"),
    ("é" * 69 + "ê", 1, "UCS-2"),
    ("é" * 70 + "ê", 2, "UCS-2"),
    ("🙂" * 35, 1, "UCS-2"),
    ("🙂" * 36, 2, "UCS-2"),
    ("🙂" * 66, 2, "UCS-2"),
    ("🙂" * 67, 3, "UCS-2"),
]


@pytest.mark.parametrize(("text", "count", "encoding"), SEGMENTS, ids=range(len(SEGMENTS)))
def test_an_sms_costs(text: str, count: int, encoding: str):
    assert sms_segments(text) == (count, encoding)


@given(st.text(max_size=400))
def test_more_text_never_costs_less(text: str):
    assert sms_segments(text + "a")[0] >= sms_segments(text)[0]


@given(st.text(alphabet="abc XYZ 0123?!ÄÖÜé@£$\n", max_size=500), st.booleans())
def test_plain_letters_are_a_septet_each(text: str, spread: bool):
    """As many as fit into one, and those that don't; and as an `€` in the place of two of them would have it."""
    expected = (1 if text else 0) if len(text) <= 160 else -(-len(text) // 153)
    left = (160 if expected <= 1 else 153 * expected) - len(text)
    assert sms_size(text) == (expected, "GSM-7", left)
    if spread and 2 <= len(text) <= 160:
        assert sms_size("€" + text[2:]) == (1, "GSM-7", left)
