"""Lists of runs and messages, the newest first, without reading all of them."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX run_newest ON run (entered_at, id)")
    op.execute("CREATE INDEX run_newest_of_journey ON run (journey_id, entered_at, id)")
    op.execute("CREATE INDEX message_newest ON message (claimed_at, id)")
