"""Which plans PostgreSQL makes for the statements of a call."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from sqlalchemy import event

from store.database import Database, Transaction

GROWING = ("customer", "identity", "event", "run", "decision", "message", "inbox", "consent", "suppression")
"""Tables, and the beginning of their partitions' names, that nobody may read from end to end."""


SMALL = 10
"""Pages of a table, such as the partition of a coming month, that is read faster without its index."""


async def scans(
    database: Database, call: Callable[[Transaction, int], Awaitable[object]], number: int, *, forced: bool = False
) -> list[str]:
    """The sequential scans of growing tables in the plans of what `call` sends, as `table: filter`.

    `forced`: PostgreSQL is told to avoid them, so that what is left has no index at all, however small the table is.
    """
    sent: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        sent.append((statement, parameters))

    found: list[str] = []
    least = 0 if forced else SMALL
    async with database.transaction() as tx:
        event.listen(database.engine.sync_engine, "before_cursor_execute", note)
        try:
            await call(tx, number)
        finally:
            event.remove(database.engine.sync_engine, "before_cursor_execute", note)
        if forced:
            await tx.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, parameters in sent:
            plan = (await tx.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)).scalar_one()
            for node in _nodes(plan[0]["Plan"]):
                table = node.get("Relation Name", "")
                if node["Node Type"] != "Seq Scan" or table.split("_")[0] not in GROWING:
                    continue
                pages = (
                    await tx.exec_driver_sql("SELECT relpages FROM pg_class WHERE relname = %s", (table,))
                ).scalar_one()
                if pages >= least:
                    found.append(f"{table}: {node.get('Filter', '')}")
    return found


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)
