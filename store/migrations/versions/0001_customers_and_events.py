"""People, what happened to them, what they permit, and who may call."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CUSTOMERS = """
CREATE TABLE customer (
    id uuid NOT NULL,
    attributes jsonb DEFAULT '{}' NOT NULL,
    score float8 DEFAULT 0 NOT NULL,
    position bigint DEFAULT 0 NOT NULL,
    merged_into uuid,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX customer_email ON customer (lower(attributes ->> 'email'));
CREATE INDEX customer_phone ON customer ((attributes ->> 'phone'));
CREATE INDEX ix_customer_merged_into ON customer (merged_into);
CREATE TABLE identity (
    kind varchar NOT NULL,
    value varchar NOT NULL,
    customer_id uuid NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (kind, value),
    FOREIGN KEY (customer_id) REFERENCES customer (id)
);
CREATE INDEX ix_identity_customer_id ON identity (customer_id);
CREATE TABLE score_entry (
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    at timestamptz NOT NULL,
    change float8 NOT NULL,
    value float8 NOT NULL,
    reason varchar,
    run_id uuid,
    step varchar,
    visit integer,
    PRIMARY KEY (id)
);
CREATE INDEX ix_score_entry_customer_id ON score_entry (customer_id);
CREATE UNIQUE INDEX score_entry_once ON score_entry (run_id, step, visit) WHERE run_id IS NOT NULL;
"""

EVENTS = """
CREATE TABLE inbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    slot smallint NOT NULL,
    identities text[] DEFAULT '{}' NOT NULL,
    name varchar NOT NULL,
    received_at timestamptz NOT NULL,
    body jsonb DEFAULT '{}' NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX inbox_identities ON inbox USING gin (identities) WITH (fastupdate = off);
CREATE INDEX inbox_slot ON inbox (slot, id);
CREATE TABLE slot (
    kind varchar NOT NULL,
    number smallint NOT NULL,
    PRIMARY KEY (kind, number)
);
CREATE TABLE event_key (
    source varchar NOT NULL,
    message_id varchar NOT NULL,
    seen_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (source, message_id)
);
CREATE INDEX event_key_seen_at ON event_key (seen_at);
CREATE TABLE event (
    id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    position bigint NOT NULL,
    customer_id uuid NOT NULL,
    name varchar NOT NULL,
    type varchar NOT NULL,
    timestamp timestamptz NOT NULL,
    properties jsonb DEFAULT '{}' NOT NULL,
    context jsonb DEFAULT '{}' NOT NULL,
    source varchar NOT NULL,
    message_id varchar NOT NULL,
    depth smallint DEFAULT 0 NOT NULL,
    PRIMARY KEY (id, received_at)
) PARTITION BY RANGE (received_at);
CREATE INDEX event_by_customer ON event (customer_id, name, timestamp);
CREATE INDEX event_by_position ON event (customer_id, position);
CREATE TABLE event_default PARTITION OF event DEFAULT;
"""

PERMISSIONS = """
CREATE TABLE consent (
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    channel varchar,
    topic varchar,
    granted boolean NOT NULL,
    source varchar NOT NULL,
    proof jsonb DEFAULT '{}' NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX consent_by_customer ON consent (customer_id, at);
CREATE TABLE suppression (
    channel varchar NOT NULL,
    address varchar NOT NULL,
    reason varchar NOT NULL,
    source varchar NOT NULL,
    customer_id uuid,
    at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (channel, address)
);
CREATE INDEX ix_suppression_customer_id ON suppression (customer_id);
CREATE TABLE topic (
    id varchar NOT NULL,
    title varchar NOT NULL,
    description varchar NOT NULL,
    opt_in boolean NOT NULL,
    PRIMARY KEY (id)
);
"""

ACCESS = """
CREATE TABLE api_key (
    id uuid NOT NULL,
    digest varchar NOT NULL,
    prefix varchar NOT NULL,
    name varchar NOT NULL,
    scope varchar NOT NULL,
    source varchar NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (digest)
);
CREATE TABLE audit (
    id uuid NOT NULL,
    at timestamptz DEFAULT now() NOT NULL,
    actor varchar NOT NULL,
    action varchar NOT NULL,
    subject varchar NOT NULL,
    detail jsonb DEFAULT '{}' NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_audit_at ON audit (at);
"""

ROWS = """
CREATE SEQUENCE event_position;
INSERT INTO slot (kind, number)
    SELECT kind, number FROM unnest(ARRAY['route', 'deliver']) AS kind, generate_series(0, 255) AS number;
"""


def upgrade() -> None:
    for statements in (CUSTOMERS, EVENTS, PERMISSIONS, ACCESS, ROWS):
        op.execute(statements)
