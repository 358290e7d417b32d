"""A customer line: who somebody is, where she is reached, what she agreed to.

A field that is wrong refuses the whole line. Half a customer is worse than none: without the right time zone she is
rung at night, and without the right phone somebody else is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from outreach.core.cadence import PURPOSES
from outreach.core.customer import KNOWN, Consent, Customer
from outreach.core.expiring import ends
from outreach.core.span import MomentError
from outreach.doors.checks import Unfit, an_object, instant, kind, one_text, show, storable, text
from outreach.doors.known import known_fields
from outreach.doors.lines import Rejected, read_line
from outreach.rulebook.hints import any_of, did_you_mean

Person = tuple[Customer, list[Consent]]

#: A consent without a date is older than any word that was heard since.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
CONSENT_CHANNELS = ("sms", "email", "call", "all")
CONSENT_PURPOSES = (*PURPOSES, "all")
_ABOUT = ("at", "source", "evidence", "basis", "expires")
#: Names that mean something here; every other one is a free field.
OWN = frozenset({"id", "tags", "memory", "consent", *KNOWN})
_YES, _NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


def customer_of(plain: object) -> Person | str:
    """The customer and the consents of decoded JSON or of a row; or the reason why the line can't be taken."""
    try:
        return _person(plain)
    except Unfit as unfit:
        return str(unfit)


def decode_person(line: bytes, number: int = 0) -> Person | Rejected:
    """The customer of one JSON line. Never raises."""
    return read_line(line, number, _person)


def _person(plain: object) -> Person:
    if not isinstance(plain, Mapping):
        raise Unfit(f"a customer is an object ({{…}}), this is {kind(plain)}")
    free = {name: value for name, value in plain.items() if name not in OWN and value is not None}
    for name, value in free.items():
        storable({name: value}, show(name)[1:-1])
    customer = Customer(
        id=text(plain, "id", required=True), tags=_tags(plain.get("tags")),
        memory=an_object(plain.get("memory"), "memory"), fields=free, **known_fields(plain),
    )  # fmt: skip
    return customer, list(_consents(plain.get("consent"), customer.timezone or "UTC"))


def _tags(value: object) -> tuple[str, ...]:
    """Tags in their order, each once. In a cell they are separated by `;` or `,`."""
    if isinstance(value, str):
        value = re.split("[;,]", value)
    if not isinstance(value, list | tuple | None):
        raise Unfit(f"tags must be a list of texts, not {kind(value)}")
    words = (tag.strip() if isinstance(tag, str) else tag for tag in value or ())
    return tuple(dict.fromkeys(one_text(word, "a tag") for word in words if word != ""))


def _consents(value: object, zone: str) -> Iterator[Consent]:
    for channel, told in an_object(value, "consent").items():
        if channel not in CONSENT_CHANNELS:
            hint = did_you_mean(channel, CONSENT_CHANNELS) or f"write {any_of(CONSENT_CHANNELS)}"
            raise Unfit(f"consent {show(channel)} is no channel: {hint}")
        if isinstance(told, bool):
            raise Unfit(f'consent.{channel} must name the purpose: {{"marketing": {str(told).lower()}}}')
        yield from _of_channel(channel, an_object(told, f"consent.{channel}"), zone)


def _of_channel(channel: str, told: Mapping[str, Any], zone: str) -> Iterator[Consent]:
    where = f"consent.{channel}"
    source, evidence, basis = (text(told, name, label=f"{where}.{name}") for name in _ABOUT[1:4])
    when = LONG_AGO if told.get("at") in (None, "") else instant(told["at"], f"{where}.at")
    until = _ends(told, basis, when, zone, where)
    for purpose, value in told.items():
        if purpose in _ABOUT or value is None:
            continue
        if purpose not in CONSENT_PURPOSES:
            hint = did_you_mean(purpose, (*CONSENT_PURPOSES, *_ABOUT)) or f"write {any_of(CONSENT_PURPOSES)}"
            raise Unfit(f"{where} {show(purpose)} is no purpose: {hint}")
        given = _yes_or_no(value, f"{where}.{purpose}")
        yield Consent(
            channel=channel, purpose=purpose, given=given, at=when, source=source, evidence=evidence, basis=basis,
            expires=until if given else None,
        )  # fmt: skip


def _ends(told: Mapping[str, Any], basis: str, at: datetime, zone: str, where: str) -> datetime | None:
    """When it runs out. What lasts for some time must say since when."""
    try:
        found = ends(basis, told.get("expires"), at, zone)
    except (MomentError, OverflowError) as error:
        raise Unfit(f"{where}.expires {show(told.get('expires'))}: {error}") from None
    if at == LONG_AGO and found is not None and found.year < 2000:  # some years after nobody knows when
        raise Unfit(f"{where} runs out some time after it was given: fill in {where}.at")
    return found


def _yes_or_no(value: object, label: str) -> bool:
    """`true` and `false`; in a cell `yes` and `no` or `1` and `0` too. Anything else is not guessed at."""
    word = str(value).lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise Unfit(f"{label} must be true or false, not {show(value)}")
