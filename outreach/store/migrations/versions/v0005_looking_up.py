"""What may have been sent is looked up at its provider, and how far a message has come is written down.

Revision: 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

WORDS = ("evidence", "delivery", "batch")


def upgrade() -> None:
    """Apply."""
    for name in ("look", "send_at"):
        op.add_column("attempt", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("attempt", sa.Column("looks", sa.Integer(), nullable=False, server_default="0"))
    for name in WORDS:
        op.add_column("attempt", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    unknown = sa.text("state = 'unknown'")
    op.create_index(
        "ix_attempt_unknown", "attempt", ["tenant_id", "made"], sqlite_where=unknown, postgresql_where=unknown
    )
    later = sa.text("send_at IS NOT NULL")
    op.create_index("ix_attempt_send_at", "attempt", ["send_at"], sqlite_where=later, postgresql_where=later)


def downgrade() -> None:
    """Undo."""
    for name in ("ix_attempt_send_at", "ix_attempt_unknown"):
        op.drop_index(name, table_name="attempt")
    for name in ("look", "send_at", "looks", *WORDS):
        op.drop_column("attempt", name)
