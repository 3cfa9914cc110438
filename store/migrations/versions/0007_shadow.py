"""Shadow runs beside live ones."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = """
ALTER TABLE run ADD COLUMN shadow boolean DEFAULT false NOT NULL;
CREATE INDEX run_shadow ON run (journey_id, version) WHERE shadow AND status <> 'ended';
ALTER TABLE journey ADD COLUMN shadow_version integer;
"""


def upgrade() -> None:
    op.execute(STATEMENTS)
