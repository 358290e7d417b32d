"""A customer's addresses and places in the one form in which they are compared, hashed and sent to."""

from __future__ import annotations

import re
from functools import cache
from typing import Final
from zoneinfo import available_timezones

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

from outreach.core.zone import known
from outreach.doors.checks import Unfit, show
from outreach.rulebook.hints import did_you_mean

#: What people write who mean another code.
_MEANT: Final = {"UK": "GB", "EN": "GB", "EL": "GR", "USA": "US", "GBR": "GB", "DEU": "DE", "FRA": "FR", "CAN": "CA"}
#: In ISO 3166, but nobody has a phone number there.
_NO_PHONES: Final = frozenset({"AQ", "BV", "GS", "HM", "PN", "TF", "UM"})
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8})*)")
_BIRTHDAY: Final = re.compile(r"([0-9]{4}-|--)([0-9]{2})-([0-9]{2})", re.ASCII)
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SHORTENED: Final = re.compile(r"[0-9][.,][0-9]+[eE]\+?[0-9]+")


def phone(value: str, country: str = "") -> str:
    """E.164. Without a `+` it is a number of that country. Raises Unfit."""
    if _SHORTENED.fullmatch(value):
        raise Unfit(f"phone {show(value)} was shortened by a spreadsheet: make the column text and export it again")
    bare = value.removeprefix("tel:")
    if any(map(str.isalpha, bare)):
        raise Unfit(f"phone {show(value)} holds letters: write the number alone, such as +12125550101")
    try:
        number = phonenumbers.parse(bare, country or None)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE and not country and "+" not in bare:
            hint = "begin it with + and the country's code, or fill in `country`"
            raise Unfit(f"phone {show(value)} has no country: {hint}") from None
        raise Unfit(f"phone {show(value)} is no phone number: write it like +12125550101") from None
    length = phonenumbers.is_possible_number_with_reason(number)
    if length != ValidationResult.IS_POSSIBLE or number.extension:
        raise Unfit(f"phone {show(value)} {_why_not(length)}: write it like +12125550101")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def rings(number: str) -> bool:
    """Whether this is E.164, and no number at which every minute earns somebody money."""
    try:
        known = phone(number)
        kind = phonenumbers.number_type(phonenumbers.parse(known))
    except (Unfit, NumberParseException):
        return False
    return known == number and kind not in (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST)


def _why_not(length: int) -> str:
    if length == ValidationResult.TOO_LONG:
        return "is too long"
    if length == ValidationResult.TOO_SHORT:
        return "is too short"
    if length == ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        return "has no area code"
    return "has an extension" if length == ValidationResult.IS_POSSIBLE else "is no phone number"


def email(value: str) -> str:
    """In lower case: a mailbox whose case matters exists on paper only, and an opt-out must find it. Raises Unfit."""
    try:
        found = validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Unfit(f"email {show(value)} is not valid: {str(error).splitlines()[0]}") from None
    return found.normalized.lower()


def timezone(value: str) -> str:
    """A zone of the IANA database. Raises Unfit."""
    if not known(value):
        hint = did_you_mean(value, _zones()) or "write an IANA name such as America/New_York"
        raise Unfit(f"timezone {show(value)} is unknown: {hint}")
    return value


@cache
def _zones() -> list[str]:
    """Reading them all takes a while, so only a mistake does it."""
    return sorted(available_timezones())


def country(value: str) -> str:
    """Two letters of ISO 3166, in upper case. Raises Unfit."""
    code = value.upper()
    if code in phonenumbers.SUPPORTED_REGIONS or code in _NO_PHONES:
        return code
    hint = f"write {_MEANT[code]}" if code in _MEANT else "write two letters such as US, GB or DE"
    raise Unfit(f"country {show(value)} is no ISO 3166 code: {hint}")


def region(value: str, country: str) -> str:
    """The part of the country as ISO 3166-2 has it, without the country: `us-ny` and `NY` are `NY`."""
    bare = value[len(country) + 1 :] if country and value.upper().startswith(f"{country}-") else value
    return bare.upper() if len(bare) <= 3 else bare


def language(value: str) -> str:
    """`en`, `pt-BR`. Raises Unfit."""
    found = _LANGUAGE.fullmatch(value)
    if found is None:
        raise Unfit(f"language {show(value)} is no language code: write en, de or pt-BR")
    rest = [p.upper() if len(p) == 2 else p for p in re.split("[-_]", found[2])[1:]]
    return "-".join([found[1].lower(), *rest])


def birthday(value: str) -> str:
    """`1990-04-17`, or `--04-17` without the year. 29 February is one in any year: who was born then says so, and
    files are careless about years. Raises Unfit."""
    found = _BIRTHDAY.fullmatch(value)
    if found is None or found[1] == "0000-":
        raise Unfit(f"birthday {show(value)} can't be read: write 1990-04-17, or --04-17 without the year")
    month, day = int(found[2]), int(found[3])
    if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]):
        raise Unfit(f"birthday {show(value)} is no day of the calendar: write 1990-04-17, or --04-17 without the year")
    return value
