"""Partitions by month of the tables that grow for ever, made ahead of time and dropped whole after the retention.

Each table also has a DEFAULT partition, so that a month nobody made never loses a row: what landed there moves into the
month's own partition as soon as that is made.
"""

from datetime import UTC, datetime

from sqlalchemy import Connection, text

from store.database import Transaction

PARTITIONED = {"event": "received_at", "decision": "at"}
"""Table and the column it is partitioned by."""

_LOCK = 7_365_002


def month_start(moment: datetime, offset: int = 0) -> datetime:
    """Midnight UTC of the first day of the month that lies `offset` months from the one of `moment`."""
    moment = moment.astimezone(UTC)
    months = moment.year * 12 + moment.month - 1 + offset
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


def partition_name(table: str, month: datetime) -> str:
    """`event_2026_11`."""
    return f"{table}_{month:%Y_%m}"


async def ensure_partitions(transaction: Transaction, now: datetime, *, months_ahead: int = 2) -> list[str]:
    """Makes the missing partitions of this month and the next ones, and gives their names. Safe to run by many at once.

    Waits at most two seconds for each lock; then raises, and nothing has changed: try again later.
    """
    return await transaction.run_sync(make_missing, now, months_ahead)


def make_missing(connection: Connection, now: datetime, months_ahead: int = 2) -> list[str]:
    """`ensure_partitions` for a synchronous connection."""
    connection.execute(text("SET LOCAL lock_timeout = '2s'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    made = []
    for table in PARTITIONED:
        existing = set(_partitions(connection, table))
        for offset in range(months_ahead + 1):
            month = month_start(now, offset)
            if partition_name(table, month) not in existing:
                _make(connection, table, month)
                made.append(partition_name(table, month))
    return made


async def drop_expired(transaction: Transaction, table: str, before: datetime) -> list[str]:
    """Drops the partitions of `table` whose whole month lies before `before`, and gives their names."""
    await transaction.execute(text("SET LOCAL lock_timeout = '2s'"))
    last = partition_name(table, month_start(before, -1))
    expired = [name for name in await partitions(transaction, table) if name <= last]
    for name in expired:
        await transaction.execute(text(f"DROP TABLE {name}"))
    return expired


async def partitions(transaction: Transaction, table: str) -> list[str]:
    """The names of a table's monthly partitions, oldest first, without the DEFAULT one."""
    return await transaction.run_sync(_partitions, table)


def _partitions(connection: Connection, table: str) -> list[str]:
    found = connection.execute(
        text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = CAST(:table AS regclass) ORDER BY 1"),
        {"table": table},
    )
    return [name for (name,) in found if name != f"{table}_default"]


def _make(connection: Connection, table: str, month: datetime) -> None:
    """Fills the new partition from the DEFAULT one before attaching it: PostgreSQL refuses the month otherwise."""
    name, column = partition_name(table, month), PARTITIONED[table]
    begin, end = f"{month:%Y-%m-%d %H:%M:%SZ}", f"{month_start(month, 1):%Y-%m-%d %H:%M:%SZ}"
    for statement in (
        f"LOCK TABLE {table}_default IN ACCESS EXCLUSIVE MODE",
        f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)",
        f"WITH moved AS (DELETE FROM {table}_default WHERE {column} >= '{begin}' AND {column} < '{end}' RETURNING *) "
        f"INSERT INTO {name} SELECT * FROM moved",
        f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{begin}') TO ('{end}')",
    ):
        connection.exec_driver_sql(statement)
