"""Watches for rules that no event sets off, tallies of limited rules, aliases of merged customers; the site of a
follow-up, an index of what was handed to staff, and what a consent rests on.

Revision: 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "watch",
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("wake", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "tenant_id", "customer", "rule", name=op.f("pk_watch")),
    )
    awake = sa.text("wake IS NOT NULL")
    op.create_index("ix_watch_wake", "watch", ["wake", "bucket"], sqlite_where=awake, postgresql_where=awake)
    op.create_table(
        "tally",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "rule", "day", name=op.f("pk_tally")),
    )
    op.create_table(
        "alias",
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("into", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "tenant_id", "id", name=op.f("pk_alias")),
    )
    listed = sa.text("listed IS NOT NULL")
    op.create_index(
        "ix_follow_up_listed", "follow_up", ["tenant_id", "listed"], sqlite_where=listed, postgresql_where=listed
    )
    op.add_column("follow_up", sa.Column("site", sa.Text(), nullable=False, server_default=""))
    op.add_column("consent", sa.Column("basis", sa.Text(), nullable=False, server_default=""))
    op.add_column("consent", sa.Column("expires", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("consent", "expires")
    op.drop_column("consent", "basis")
    op.drop_column("follow_up", "site")
    op.drop_index("ix_follow_up_listed", table_name="follow_up")
    op.drop_table("alias")
    op.drop_table("tally")
    op.drop_index("ix_watch_wake", table_name="watch")
    op.drop_table("watch")
