"""Ways to write the same rows, and to read and write the same JSON."""

import json
from collections.abc import Callable
from typing import Any

import orjson
import psycopg

_TABLE = """
    CREATE TEMP TABLE written (id uuid PRIMARY KEY, customer uuid, name text, at timestamptz, body jsonb);
    CREATE INDEX ON written (customer, at);
"""
_ROW = "INSERT INTO written VALUES (%s, %s, %s, %s, %s)"
_TOGETHER = """
    INSERT INTO written SELECT * FROM jsonb_to_recordset(%s::jsonb) AS row (
        id uuid, customer uuid, name text, at timestamptz, body jsonb)
"""

Row = tuple[str, str, str, str, dict[str, Any]]
Connection = psycopg.Connection[Any]


def prepare(database: Connection) -> None:
    """The table that is written to."""
    database.execute(_TABLE)


def _executemany(database: Connection, rows: list[Row]) -> None:
    with database.cursor() as cursor:
        cursor.executemany(_ROW, [(*row[:4], orjson.dumps(row[4]).decode()) for row in rows])


def _copy(database: Connection, rows: list[Row]) -> None:
    with database.cursor() as cursor, cursor.copy("COPY written FROM STDIN") as copy:
        for row in rows:
            copy.write_row((*row[:4], orjson.dumps(row[4]).decode()))


def _one_statement(database: Connection, rows: list[Row]) -> None:
    names = ("id", "customer", "name", "at", "body")
    database.execute(_TOGETHER, [orjson.dumps([dict(zip(names, row, strict=True)) for row in rows]).decode()])


WAYS: dict[str, Callable[[Connection, list[Row]], None]] = {
    "executemany": _executemany,
    "COPY": _copy,
    "one statement, one JSON parameter": _one_statement,
}

CODECS: dict[str, Callable[[Any], object]] = {
    "json of the standard library": lambda value: json.loads(json.dumps(value)),
    "orjson": lambda value: orjson.loads(orjson.dumps(value)),
}
