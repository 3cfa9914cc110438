"""The floor of routing: what a batch has to change, by SQL statements written by hand. Nothing is decided, and nobody
is merged.
"""

import json
import uuid
from typing import Any

import psycopg

_READ = "SELECT id, body FROM inbox ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED"
_LOCK = """
    SELECT kind || ':' || value, customer.id, attributes FROM identity JOIN customer ON customer.id = customer_id
    WHERE (kind, value) IN (SELECT 'user_id', unnest(%s::text[])) ORDER BY customer.id FOR UPDATE OF customer
"""
_EVENTS = """
    INSERT INTO event (id, position, customer_id, name, type, timestamp, received_at, properties, context, source, message_id)
    SELECT id, nextval('event_position'), customer_id, name, type, timestamp, received_at, properties, '{}', source, message_id
    FROM jsonb_to_recordset(%s::jsonb) AS row (
        id uuid, customer_id uuid, name text, type text, timestamp timestamptz, received_at timestamptz,
        properties jsonb, source text, message_id text)
"""
_MOVE_ON = "UPDATE customer SET position = currval('event_position') WHERE id = ANY(%s::uuid[])"
_DELETE = "DELETE FROM inbox WHERE id = ANY(%s)"
_CHANGE = """
    UPDATE customer SET attributes = attributes || new.traits, updated_at = now()
    FROM jsonb_to_recordset(%s::jsonb) AS new (customer_id uuid, traits jsonb) WHERE id = customer_id
"""
_DECIDE = """
    INSERT INTO decision (id, at, customer_id, journey_id, version, run_id, kind, outcome, detail)
    SELECT new_id, now(), customer_id, 'starting', 1, run_id, 'entry', 'entered', '{}'
    FROM jsonb_to_recordset(%s::jsonb) AS row (new_id uuid, customer_id uuid, run_id uuid)
"""
_ENTER = """
    INSERT INTO run (id, journey_id, version, customer_id, key, status, ghost, number, heard, last_command, time_scale, depth,
                     entered_at, started_at)
    SELECT run_id, 'starting', 1, customer_id, '', 'running', false, 0, currval('event_position'), 1, 1, 1, now(), now()
    FROM jsonb_to_recordset(%s::jsonb) AS row (customer_id uuid, run_id uuid)
"""
_COMMAND = """
    INSERT INTO command (slot, run_id, journey_id, number, kind)
    SELECT 0, run_id, 'starting', 1, 'start' FROM jsonb_to_recordset(%s::jsonb) AS row (run_id uuid)
"""
_WAKE = """
    WITH woken AS (
        UPDATE run SET last_command = last_command + 1 WHERE customer_id = ANY(%s::uuid[]) AND status <> 'ended'
        RETURNING id, journey_id, last_command
    ) INSERT INTO command (slot, run_id, journey_id, number, kind, body)
    SELECT 0, id, journey_id, last_command, 'signal', '{}' FROM woken
"""


def route_by_hand(url: str, kind: str, limit: int) -> None:
    """Applies everything in the inbox, in batches, as events of that kind (`routing.KINDS`)."""
    with psycopg.connect(url) as database:
        while _batch(database, kind, limit):
            database.commit()


def _batch(database: psycopg.Connection[Any], kind: str, limit: int) -> bool:
    taken = database.execute(_READ, [limit]).fetchall()
    if not taken:
        return False
    users = [body["identities"][0].partition(":")[2] for _, body in taken]
    owners = {key: owner for key, owner, _ in database.execute(_LOCK, [users])}
    rows = json.dumps([_row(body, str(owners[body["identities"][0]])) for _, body in taken])
    customers = list(owners.values())
    database.execute(_EVENTS, [rows])
    database.execute(_MOVE_ON, [customers])
    if kind == "changes the profile":
        database.execute(_CHANGE, [rows])
    if kind in ("starts a run", "a rule asks for the score"):
        database.execute(_DECIDE, [rows])
    if kind == "starts a run":
        database.execute(_ENTER, [rows])
        database.execute(_COMMAND, [rows])
    if kind == "wakes a run":
        database.execute(_WAKE, [customers])
    database.execute(_DELETE, [[inbox for inbox, _ in taken]])
    return True


def _row(body: dict[str, Any], customer: str) -> dict[str, Any]:
    """`new_id` and `run_id` are used where a decision or a run is written."""
    known = {name: body[name] for name in ("name", "type", "timestamp", "received_at", "source", "message_id")}
    said = {"properties": body.get("properties", {}), "traits": body.get("traits", {})}
    made = {name: str(uuid.uuid4()) for name in ("id", "new_id", "run_id")}
    return {**known, **said, **made, "customer_id": customer}
