"""The books (semantics 23): everybody who entered is somewhere, and who lives in the database lives in Temporal."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from temporalio.client import Client
from temporalio.service import RPCError

from domain.effects import WORKFLOW
from domain.errors import Unavailable
from domain.frozen import Frozen
from domain.records import RunStatus
from store.database import Database
from store.run import books, run_rows

PATIENCE = timedelta(minutes=1)
"""Differences younger than this are commands on their way, or Temporal's list catching up."""


class JourneyBook(Frozen):
    """A journey's runs by status. `entered` is their sum."""

    journey: str
    entered: int
    queued: int
    running: int
    leaving: int
    paused: int
    parked: int
    ended: int


class Difference(Frozen):
    """A workflow that lives on one side only. `customer` and `status` are null when the database does not know the run."""

    workflow_id: str
    customer: UUID | None = None
    status: RunStatus | None = None


class Books(Frozen):
    """What both sides say. They balance when both lists of differences are empty."""

    journeys: tuple[JourneyBook, ...]
    living_in_database: int
    living_in_temporal: int
    only_in_database: tuple[Difference, ...]
    only_in_temporal: tuple[Difference, ...]

    @property
    def balance(self) -> bool:
        return not self.only_in_database and not self.only_in_temporal


async def audit(db: Database, client: Client, journey: str | None = None) -> Books:
    """Compares both sides, of one journey when it is named. Raises Unavailable when Temporal does not answer."""
    in_temporal = await living_in_temporal(client, journey)
    async with db.transaction() as tx:
        counts = await books.books(tx, journey)
        in_database = set(await books.living_workflow_ids(tx, journey))
        differing = in_database ^ in_temporal
        standing = await run_rows.standing(tx, [_run_of(name) for name in differing])
    now = datetime.now(UTC)

    def differences(names: Iterable[str]) -> tuple[Difference, ...]:
        found = []
        for name in sorted(names):
            run = standing.get(_run_of(name))
            if run is None or run.changed_at < now - PATIENCE:
                found.append(Difference(workflow_id=name, customer=run and run.customer, status=run and run.status))
        return tuple(found)

    return Books(
        journeys=tuple(JourneyBook(entered=book.entered, **book._asdict()) for book in counts),
        living_in_database=len(in_database),
        living_in_temporal=len(in_temporal),
        only_in_database=differences(in_database - in_temporal),
        only_in_temporal=differences(in_temporal - in_database),
    )


async def living_in_temporal(client: Client, journey: str | None) -> set[str]:
    """The ids of the workflows that are open, as Temporal lists them: a moment late. Raises Unavailable."""
    query = f"WorkflowType = '{WORKFLOW}' AND ExecutionStatus = 'Running'"
    if journey is not None:
        query += f" AND JourneyId = '{journey}'"
    try:
        return {workflow.id async for workflow in client.list_workflows(query)}
    except RPCError as error:
        raise Unavailable("Temporal does not answer; ask again.", code="temporal_unavailable") from error


def _run_of(workflow: str) -> UUID:
    return UUID(workflow.rpartition("/")[2])
