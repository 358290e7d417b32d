"""What an SMS template costs, told before it costs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.errors import Problem
from outreach.ports import SmsLength
from outreach.rendering import Checker, sms_segments
from outreach.rendering.segments import sms_size
from tests.rendering.conftest import Write

HOUSE = {"name": "Marlow & Finch", "phone": "+1 212 555 0100"}


@pytest.fixture
def cost(folder: Path, write: Write):
    def of(text: str, **house: str) -> tuple[SmsLength, tuple[Problem, ...]]:
        write("x.sms.txt", text)
        (reading,) = Checker(folder, HOUSE | house).read("sms", "x")
        assert reading.sms is not None
        return reading.sms, reading.problems

    return of


def test_names_of_usual_length_are_reckoned_with(cost):
    length, problems = cost("Hi {{ customer.first_name }}, {{ business.name }} here.")
    assert problems == ()
    assert length == SmsLength(
        file="templates/x.sms.txt", characters=34, encoding="GSM-7", segments=1, room=126,
        text="Hi Alexandra, Marlow & Finch here.",
    )  # fmt: skip


def test_what_stands_in_for_a_missing_name_is_reckoned_with_when_it_is_longer(cost):
    assert cost("Hi {{ customer.first_name|default('x') }}")[0].text == "Hi Alexandra"
    assert cost("Hi {{ customer.first_name|default('dear customer') }}")[0].text == "Hi dear customer"


def test_an_sms_of_three_parts_is_warned_of(cost):
    length, (problem,) = cost("a" * 307)
    assert (length.segments, length.room) == (3, 152)
    assert str(problem) == (
        "templates/x.sms.txt:1:1: warning: an SMS of 307 characters is sent, and paid, as 3 (GSM-7)"
        " (2 hold 306 characters)"
    )
    assert cost("a" * 306)[1] == ()


@pytest.mark.parametrize(
    ("text", "place", "words", "hint"),
    [
        ("Hi,\nhow’s it?", (2, 4), "`’` (right single quotation mark) makes this UCS-2: 70 characters", "write `'`"),
        ("a – b", (1, 3), "`–` (en dash) makes this UCS-2", "write `-`"),
        ("a\xa0b", (1, 2), "`\xa0` (no-break space) makes this UCS-2", "write ` `"),
        ("{{ customer.nick|default('“x”') }}", (1, 27), "`“` (left double quotation mark) makes", "write `\"`"),
        ("a" * 80 + "ê" + "b", (1, 81), "`ê` (latin small letter e with circumflex) makes this UCS-2: 70 characters"
         " fit, not 160, 2 SMS instead of 1", ""),
        ("🙂" + "a" * 70, (1, 1), "`🙂` (slightly smiling face) makes", ""),
    ],
)  # fmt: skip
def test_one_character_that_makes_it_dearer_is_named(cost, text: str, place: tuple[int, int], words: str, hint: str):
    length, (problem,) = cost(text)
    assert length.encoding == "UCS-2"
    assert (problem.line, problem.column) == place
    assert problem.message.startswith(words)
    assert (problem.hint, problem.severity) == (hint, "warning")


@pytest.mark.parametrize("text", ["Ça va? Forêt", "🙂 thanks", "{# – #}hello", "Здравствуйте, ваш заказ готов. " * 4])
def test_nothing_is_said_where_it_costs_nothing_or_a_language_needs_it(cost, text: str):
    assert cost(text)[1] == ()


def test_a_character_that_comes_with_the_house_is_named_too(cost):
    _, (problem,) = cost("{{ business.name }}" + "a" * 80, name="Šárka’s")
    assert problem.message.startswith("`Š`")
    assert problem.hint == "it comes with the business's name, phone or address"


def test_only_an_sms_has_a_length(folder: Path, write: Write):
    write("x.call.md", "a" * 400)
    assert Checker(folder, HOUSE).read("call", "x")[0].sms is None


@given(st.text(alphabet="aé€ê🙂", max_size=400))
def test_the_room_that_is_left_is_what_fits(text: str):
    segments, encoding, room = sms_size(text)
    one = "a" if encoding == "GSM-7" else "ê"
    if text:
        assert sms_segments(text + one * room) == (segments, encoding)
        assert sms_segments(text + one * (room + 1)) == (segments + 1, encoding)
