"""A long history made by SQL: runs with ten decisions, an event and a message each, indexes built at the end.

A hundredth of the runs is parked, another rests in a pause; of the newest ones some are in shadow; a few messages bounced.
"""

from typing import Any

import psycopg

DECISIONS = 10
"""Decisions of each run."""

RUNS_OF_A_CUSTOMER = 5

_CUSTOMERS = """
    INSERT INTO customer (id, attributes, position)
    SELECT md5('customer' || n)::uuid, jsonb_build_object('email', n || '@example.com'), n FROM generate_series(1, %(runs)s) n
"""
_IDENTITIES = """
    INSERT INTO identity (kind, value, customer_id)
    SELECT 'user_id', 'customer-' || n, md5('customer' || n)::uuid FROM generate_series(1, %(runs)s) n
"""
_RUNS = f"""
    INSERT INTO run (id, journey_id, version, customer_id, key, status, ended_reason, ghost, shadow, step, number, state, listens,
                     heard, last_command, entry, gathered, parked, hold_id, hold_step, held_at, time_scale, depth,
                     entered_at, started_at, ended_at)
    SELECT md5('run' || n)::uuid, CASE WHEN n %% 4 = 0 THEN 'other' ELSE 'starting' END, CASE WHEN is_shadow THEN 2 ELSE 1 END,
           md5('customer' || 1 + n / {RUNS_OF_A_CUSTOMER})::uuid, '', status,
           CASE WHEN status = 'ended' THEN 'finished' END, false, is_shadow, 'hello', 1, '{{"path": ["hello"]}}',
           '{{"listens": []}}', n, 1, jsonb_build_object('event_id', md5('event' || n)::uuid, 'position', n), '{{}}',
           CASE WHEN status = 'parked' THEN jsonb_build_object('code', 'template', 'at', now()) END,
           CASE WHEN is_held THEN md5('hold0')::uuid END, CASE WHEN is_held THEN 'hello' END, CASE WHEN is_held THEN now() END,
           1, 1, now() - interval '1 second' * n, now() - interval '1 second' * n, CASE WHEN status = 'ended' THEN now() END
    FROM generate_series(1, %(runs)s) n, LATERAL (
        SELECT CASE WHEN n %% 3 = 0 THEN 'ended' WHEN n %% 100 = 1 THEN 'parked' ELSE 'running' END AS status,
               n %% 3 <> 0 AND n %% 100 = 2 AS is_held, n %% 4 <> 0 AND n %% 5 = 3 AND n < 20000 AS is_shadow
    ) AS kind
"""
_EVENTS = f"""
    INSERT INTO event (id, received_at, position, customer_id, name, type, timestamp, properties, context, source, message_id)
    SELECT md5('event' || n)::uuid, now() - interval '1 second' * n, n, md5('customer' || 1 + n / {RUNS_OF_A_CUSTOMER})::uuid,
           'Ordered', 'track', now() - interval '1 second' * n, '{{"total": 12}}', '{{}}', 'shop', n::text
    FROM generate_series(1, %(runs)s) n
"""
_DECISIONS = f"""
    INSERT INTO decision (id, at, customer_id, journey_id, version, run_id, step, visit, kind, outcome, detail)
    SELECT md5('decision' || n || '/' || d)::uuid, now() - interval '1 second' * n + interval '1 millisecond' * d,
           md5('customer' || 1 + n / {RUNS_OF_A_CUSTOMER})::uuid, CASE WHEN n %% 4 = 0 THEN 'other' ELSE 'starting' END, 1,
           md5('run' || n)::uuid, 'hello', 1, 'send', 'sent', jsonb_build_object('event_id', md5('event' || n)::uuid)
    FROM generate_series(1, %(runs)s) n, generate_series(1, {DECISIONS}) d
"""
_MESSAGES = f"""
    INSERT INTO message (id, customer_id, journey_id, version, run_id, step, visit, attempt, channel, purpose, template,
                         template_version, locale, state, address, content_hash, claimed_at, lease_until, handed_over_at,
                         opens, clicks, machine_opens, machine_clicks, unknown_count)
    SELECT md5('message' || n)::uuid, md5('customer' || 1 + n / {RUNS_OF_A_CUSTOMER})::uuid, 'starting', 1, md5('run' || n)::uuid,
           'hello', 1, 1, 'email', 'marketing', 'hello', 1, '', CASE WHEN n %% 10000 = 7 THEN 'bounced' ELSE 'handed_over' END,
           n || '@example.com', '', now() - interval '1 second' * n, now(), now(), 0, 0, 0, 0, 0
    FROM generate_series(1, %(runs)s) n
"""
_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes JOIN pg_class ON relname = indexname JOIN pg_index ON indexrelid = pg_class.oid
    WHERE tablename = ANY(%s) AND NOT indisunique AND indexdef NOT LIKE '%% ONLY %%'
      AND NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = indexrelid)
"""
_PARTITIONED = """
    SELECT indexname, replace(indexdef, ' ON ONLY ', ' ON ') FROM pg_indexes
    WHERE tablename = ANY(%s) AND indexdef LIKE '%% ON ONLY %%' AND indexdef NOT LIKE 'CREATE UNIQUE%%'
"""


_HOLD = "INSERT INTO hold (id, kind, name, held_by) VALUES (md5('hold0')::uuid, 'journey', 'starting', 'bench')"
_KEYED = ("event", "decision")
"""Partitioned tables whose primary key is built at the end, too: entry by entry it takes longer than all the rest."""


def fill(database: psycopg.Connection[Any], runs: int) -> None:
    """Makes that many runs and their history. Indexes are dropped first and built again: that is how it takes minutes."""
    indexes = [
        *database.execute(_INDEXES, [["customer", "run", "message"]]).fetchall(),
        *database.execute(_PARTITIONED, [["decision", "event"]]).fetchall(),
    ]
    keys = [(table, *_key_of(database, table)) for table in _KEYED]
    for name, _ in indexes:
        database.execute(psycopg.sql.SQL("DROP INDEX {}").format(psycopg.sql.Identifier(name)))
    for table, name, _ in keys:
        database.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
    database.execute("SET maintenance_work_mem = '256MB'")
    database.execute("INSERT INTO journey (id, title, status) VALUES ('other', '', 'archived')")
    database.execute(_HOLD)
    for statement in (_CUSTOMERS, _IDENTITIES, _RUNS, _EVENTS, _DECISIONS, _MESSAGES):
        database.execute(statement, {"runs": runs})
    for table, name, definition in keys:
        database.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}".encode())
    for _, definition in indexes:
        database.execute(definition)
    database.execute("VACUUM ANALYZE")


def _key_of(database: psycopg.Connection[Any], table: str) -> tuple[str, str]:
    """The name and the definition of a table's primary key."""
    query = (
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'p'"
    )
    name, definition = database.execute(query, [table]).fetchone() or ("", "")
    return name, definition
