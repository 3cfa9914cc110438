"""A long history made by SQL: runs with ten decisions, an event and a message each, indexes built at the end."""

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
    SELECT 'user_id', n::text, md5('customer' || n)::uuid FROM generate_series(1, %(runs)s) n
"""
_RUNS = f"""
    INSERT INTO run (id, journey_id, version, customer_id, key, status, ended_reason, ghost, step, number, state, listens, heard,
                     last_command, entry, gathered, time_scale, depth, entered_at, started_at, ended_at)
    SELECT md5('run' || n)::uuid, CASE WHEN n %% 4 = 0 THEN 'other' ELSE 'starting' END, 1,
           md5('customer' || 1 + n / {RUNS_OF_A_CUSTOMER})::uuid, '', CASE WHEN n %% 3 = 0 THEN 'ended' ELSE 'running' END,
           CASE WHEN n %% 3 = 0 THEN 'finished' END, false, 'hello', 1, '{{"path": ["hello"]}}', '{{"listens": []}}', n, 1,
           jsonb_build_object('event_id', md5('event' || n)::uuid, 'position', n), '{{}}', 1, 1,
           now() - interval '1 second' * n, now() - interval '1 second' * n, CASE WHEN n %% 3 = 0 THEN now() END
    FROM generate_series(1, %(runs)s) n
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
           'hello', 1, 1, 'email', 'marketing', 'hello', 1, '', 'handed_over', n || '@example.com', '', now(), now(), now(),
           0, 0, 0, 0, 0
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


def fill(database: psycopg.Connection[Any], runs: int) -> None:
    """Makes that many runs and their history. Indexes are dropped first and built again: that is how it takes minutes."""
    indexes = [
        *database.execute(_INDEXES, [["customer", "run", "message"]]).fetchall(),
        *database.execute(_PARTITIONED, [["decision", "event"]]).fetchall(),
    ]
    for name, _ in indexes:
        database.execute(psycopg.sql.SQL("DROP INDEX {}").format(psycopg.sql.Identifier(name)))
    database.execute("INSERT INTO journey (id, title, status) VALUES ('other', '', 'archived')")
    for statement in (_CUSTOMERS, _IDENTITIES, _RUNS, _EVENTS, _DECISIONS, _MESSAGES):
        database.execute(statement, {"runs": runs})
    for _, definition in indexes:
        database.execute(definition)
    database.execute("VACUUM ANALYZE")
