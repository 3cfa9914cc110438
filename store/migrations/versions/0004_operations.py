"""Operations over many runs, and what is paused: a journey, a channel."""

from alembic import op

revision = "0004"
down_revision = "0003"

OPERATIONS = """
CREATE TABLE operation (
    id uuid NOT NULL,
    kind varchar NOT NULL,
    journey_id varchar,
    parameters jsonb DEFAULT '{}' NOT NULL,
    reason varchar DEFAULT '' NOT NULL,
    rate float8 NOT NULL,
    status varchar NOT NULL,
    total integer NOT NULL,
    done integer DEFAULT 0 NOT NULL,
    skipped integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    created_by varchar NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (id)
);
CREATE INDEX operation_by_time ON operation (created_at, id);
CREATE TABLE operation_item (
    operation_id uuid NOT NULL,
    position integer NOT NULL,
    run_id uuid NOT NULL,
    outcome varchar,
    note varchar DEFAULT '' NOT NULL,
    at timestamptz,
    PRIMARY KEY (operation_id, position),
    FOREIGN KEY (operation_id) REFERENCES operation (id)
);
CREATE INDEX operation_item_open ON operation_item (operation_id, position) WHERE outcome IS NULL;
"""

HOLDS = """
CREATE TABLE hold (
    id uuid NOT NULL,
    kind varchar NOT NULL,
    name varchar NOT NULL,
    reason varchar DEFAULT '' NOT NULL,
    held_by varchar NOT NULL,
    held_at timestamptz DEFAULT now() NOT NULL,
    due varchar,
    spread_seconds float8,
    lifted_by varchar,
    lifted_at timestamptz,
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX hold_standing ON hold (kind, name) WHERE lifted_at IS NULL;
ALTER TABLE run ADD COLUMN hold_id uuid;
ALTER TABLE run ADD COLUMN hold_step varchar;
ALTER TABLE run ADD COLUMN held_at timestamptz;
CREATE INDEX run_held ON run (hold_id, held_at) WHERE hold_id IS NOT NULL;
CREATE INDEX run_parked ON run (journey_id, step) WHERE status = 'parked';
"""


def upgrade() -> None:
    for statements in (OPERATIONS, HOLDS):
        op.execute(statements)
