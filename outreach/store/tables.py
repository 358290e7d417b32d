"""The tables, declared with SQLModel. Alembic's migrations are proved equal to them; nothing moves rows through them
on the hot path.

Everything about a customer carries `bucket` first in its key, and so lies together on one machine or on fifty. No
sequences: ids are hashes of what they name. Instants are UTC microseconds (`Instant`).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from outreach.store.access_tables import AccountRow, ApiKeyRow, SessionRow
from outreach.store.columns import Bucket, Instant, Json, Key, Table, Word
from outreach.store.work_tables import AttemptRow, CardRow, FollowUpRow, TouchRow, WatchRow

__all__ = [
    "AccountRow", "ApiKeyRow", "AttemptRow", "CardRow", "FollowUpRow", "SessionRow", "TouchRow", "WatchRow",
]  # fmt: skip


class CustomerRow(Table, table=True):
    """A person."""

    __tablename__ = "customer"
    __table_args__ = ({"sqlite_with_rowid": False},)  # one look-up instead of two, and it is looked up for every event
    bucket: int = Bucket()
    tenant_id: str = Key()
    id: str = Key()
    first_name: str = Word()
    last_name: str = Word()
    email: str = Word()
    phone: str = Word()
    timezone: str = Word()
    country: str = Word()
    region: str = Word()
    language: str = Word()
    birthday: str = Word()
    site: str = Word()
    tags: str = Json()
    fields: str = Json()
    memory: str = Json()
    updated: int = Instant()


class EventRow(Table, table=True):
    """Something that happened, as it came."""

    __tablename__ = "event"
    bucket: int = Bucket()
    tenant_id: str = Key()
    customer: str = Key()
    source: str = Key()
    id: str = Key()
    type: str = Word()
    time: int = Instant()
    site: str = Word()
    data: str = Json()
    received: int = Instant()


class TraceRow(Table, table=True):
    """One decision and its reasons, append-only. `id` begins with the time, so that a customer's traces sort."""

    __tablename__ = "trace"
    bucket: int = Bucket()
    tenant_id: str = Key()
    customer: str = Key()
    follow_up: str = Key()
    at: int = Field(primary_key=True, sa_type=BigInteger)
    decision: str = Key()
    rule: str = Word()
    step: str = Word()
    reasons: str = Json()


class ConsentRow(Table, table=True):
    """The consent history, append-only."""

    __tablename__ = "consent"
    bucket: int = Bucket()
    tenant_id: str = Key()
    customer: str = Key()
    id: str = Key()
    channel: str = Word()
    purpose: str = Word()
    given: bool
    at: int = Instant()
    source: str = Word()
    evidence: str = Word()
    basis: str = Word()
    expires: int | None = Instant(nullable=True)


class HoldRow(Table, table=True):
    """A named hold of one customer (`complaint`), open until `closed`."""

    __tablename__ = "hold"
    bucket: int = Bucket()
    tenant_id: str = Key()
    customer: str = Key()
    name: str = Key()
    key: str = Key()
    opened: int = Instant()
    closed: int | None = Instant(nullable=True)


class AliasRow(Table, table=True):
    """A customer who was merged into another: what comes for `id` is meant for `into`."""

    __tablename__ = "alias"
    bucket: int = Bucket()
    tenant_id: str = Key()
    id: str = Key()
    into: str = Word()
    since: int = Instant()


class AddressRow(Table, table=True):
    """Who is reached by an address, in the address's own bucket: a STOP finds everybody who shares the phone."""

    __tablename__ = "address"
    bucket: int = Bucket()
    tenant_id: str = Key()
    address_key: str = Key()
    customer: str = Key()


class SuppressionRow(Table, table=True):
    """An address that must not be contacted, whoever it belongs to. A small table that every node may hold whole."""

    __tablename__ = "suppression"
    tenant_id: str = Key()
    address_key: str = Key()
    channel: str = Key()
    reason: str = Word()
    since: int = Instant()


class CallbackRow(Table, table=True):
    """A callback of a provider that was taken, by the provider's own id for it; in the bucket of what it speaks of."""

    __tablename__ = "callback"
    __table_args__ = (Index("ix_callback_received", "tenant_id", "received"),)
    bucket: int = Bucket()
    tenant_id: str = Key()
    provider: str = Key()
    id: str = Key()
    received: int = Instant()


class PauseRow(Table, table=True):
    """What is paused: a rule's name, or `*` for everything."""

    __tablename__ = "pause"
    tenant_id: str = Key()
    scope: str = Key()
    since: int = Instant()
    by: str = Word()


class TallyRow(Table, table=True):
    """How many runs a rule began on one day of the house's; only kept for rules that have a limit. `released` once a
    person has let go what was over it: that day holds no more."""

    __tablename__ = "tally"
    tenant_id: str = Key()
    rule: str = Key()
    day: str = Key()
    runs: int = 0
    released: bool = False


class AbsenceRow(Table, table=True):
    """Who of the staff is away, and who stands in."""

    __tablename__ = "absence"
    tenant_id: str = Key()
    who: str = Key()
    since: int = Instant()
    until: int = Instant()
    to: str = Word()
    by: str = Word()


class SeenFieldRow(Table, table=True):
    """Fields of event types that have been seen: what `rules check` checks names against."""

    __tablename__ = "seen_field"
    tenant_id: str = Key()
    kind: str = Key()
    field: str = Key()


class SettingRow(Table, table=True):
    """Facts about this database itself: the check value of the address key, who made it."""

    __tablename__ = "setting"
    name: str = Key()
    value: str = Word()
