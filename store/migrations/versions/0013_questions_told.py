"""When those who are asked were told of a question by mail. Nobody is told of what was asked before."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE approval ADD COLUMN told_at timestamptz")
    op.execute("UPDATE approval SET told_at = asked_at")
    op.execute("CREATE INDEX approval_told ON approval (asked_of, told_at)")
    op.execute(
        "CREATE INDEX approval_untold ON approval (asked_at) WHERE told_at IS NULL AND status IN ('open', 'lapsed')"
    )
