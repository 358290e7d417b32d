"""The first schema.

Revision: 0001, after .
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.store.postgresql import want_btree_gist

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "address",
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "tenant_id", "address_key", "customer", name=op.f("pk_address")),
    )
    op.create_table(
        "attempt",
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("follow_up", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("bucket", "tenant_id", "customer", "id", name=op.f("pk_attempt")),
    )
    op.create_table(
        "consent",
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "tenant_id", "customer", "id", name=op.f("pk_consent")),
    )
    op.create_table(
        "customer",
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("birthday", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("memory", sa.Text(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "tenant_id", "id", name=op.f("pk_customer")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event",
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "tenant_id", "customer", "source", "id", name=op.f("pk_event")),
    )
    op.create_table(
        "follow_up",
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("wake", sa.BigInteger(), nullable=True),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("event_source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("assign", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("outcome_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("listed", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("overlay", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("bucket", "tenant_id", "customer", "id", name=op.f("pk_follow_up")),
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index(
            "ix_follow_up_wake",
            ["wake", "bucket"],
            unique=False,
            sqlite_where=sa.text("wake IS NOT NULL"),
            postgresql_where=sa.text("wake IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_follow_up_ended",
            ["tenant_id", "ended"],
            unique=False,
            sqlite_where=sa.text("ended IS NOT NULL"),
            postgresql_where=sa.text("ended IS NOT NULL"),
        )
    op.create_index("ix_attempt_made", "attempt", ["tenant_id", "made"], unique=False)

    op.create_table(
        "hold",
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("bucket", "tenant_id", "customer", "name", "key", name=op.f("pk_hold")),
    )
    op.create_table(
        "pause",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "scope", name=op.f("pk_pause")),
    )
    op.create_table(
        "seen_field",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "field", name=op.f("pk_seen_field")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "suppression",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "address_key", "channel", name=op.f("pk_suppression")),
    )
    op.create_table(
        "touch",
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("gap_until", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("follow_up", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "tenant_id", "subject", "id", name=op.f("pk_touch")),
    )
    op.create_table(
        "trace",
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("follow_up", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "bucket", "tenant_id", "customer", "follow_up", "at", "decision", name=op.f("pk_trace")
        ),
    )
    _hold_the_gap()


def downgrade() -> None:
    """Undo."""
    op.drop_table("trace")
    op.drop_table("touch")
    op.drop_table("suppression")
    op.drop_table("setting")
    op.drop_table("seen_field")
    op.drop_table("pause")
    op.drop_table("hold")
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_follow_up_wake", sqlite_where=sa.text("wake IS NOT NULL"), postgresql_where=sa.text("wake IS NOT NULL")
        )

    op.drop_table("follow_up")
    op.drop_table("event")
    op.drop_table("customer")
    op.drop_table("consent")
    op.drop_table("attempt")
    op.drop_table("address")


def _hold_the_gap() -> None:
    """The backstop of the minimum gap: even code that is wrong can't enter two touches of one subject that are nearer
    to each other than the gap that both obey."""
    if op.get_bind().dialect.name == "postgresql":
        want_btree_gist(op.get_bind())
        op.execute(
            """
            ALTER TABLE touch ADD CONSTRAINT touch_gap EXCLUDE USING gist
              (bucket WITH =, tenant_id WITH =, subject WITH =, int8range(at, gap_until) WITH &&)
              WHERE (gap_until IS NOT NULL AND state <> 'released')
            """
        )
        return
    op.execute(
        """
        CREATE TRIGGER touch_gap BEFORE INSERT ON touch WHEN NEW.gap_until IS NOT NULL AND NEW.state <> 'released'
        BEGIN
          SELECT RAISE(ABORT, 'cadence: nearer than the minimum gap to another touch') WHERE EXISTS (
            SELECT 1 FROM touch t
            WHERE t.bucket = NEW.bucket AND t.tenant_id = NEW.tenant_id AND t.subject = NEW.subject AND t.id <> NEW.id
              AND t.state <> 'released' AND t.gap_until IS NOT NULL
              AND abs(NEW.at - t.at) < min(NEW.gap_until - NEW.at, t.gap_until - t.at)
          );
        END
        """
    )
