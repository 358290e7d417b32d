"""A customer, as the core sees one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from outreach.core.memory import recalled

#: Fields with a column of their own; every other field of a customer line is kept under `fields`.
KNOWN = (
    "first_name", "last_name", "email", "phone", "timezone", "country", "region", "language", "birthday", "site",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Customer:
    """A person. `phone` is E.164, `email` normalised, `birthday` `YYYY-MM-DD` or `--MM-DD`; empty means unknown.

    `memory` maps a name to what is remembered: see `core.memory`.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    timezone: str = ""
    country: str = ""
    region: str = ""
    language: str = ""
    birthday: str = ""
    site: str = ""
    tags: tuple[str, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """The field as a condition or a date trigger sees it; None when unknown."""
        if name in KNOWN:
            return getattr(self, name) or None
        if name in ("id", "tags", "memory"):
            return getattr(self, name)
        return self.fields.get(name)

    def as_dict(self, now: datetime) -> dict[str, Any]:
        """Plain data for templates and conditions: unknown fields are absent, so that using one is noticed."""
        plain = {name: value for name in KNOWN if (value := getattr(self, name))}
        return self.fields | plain | {"id": self.id, "tags": list(self.tags), "memory": recalled(self.memory, now)}

    def told(self, news: Customer) -> Customer:
        """This customer with what another line about her says; what that leaves out stays."""
        plain = {name: getattr(news, name) or getattr(self, name) for name in (*KNOWN, "tags")}
        return replace(self, **plain, fields=self.fields | news.fields, memory=self.memory | news.memory)

    def address(self, channel: str) -> str:
        """Where this channel reaches the customer; empty when it can't."""
        if channel == "email":
            return self.email
        return self.phone if channel in ("sms", "call") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One line of the consent history, append-only. `channel` and `purpose` may be "all".

    `basis` is what it rests on (`express`, `implied`, empty when nobody said); from `expires` on it is worth nothing.
    """

    channel: str
    purpose: str
    given: bool
    at: datetime
    source: str = ""
    evidence: str = ""
    basis: str = ""
    expires: datetime | None = None
