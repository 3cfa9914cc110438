"""Which plans PostgreSQL makes for statements, and which of them read a table that grows from end to end."""

import math
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from store.database import Database, Transaction

Sent = tuple[str, Any]
"""A statement with its parameters."""

GROWING = ("customer", "identity", "event", "run", "decision", "message", "inbox", "command", "consent", "suppression")
"""Tables, and the beginning of their partitions' names, that nobody may read from end to end."""

SMALL = 10
"""Pages of a table, such as the partition of a coming month, that is read faster without its index."""

_EXPLAINED = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")

_GROWN = """
    SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', relname::text, 'relpages', relpages,
                                     'reltuples', (reltuples * %(times)s)::real)
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples > 0
        AND split_part(relname, '_', 1) = ANY(%(growing)s)
"""


_PARTIAL = "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indpred IS NOT NULL"


@contextmanager
def noted(database: Database) -> Iterator[list[Sent]]:
    """What the block sends."""
    sent: list[Sent] = []

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        if statement.lstrip().upper().startswith(_EXPLAINED):
            sent.append((statement, parameters))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def scans(
    database: Database, call: Callable[[Transaction, int], Awaitable[object]], number: int, *, least: int = SMALL
) -> list[str]:
    """What of growing tables the statements of a call read from end to end."""
    async with database.transaction() as tx:
        with noted(database) as sent:
            await call(tx, number)
    return await read_whole(database, sent, least=least)


async def read_whole(database: Database, sent: list[Sent], *, least: int = SMALL) -> list[str]:
    """The nodes of the statements' plans that read a growing table of at least `least` pages from end to end, as `table: filter`.

    Going through an index without looking anything up in it counts too, unless the index has only rows of one kind, or a limit
    ends it within a hundredth of the way.
    """
    found: list[str] = []
    async with database.transaction() as tx:
        of_a_kind = set((await tx.exec_driver_sql(_PARTIAL)).scalars())
        for statement, parameters in sent:
            plan = (await tx.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)).scalar_one()
            for node, limit in _nodes(plan[0]["Plan"], limit=math.inf):
                table = node.get("Relation Name", "")
                if (
                    table.split("_")[0] in GROWING
                    and not table.endswith("_tally")
                    and _is_whole(node, of_a_kind, limit)
                ):
                    query = "SELECT relpages FROM pg_class WHERE relname = %s"
                    if (await tx.exec_driver_sql(query, (table,))).scalar_one() >= least:
                        found.append(f"{table}: {node.get('Filter', '')}")
    return found


async def as_if_grown(database: Database, times: int) -> None:
    """Has PostgreSQL plan as if every row of the growing tables stood for that many: small data, and the plans of large data.

    Their statistics must be fresh. It lasts until they are taken again.
    """
    async with database.transaction() as tx:
        await tx.exec_driver_sql(_GROWN, {"times": times, "growing": list(GROWING)})


def _is_whole(node: dict[str, Any], of_a_kind: set[str], limit: float) -> bool:
    if node["Node Type"] == "Seq Scan":
        return True
    if node["Node Type"] not in ("Index Scan", "Index Only Scan") or "Index Cond" in node:
        return False
    return node["Index Name"] not in of_a_kind and limit > node["Total Cost"] / 100


def _nodes(node: dict[str, Any], *, limit: float) -> Iterator[tuple[dict[str, Any], float]]:
    """Every node, and what a limit above it lets it cost. A sort takes all that is below it."""
    yield node, limit
    if node["Node Type"] == "Limit":
        limit = min(limit, node["Total Cost"])
    elif node["Node Type"] in ("Sort", "Aggregate", "Hash"):
        limit = math.inf
    for child in node.get("Plans", ()):
        yield from _nodes(child, limit=limit)
