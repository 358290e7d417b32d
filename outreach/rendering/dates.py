"""Days, times and amounts as a customer reads them, in the language of the template; English where it isn't known."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Words(NamedTuple):
    """A language's names; patterns take {weekday} {day} {month}."""

    weekdays: str
    months: str
    long: str = "{weekday} {day} {month}"
    short: str = "{day} {month}"


ENGLISH = Words(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "January February March April May June July August September October November December",
)
LANGUAGES = {
    "en": ENGLISH,
    "de": Words(
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "{weekday}, {day}. {month}",
        "{day}. {month}",
    ),
    "es": Words(
        "lunes martes miércoles jueves viernes sábado domingo",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "{weekday} {day} de {month}",
        "{day} de {month}",
    ),
    "fr": Words(
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    ),
    "it": Words(
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    ),
    "nl": Words(
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "januari februari maart april mei juni juli augustus september oktober november december",
    ),
    "pt": Words(
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "{weekday}, {day} de {month}",
        "{day} de {month}",
    ),
}
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CAD": "CA$", "AUD": "A$", "CHF": "CHF ", "INR": "₹"}
WITHOUT_CENTS = frozenset({"JPY", "KRW", "CLP", "VND", "ISK", "HUF"})


def day_text(value: object, style: str = "long", zone: str = "", *, language: str = "en") -> str:
    """`long` "Friday 13 November", `full` with the year, `short` without the weekday, `weekday` alone.

    Takes a date, a datetime or an ISO string. It is shown as it is written, on its own clock; `zone` (an IANA name)
    moves an instant there first. A birthday without a year ("--02-29") is shown `short`.

    Raises:
        ValueError: not a date, or no such style or zone.
    """
    words = LANGUAGES.get(language.partition("-")[0], ENGLISH)
    if isinstance(value, str) and (yearless := re.fullmatch(r"--(\d\d)-(\d\d)", value)):
        value, style = date(2000, int(yearless[1]), int(yearless[2])), "short"
    day = _instant(value, zone)
    names = {"weekday": words.weekdays.split()[day.weekday()], "month": words.months.split()[day.month - 1]}
    patterns = {"long": words.long, "full": words.long + " {year}", "short": words.short, "weekday": "{weekday}"}
    if style not in patterns:
        raise ValueError(f"date has no style '{style}': there are {', '.join(patterns)}")
    return patterns[style].format(**names, day=day.day, year=day.year)


def time_text(value: object, style: str = "", zone: str = "", *, language: str = "en") -> str:
    """As `day_text`, for the time of day: "3 pm", "3:30 pm" in English, "15:00" elsewhere or with style `24h`.

    Raises:
        ValueError: not a time of day.
    """
    if (isinstance(value, date) and not isinstance(value, datetime)) or (isinstance(value, str) and len(value) <= 10):
        raise ValueError(f"'{value}' has no time of day")
    moment = value if isinstance(value, time) else _instant(value, zone)
    if style == "24h" or (not style and language.partition("-")[0] != "en"):
        return f"{moment.hour:02}:{moment.minute:02}"
    if style not in {"", "12h"}:
        raise ValueError(f"time has no style '{style}': there are 12h, 24h")
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{(moment.hour - 1) % 12 + 1}{minutes} {'am' if moment.hour < 12 else 'pm'}"


def money_text(value: object, currency: str = "") -> str:
    """An amount: "1,234.50", or with an ISO code "$1,234.50". Takes a number or a string of digits.

    Raises:
        ValueError: not an amount.
    """
    try:
        amount = Decimal(str(value)).quantize(Decimal(1 if currency in WITHOUT_CENTS else "0.01"), ROUND_HALF_UP)
    except InvalidOperation:
        amount = Decimal("nan")
    if not amount.is_finite():
        raise ValueError(f"'{value}' is not an amount of money")
    digits = f"{abs(amount):,}"
    symbol = SYMBOLS.get(currency, f"{currency} " if currency else "")
    return f"{'-' if amount < 0 else ''}{symbol}{digits}"


def _instant(value: object, zone: str) -> datetime:
    match value:
        case datetime():
            moment = value
        case date():
            return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day has no zone
        case str():
            moment = _read(value)
        case _:
            raise ValueError(f"'{value}' is not a date")
    if not zone or moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(ZoneInfo(zone))
    except (KeyError, OSError):
        raise ValueError(f"'{zone}' is not a time zone") from None


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a date") from None
