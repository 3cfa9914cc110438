"""Versions of journeys, and moving people between them: who is under way on a version, and at which step."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("CREATE INDEX run_by_version ON run (journey_id, version, step) WHERE status <> 'ended'")
