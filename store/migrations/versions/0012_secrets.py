"""Secrets that journeys call by name."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE secret (
            name varchar NOT NULL,
            value bytea NOT NULL,
            updated_at timestamptz DEFAULT now() NOT NULL,
            updated_by varchar NOT NULL,
            PRIMARY KEY (name)
        )
    """)
