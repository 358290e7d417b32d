"""What is due is found in the order in which it is done: at ten o'clock a whole zone's follow-ups are due at once, and
sorting all of them for each claim would cost more than doing them.

Revision: 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply."""
    _index("wake", sa.text("priority DESC"), "bucket")


def downgrade() -> None:
    """Undo."""
    _index("wake", "bucket")


def _index(*columns: str | sa.TextClause) -> None:
    awake = sa.text("wake IS NOT NULL")
    op.drop_index("ix_follow_up_wake", table_name="follow_up")
    op.create_index("ix_follow_up_wake", "follow_up", list(columns), sqlite_where=awake, postgresql_where=awake)
