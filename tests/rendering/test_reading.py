"""How days, times and amounts read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.rendering.conftest import Sms

DATES = [
    (date(2026, 11, 13), (), "Friday 13 November"),
    ("2026-11-13", ("full",), "Friday 13 November 2026"),
    ("2026-11-13T23:30:00Z", ("short",), "13 November"),
    ("2026-11-13T23:30:00Z", ("long", "Asia/Tokyo"), "Saturday 14 November"),
    ("2026-11-13T23:30:00", ("long", "Asia/Tokyo"), "Friday 13 November"),
    ("--02-29", (), "29 February"),
    ("2026-11-13", ("weekday",), "Friday"),
]


@pytest.mark.parametrize(("value", "arguments", "text"), DATES)
def test_a_day_reads(value: object, arguments: tuple[str, ...], text: str, sms: Sms):
    given = ", ".join(map(repr, arguments))
    assert sms("{{ event.day|date(" + given + ") }}", event={"day": value}).body == text


TIMES = {"00:00": "12 am", "00:05": "12:05 am", "11:59": "11:59 am", "12:00": "12 pm", "23:30": "11:30 pm"}


@pytest.mark.parametrize(("clock", "text"), TIMES.items())
def test_a_time_reads(clock: str, text: str, sms: Sms):
    assert sms("{{ event.at|time }}", event={"at": f"2026-11-13T{clock}"}).body == text


MONEY = [
    (0, "USD", "$0.00"),
    (-5, "USD", "-$5.00"),
    ("1234567.891", "EUR", "€1,234,567.89"),
    (1234.5, "JPY", "¥1,235"),
    (Decimal("12.345"), "CHF", "CHF 12.35"),
    (1, "XYZ", "XYZ 1.00"),
]


@pytest.mark.parametrize(("value", "currency", "text"), MONEY)
def test_an_amount_reads(value: object, currency: str, text: str, sms: Sms):
    assert (
        sms("{{ event.total|money(rule.currency) }}", event={"total": value}, rule={"currency": currency}).body == text
    )
