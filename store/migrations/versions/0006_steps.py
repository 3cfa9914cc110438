"""What people are asked to approve of: `store/tables/approvals.py`."""

from alembic import op

revision = "0006"
down_revision = "0005"

APPROVAL = """
CREATE TABLE approval (
    id uuid PRIMARY KEY,
    run_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    journey_id varchar NOT NULL,
    version integer NOT NULL,
    step varchar NOT NULL,
    visit integer NOT NULL,
    asked_of varchar NOT NULL,
    title varchar NOT NULL,
    "of" text[] NOT NULL DEFAULT '{}'::text[],
    content jsonb NOT NULL DEFAULT '{}'::jsonb,
    digest varchar NOT NULL,
    status varchar NOT NULL CHECK (status IN ('open', 'approved', 'rejected', 'lapsed')),
    asked_at timestamptz NOT NULL,
    until timestamptz,
    answered_at timestamptz,
    answered_by varchar,
    note varchar NOT NULL DEFAULT '',
    UNIQUE (run_id, step, visit)
)
"""


def upgrade() -> None:
    op.execute(APPROVAL)
    op.execute("CREATE INDEX approval_by_status ON approval (status, asked_at)")
    op.execute("CREATE INDEX approval_by_customer ON approval (customer_id)")
