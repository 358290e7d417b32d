"""The backstop of the minimum gap costs less on PostgreSQL: half of what a touch took of the server was its index.

The constraint asks for the state no more but for whether the touch is `given_back`, a column that PostgreSQL keeps
itself: what goes out (`reserved`, then `attempted`) leaves it as it is, so the index isn't written again, and in half a
page left free the changed row stays where it was. A subject is told by its hash: a long text makes the index twice as
big and a third slower. Two subjects of one bucket with the same hash of 64 bits would stand in each other's way; a
claim that is refused decides its follow-ups one by one, and sets that one aside.

SQLite's trigger has no index of its own and stays.

Revision: 0009, after 0008.
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

_DROP = "ALTER TABLE touch DROP CONSTRAINT touch_gap"


def upgrade() -> None:
    """Apply. The table is written anew; rows that are there already lie as close as before."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(_DROP)
    op.execute("ALTER TABLE touch ADD COLUMN given_back boolean GENERATED ALWAYS AS (state = 'released') STORED")
    op.execute("ALTER TABLE touch SET (fillfactor = 50)")
    op.execute(
        """
        ALTER TABLE touch ADD CONSTRAINT touch_gap EXCLUDE USING gist
          (bucket WITH =, hashtextextended(subject, hashtextextended(tenant_id, 0)) WITH =,
           int8range(at, gap_until) WITH &&)
          WHERE (gap_until IS NOT NULL AND NOT given_back)
        """
    )


def downgrade() -> None:
    """Undo."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(_DROP)
    op.execute("ALTER TABLE touch RESET (fillfactor)")
    op.execute("ALTER TABLE touch DROP COLUMN given_back")
    op.execute(
        """
        ALTER TABLE touch ADD CONSTRAINT touch_gap EXCLUDE USING gist
          (bucket WITH =, tenant_id WITH =, subject WITH =, int8range(at, gap_until) WITH &&)
          WHERE (gap_until IS NOT NULL AND state <> 'released')
        """
    )
