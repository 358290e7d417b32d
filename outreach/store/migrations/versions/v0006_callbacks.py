"""What providers have told already: their callbacks come twice, late, and in any order. What an SMS costs, and when it
is given up.

Revision: 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "callback",
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "tenant_id", "provider", "id", name=op.f("pk_callback")),
    )
    op.create_index("ix_callback_received", "callback", ["tenant_id", "received"])
    op.add_column("attempt", sa.Column("segments", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("attempt", sa.Column("dies", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("attempt", "dies")
    op.drop_column("attempt", "segments")
    op.drop_table("callback")
