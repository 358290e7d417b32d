from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.trace import Reason
from outreach.saying import clock, reason
from outreach.web import script as module
from outreach.web.script import script
from outreach.web.shown import phone, tel
from tests.web.house import MONDAY


def test_the_examples_in_its_docstrings():
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("**a** b **c**", "<p><strong>a</strong> b <strong>c</strong></p>"),
        ("- one\n- two", "<ul><li>one</li><li>two</li></ul>"),
        ("**<b>**", "<h3>&lt;b&gt;</h3>"),
        ("** **\n- **", "<p><strong> </strong></p>\n<ul><li>**</li></ul>"),
    ],
)
def test_scripts(text: str, html: str):
    assert script(text) == html


@given(st.text(alphabet="<>&\"'*- \nab", max_size=60))
def test_no_text_becomes_a_tag(text: str):
    left = str(script(text))
    for tag in ("p", "ul", "li", "h3", "strong"):
        left = left.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    assert "<" not in left.replace("<br>", "")


def test_numbers():
    assert phone("+12125550101") == "+1 212-555-0101"
    assert phone("ask at the desk") == "ask at the desk"
    assert tel("+12125550101") == "tel:+12125550101"
    for odd in ("javascript:alert(1)", "", "12125550101", "+0", "+1 212 555 0101", "+12125550101\n", "+١٢١٢٥٥٥٠١٠١"):
        assert tel(odd) == ""


def test_reasons_in_words():
    show = clock("America/New_York", MONDAY)
    full = {"used": 1, "limit": 1, "window": "3d", "free": "2026-11-05T15:00:00+00:00"}
    assert reason(Reason(code="cap:1/3d", numbers=full), show) == (
        "1 of 1 contacts in 3 days are taken; room again Thu 5 Nov 10:00"
    )
    assert reason(Reason(code="cap:1/3d", text="1 of 1 in 3d", numbers={"used": 1}), show) == "1 of 1 in 3d (used 1)"
    assert (
        reason(Reason(code="outcome:no_answer", numbers={"by": "Tom"}), show) == "the outcome was: no answer (by Tom)"
    )
    assert reason(Reason(code="whatever:x"), show) == "whatever:x"
