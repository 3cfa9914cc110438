"""What a send and a page look for is found by an index, however many messages and runs there are.

`message_live` holds every attempt at a step now, so that a send finds those that came to nothing as well: they differ by
their number, and of the live ones, which all count as number 0, there is still one at most.
"""

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = """
DROP INDEX message_live;
CREATE UNIQUE INDEX message_live
    ON message (run_id, step, visit, (attempt * (state = 'released' OR state = 'refused')::integer));
CREATE INDEX message_newest_of_journey ON message (journey_id, claimed_at, id);
CREATE INDEX message_unusual ON message (state, claimed_at, id) WHERE state NOT IN ('claimed', 'handed_over', 'delivered');
CREATE INDEX run_in_shadow ON run (journey_id, entered_at, id) WHERE shadow;
"""


def upgrade() -> None:
    op.execute(STATEMENTS)
