"""How many runs and messages there are, by state, kept beside them: nobody has to count a table that only grows.

A statement that changes a state adds a row with the difference, so that no two transactions wait for each other;
`store/tallies.py` adds the rows up from time to time.
"""

from alembic import op

revision = "0010"
down_revision = "0009"

TABLES = """
CREATE TABLE run_tally (
    journey_id varchar NOT NULL,
    version integer NOT NULL,
    shadow boolean NOT NULL,
    status varchar NOT NULL,
    step varchar,
    change bigint NOT NULL
);
CREATE TABLE message_tally (
    state varchar NOT NULL,
    change bigint NOT NULL
);
"""

FUNCTIONS = """
CREATE FUNCTION tally_runs_added() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO run_tally (journey_id, version, shadow, status, step, change)
        SELECT journey_id, version, shadow, status, CASE WHEN status <> 'ended' THEN step END, count(*)
        FROM added GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END
$body$;
CREATE FUNCTION tally_run_changed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO run_tally (journey_id, version, shadow, status, step, change) VALUES
        (OLD.journey_id, OLD.version, OLD.shadow, OLD.status, CASE WHEN OLD.status <> 'ended' THEN OLD.step END, -1),
        (NEW.journey_id, NEW.version, NEW.shadow, NEW.status, CASE WHEN NEW.status <> 'ended' THEN NEW.step END, 1);
    RETURN NULL;
END
$body$;
CREATE FUNCTION tally_run_removed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO run_tally (journey_id, version, shadow, status, step, change) VALUES
        (OLD.journey_id, OLD.version, OLD.shadow, OLD.status, CASE WHEN OLD.status <> 'ended' THEN OLD.step END, -1);
    RETURN NULL;
END
$body$;
CREATE FUNCTION tally_messages_added() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO message_tally (state, change) SELECT state, count(*) FROM added GROUP BY state;
    RETURN NULL;
END
$body$;
CREATE FUNCTION tally_message_changed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO message_tally (state, change) VALUES (OLD.state, -1), (NEW.state, 1);
    RETURN NULL;
END
$body$;
CREATE FUNCTION tally_message_removed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO message_tally (state, change) VALUES (OLD.state, -1);
    RETURN NULL;
END
$body$;
"""

TRIGGERS = """
CREATE TRIGGER run_tally_added AFTER INSERT ON run REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION tally_runs_added();
CREATE TRIGGER run_tally_changed AFTER UPDATE ON run FOR EACH ROW
    WHEN (OLD.step IS DISTINCT FROM NEW.step OR OLD.status <> NEW.status OR OLD.version <> NEW.version)
    EXECUTE FUNCTION tally_run_changed();
CREATE TRIGGER run_tally_removed AFTER DELETE ON run FOR EACH ROW EXECUTE FUNCTION tally_run_removed();
CREATE TRIGGER message_tally_added AFTER INSERT ON message REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION tally_messages_added();
CREATE TRIGGER message_tally_changed AFTER UPDATE ON message FOR EACH ROW
    WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION tally_message_changed();
CREATE TRIGGER message_tally_removed AFTER DELETE ON message FOR EACH ROW EXECUTE FUNCTION tally_message_removed();
"""

BEGINNING = """
INSERT INTO run_tally (journey_id, version, shadow, status, step, change)
    SELECT journey_id, version, shadow, status, CASE WHEN status <> 'ended' THEN step END, count(*)
    FROM run GROUP BY 1, 2, 3, 4, 5;
INSERT INTO message_tally (state, change) SELECT state, count(*) FROM message GROUP BY state;
"""


def upgrade() -> None:
    """The triggers come first: they keep writers out until the transaction ends, so that nothing is missed or counted twice."""
    for statements in (TABLES, FUNCTIONS, TRIGGERS, BEGINNING):
        op.execute(statements)
