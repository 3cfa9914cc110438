"""Journeys and templates, the runs of customers through them, and the send ledger."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JOURNEYS = """
CREATE TABLE journey (
    id varchar NOT NULL,
    title varchar NOT NULL,
    status varchar NOT NULL,
    live_version integer,
    draft varchar,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE journey_version (
    journey_id varchar NOT NULL,
    version integer NOT NULL,
    source varchar NOT NULL,
    program jsonb DEFAULT '{}' NOT NULL,
    checksum varchar NOT NULL,
    published_at timestamptz DEFAULT now() NOT NULL,
    published_by varchar NOT NULL,
    PRIMARY KEY (journey_id, version),
    FOREIGN KEY (journey_id) REFERENCES journey (id)
);
CREATE TABLE catalog (
    id integer NOT NULL,
    revision integer NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE account (
    id integer NOT NULL,
    settings jsonb DEFAULT '{}' NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE template (
    channel varchar NOT NULL,
    name varchar NOT NULL,
    live_version integer NOT NULL,
    archived boolean NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (channel, name)
);
CREATE TABLE template_version (
    channel varchar NOT NULL,
    name varchar NOT NULL,
    version integer NOT NULL,
    locale varchar NOT NULL,
    source varchar NOT NULL,
    compiled jsonb DEFAULT '{}' NOT NULL,
    checksum varchar NOT NULL,
    published_at timestamptz DEFAULT now() NOT NULL,
    published_by varchar NOT NULL,
    PRIMARY KEY (channel, name, version, locale)
);
"""

RUNS = """
CREATE TABLE run (
    id uuid NOT NULL,
    journey_id varchar NOT NULL,
    version integer NOT NULL,
    customer_id uuid NOT NULL,
    key varchar NOT NULL,
    status varchar NOT NULL,
    ended_reason varchar,
    leaving varchar,
    ghost boolean NOT NULL,
    step varchar,
    waiting_until timestamptz,
    number integer NOT NULL,
    state jsonb DEFAULT '{}' NOT NULL,
    reply jsonb,
    listens jsonb DEFAULT '{}' NOT NULL,
    heard bigint NOT NULL,
    last_command integer NOT NULL,
    entry jsonb DEFAULT '{}' NOT NULL,
    gathered jsonb DEFAULT '{}' NOT NULL,
    parked jsonb,
    time_scale float8 NOT NULL,
    depth smallint NOT NULL,
    entered_at timestamptz NOT NULL,
    started_at timestamptz,
    converted_at timestamptz,
    conversion_value float8,
    ended_at timestamptz,
    PRIMARY KEY (id)
);
CREATE INDEX run_by_customer ON run (customer_id, entered_at);
CREATE INDEX run_by_entry ON run (journey_id, customer_id, key);
CREATE INDEX run_by_start ON run (journey_id, started_at);
CREATE INDEX run_by_status ON run (journey_id, status, entered_at);
CREATE INDEX run_living ON run (customer_id) WHERE status <> 'ended';
CREATE TABLE decision (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    customer_id uuid NOT NULL,
    journey_id varchar,
    version integer,
    run_id uuid,
    step varchar,
    visit integer,
    kind varchar NOT NULL,
    outcome varchar NOT NULL,
    detail jsonb DEFAULT '{}' NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX decision_by_customer ON decision (customer_id, at);
CREATE INDEX decision_by_run ON decision (run_id, at);
CREATE TABLE decision_default PARTITION OF decision DEFAULT;
CREATE TABLE command (
    id bigint GENERATED ALWAYS AS IDENTITY,
    slot smallint NOT NULL,
    run_id uuid NOT NULL,
    journey_id varchar NOT NULL,
    number integer NOT NULL,
    kind varchar NOT NULL,
    body jsonb DEFAULT '{}' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    not_before timestamptz DEFAULT now() NOT NULL,
    failure varchar,
    PRIMARY KEY (id),
    UNIQUE (run_id, number)
);
CREATE INDEX command_slot ON command (slot, id);
"""

MESSAGES = """
CREATE TABLE message (
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    journey_id varchar NOT NULL,
    version integer NOT NULL,
    run_id uuid NOT NULL,
    step varchar NOT NULL,
    visit integer NOT NULL,
    attempt integer NOT NULL,
    channel varchar NOT NULL,
    purpose varchar NOT NULL,
    topic varchar,
    template varchar NOT NULL,
    template_version integer NOT NULL,
    locale varchar NOT NULL,
    variant varchar,
    state varchar NOT NULL,
    address varchar NOT NULL,
    subject varchar,
    content_hash varchar NOT NULL,
    content jsonb DEFAULT '{}' NOT NULL,
    provider varchar,
    provider_id varchar,
    answer jsonb DEFAULT '{}' NOT NULL,
    price float8,
    claimed_at timestamptz NOT NULL,
    lease_until timestamptz NOT NULL,
    handed_over_at timestamptz,
    delivered_at timestamptz,
    opened_at timestamptz,
    clicked_at timestamptz,
    opens integer NOT NULL,
    clicks integer NOT NULL,
    machine_opens integer NOT NULL,
    machine_clicks integer NOT NULL,
    unknown_count integer NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX message_by_customer ON message (customer_id, claimed_at);
CREATE INDEX message_by_provider ON message (provider, provider_id);
CREATE UNIQUE INDEX message_live ON message (run_id, step, visit) WHERE state NOT IN ('released', 'refused');
CREATE INDEX message_open ON message (lease_until) WHERE state IN ('claimed', 'unknown');
"""

ROWS = """
INSERT INTO catalog (id, revision) VALUES (1, 0);
INSERT INTO account (id) VALUES (1);
"""


def upgrade() -> None:
    for statements in (JOURNEYS, RUNS, MESSAGES, ROWS):
        op.execute(statements)
