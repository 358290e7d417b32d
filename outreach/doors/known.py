"""A customer's own fields, each in its one form: for customers coming in and for news of them (`customer.changed`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outreach.core.customer import KNOWN
from outreach.doors import addresses
from outreach.doors.checks import text


def known_fields(plain: Mapping[str, Any]) -> dict[str, str]:
    """The fields with a column of their own, each in its one form."""
    told = {name: text(_trimmed(plain, name), name) for name in KNOWN}
    found = {name: value for name, value in told.items() if value}
    if country := told["country"]:
        found["country"] = country = addresses.country(country)
    if told["phone"]:
        found["phone"] = addresses.phone(told["phone"], country)
    if told["region"]:
        found["region"] = addresses.region(told["region"], country)
    for name, normal in _NORMAL.items():
        if told[name]:
            found[name] = normal(told[name])
    return found


def _trimmed(plain: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A space at the end of a name is nobody's wish; in an id it would make another customer."""
    value = plain.get(name)
    return {name: value.strip() if isinstance(value, str) else value}


_NORMAL = {
    "email": addresses.email, "timezone": addresses.timezone, "language": addresses.language,
    "birthday": addresses.birthday,
}  # fmt: skip


def tidied(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of `customer.changed` with its known fields in their one form; null empties one. Raises Unfit.

    An opt-out is found by the hash of an address, so an address must never get in by a side door in another spelling.
    """
    return {**data, **known_fields(data), **{name: "" for name in KNOWN if name in data and data[name] in (None, "")}}
