"""Calls that are put through: the staff's own phones, and what is known of a card's latest call.

Revision: 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Apply."""
    op.add_column("account", sa.Column("phone", sa.Text(), nullable=False, server_default=""))
    op.add_column("card", sa.Column("dial", sa.Text(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Undo."""
    op.drop_column("card", "dial")
    op.drop_column("account", "phone")
