"""The floor of accepting: the same rows by COPY, in batches, through psycopg."""

import psycopg

from benchmarks.measuring.cpu import Processes, Span

BATCH = 500
_INBOX = ("slot", "identities", "name", "received_at", "body")
_KEYS = ("source", "message_id")


def copy_again(database: psycopg.Connection, processes: Processes) -> tuple[Span, int]:
    """Takes the rows out of inbox and event_key, empties both, and measures putting the same rows in again by COPY."""
    inbox = database.execute("SELECT slot, identities, name, received_at, body::text FROM inbox ORDER BY id").fetchall()
    keys = database.execute(
        "SELECT source, message_id FROM event_key ORDER BY seen_at DESC LIMIT %s", [len(inbox)]
    ).fetchall()
    database.execute("TRUNCATE inbox, event_key")
    with processes.measure() as span:
        for start in range(0, len(inbox), BATCH):
            with database.transaction(), database.cursor() as cursor:
                _copy(cursor, "event_key", _KEYS, keys[start : start + BATCH])
                _copy(cursor, "inbox", _INBOX, inbox[start : start + BATCH])
    database.execute("TRUNCATE inbox, event_key")
    return span, len(inbox)


def _copy(cursor: psycopg.Cursor, table: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    statement = psycopg.sql.SQL("COPY {} ({}) FROM STDIN").format(
        psycopg.sql.Identifier(table), psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, columns))
    )
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
