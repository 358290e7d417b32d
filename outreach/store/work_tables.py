"""The tables of what is being done: follow-ups, attempts, the ledger. See `tables`, where all of them are declared."""

from __future__ import annotations

from sqlalchemy import Index, text

from outreach.store.columns import Bucket, Instant, Json, Key, Table, Word


class FollowUpRow(Table, table=True):
    """One step of one run. `wake` is when the engine looks next; it indexes only what is still open."""

    __tablename__ = "follow_up"
    __table_args__ = (
        Index(
            "ix_follow_up_wake",
            "wake",
            text("priority DESC"),
            "bucket",
            sqlite_where=text("wake IS NOT NULL"),
            postgresql_where=text("wake IS NOT NULL"),
        ),
        Index(
            "ix_follow_up_ended",
            "tenant_id",
            "ended",
            sqlite_where=text("ended IS NOT NULL"),
            postgresql_where=text("ended IS NOT NULL"),
        ),
        Index(
            "ix_follow_up_listed",
            "tenant_id",
            "listed",
            sqlite_where=text("listed IS NOT NULL"),
            postgresql_where=text("listed IS NOT NULL"),
        ),
    )
    bucket: int = Bucket()
    tenant_id: str = Key()
    customer: str = Key()
    id: str = Key()
    run: str = Word()
    rule: str = Word()
    step: str = Word()
    index: int = 0
    channel: str = Word()
    purpose: str = Word()
    priority: int = 50
    due: int = Instant()
    wake: int | None = Instant(nullable=True)
    valid_until: int = Instant()
    trigger: str = Word()
    started: int = Instant()
    event: str = Word()
    event_source: str = Word()
    key: str = Word()
    intent: str = Word()
    state: str = Word("scheduled")
    reason: str = Word()
    version: str = Word()
    variant: str = Word()
    assign: str = Word()
    outcome: str = Word()
    outcome_by: str = Word()
    note: str = Word()
    attempt: int = 0
    address: str = Word()
    listed: int | None = Instant(nullable=True)
    ended: int | None = Instant(nullable=True)
    worker: str = Word()
    overlay: str | None = Json(nullable=True)
    site: str = Word()


class WatchRow(Table, table=True):
    """When a rule that no event sets off (a date, a silence, a time of the week) must look at a customer next; `wake`
    is null while nothing can make it fire. `version` is the rule's that reckoned it."""

    __tablename__ = "watch"
    __table_args__ = (
        Index(
            "ix_watch_wake",
            "wake",
            "bucket",
            sqlite_where=text("wake IS NOT NULL"),
            postgresql_where=text("wake IS NOT NULL"),
        ),
    )
    bucket: int = Bucket()
    tenant_id: str = Key()
    customer: str = Key()
    rule: str = Key()
    wake: int | None = Instant(nullable=True)
    version: str = Word()


class CardRow(Table, table=True):
    """How staff handle a call or task: who has it open until when, who skipped it, and the latest deed, with what it
    takes to undo it (see `core.handling`), and the latest call that was put through for it (`core.dialling`)."""

    __tablename__ = "card"
    bucket: int = Bucket()
    tenant_id: str = Key()
    customer: str = Key()
    id: str = Key()
    holder: str = Word()
    since: int | None = Instant(nullable=True)
    until: int | None = Instant(nullable=True)
    lost: str = Word()
    skipped: str = Json()
    number: int = 0
    deed: str = Word()
    by: str = Word()
    at: int | None = Instant(nullable=True)
    event: str = Word()
    source: str = Word()
    before: str = Json()
    dial: str = Json()


class AttemptRow(Table, table=True):
    """One try to send: the intent is written before the provider is called, the answer after. `look` is when an unknown
    one is looked up at its provider next: null while no look-up can tell any more."""

    __tablename__ = "attempt"
    __table_args__ = (
        Index("ix_attempt_made", "tenant_id", "made"),
        Index(
            "ix_attempt_unknown",
            "tenant_id",
            "made",
            sqlite_where=text("state = 'unknown'"),
            postgresql_where=text("state = 'unknown'"),
        ),
        Index(
            "ix_attempt_send_at",
            "send_at",
            sqlite_where=text("send_at IS NOT NULL"),
            postgresql_where=text("send_at IS NOT NULL"),
        ),
    )
    bucket: int = Bucket()
    tenant_id: str = Key()
    customer: str = Key()
    id: str = Key()
    follow_up: str = Word()
    number: int = 1
    worker: str = Word()
    state: str = Word("intent")
    sender: str = Word()
    channel: str = Word()
    purpose: str = Word()
    address: str = Word()
    address_key: str = Word()
    subject: str = Word()
    body: str = Word()
    html: str = Word()
    provider_id: str = Word()
    code: str = Word()
    detail: str = Word()
    made: int = Instant()
    deadline: int = Instant()
    ended: int | None = Instant(nullable=True)
    look: int | None = Instant(nullable=True)
    looks: int = 0
    evidence: str = Word()
    delivery: str = Word()
    send_at: int | None = Instant(nullable=True)
    batch: str = Word()
    segments: int = 0
    dies: int | None = Instant(nullable=True)


class TouchRow(Table, table=True):
    """The ledger, by subject: a customer (`c:ID`) or an address (`a:KEY`), each in the bucket of its own hash.

    `gap_until` is set for touches that obey the minimum gap: no two of one subject may overlap (a trigger holds it).
    """

    __tablename__ = "touch"
    bucket: int = Bucket()
    tenant_id: str = Key()
    subject: str = Key()
    id: str = Key()
    customer: str = Word()
    at: int = Instant()
    gap_until: int | None = Instant(nullable=True)
    channel: str = Word()
    purpose: str = Word()
    state: str = Word("reserved")
    counts: str = Word("yes")
    follow_up: str = Word()
    address_key: str = Word()
    by: str = Word()
    known: str = Word()
