"""How many runs and messages there are by state, read without counting them.

Triggers write a row with the difference in the transaction that makes it (migration 0010), so a sum is as exact as a count
of the same snapshot. `sum_up` keeps the rows few; `correct` puts right what went past the triggers, such as rows restored
from a back-up.
"""

from typing import NamedTuple

from sqlalchemy import text

from store.database import Transaction

MANY = 1000
"""Rows of a tally that are read in a millisecond; more are added up."""

_LOCK = 7_365_004

_TALLIES = {
    "run": "journey_id, version, shadow, status, step",
    "message": "state",
}
"""What each is counted by."""

_COUNTED = {
    "run": """
        SELECT journey_id, version, shadow, status, CASE WHEN status <> 'ended' THEN step END AS step, count(*) AS change
        FROM run GROUP BY 1, 2, 3, 4, 5""",
    "message": "SELECT state, count(*) AS change FROM message GROUP BY state",
}

_RUNS = text("""
    SELECT journey_id, version, shadow, status, step, CAST(sum(change) AS bigint) FROM run_tally
    WHERE CAST(:journey AS text) IS NULL OR journey_id = :journey
    GROUP BY journey_id, version, shadow, status, step HAVING sum(change) <> 0
    ORDER BY journey_id, version, status, step
""")

_MESSAGES = text("""
    SELECT state, CAST(sum(change) AS bigint) FROM message_tally GROUP BY state HAVING sum(change) <> 0 ORDER BY state
""")


class RunCount(NamedTuple):
    """Runs that are alike. `step` is None for those that have ended, and before the first step."""

    journey: str
    version: int
    shadow: bool
    status: str
    step: str | None
    runs: int


async def runs(tx: Transaction, journey: str | None = None) -> list[RunCount]:
    """All runs, or those of one journey."""
    return [RunCount(*row) for row in await tx.execute(_RUNS, {"journey": journey})]


async def messages(tx: Transaction) -> dict[str, int]:
    """The rows of the ledger by state."""
    return {state: count for state, count in await tx.execute(_MESSAGES)}  # noqa: C416  rows are not pairs


async def sum_up(tx: Transaction) -> None:
    """Adds the rows of each tally up where there are many. Whoever comes second at the same time leaves it to the first."""
    if not (await tx.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK})).scalar_one():
        return
    for name, by in _TALLIES.items():
        if (await tx.execute(text(f"SELECT count(*) FROM {name}_tally"))).scalar_one() > MANY:
            await tx.execute(
                text(f"""
                    WITH gone AS (DELETE FROM {name}_tally RETURNING *)
                    INSERT INTO {name}_tally ({by}, change)
                        SELECT {by}, sum(change) FROM gone GROUP BY {by} HAVING sum(change) <> 0
                """)
            )


async def correct(tx: Transaction) -> int:
    """Counts both tables whole and writes what the tallies lack or have too much. How many numbers were wrong.

    One statement each, so that both sides are of one moment, whatever is written meanwhile.
    """
    wrong = 0
    for name, by in _TALLIES.items():
        done = await tx.execute(
            text(f"""
                INSERT INTO {name}_tally ({by}, change)
                    SELECT {by}, sum(change) FROM (
                        SELECT * FROM ({_COUNTED[name]}) AS counted
                        UNION ALL SELECT {by}, -change FROM {name}_tally
                    ) AS both_sides GROUP BY {by} HAVING sum(change) <> 0
            """)
        )
        wrong += done.rowcount
    return wrong
