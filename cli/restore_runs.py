"""`sojourn restore-runs`: starts the workflows of runs again that Temporal has lost."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress
from temporalio.service import RPCError

from cli.installation import database_in_words, installation
from cli.options import AsJson, JourneyId
from cli.output import show_json
from domain.errors import InvalidInput, Unavailable
from routing.restoring import Restored, Restoring
from runtime.temporal import connect
from runtime.temporal_namespace import prepare_namespace
from store.database import Database
from store.journey.catalog import Catalog

NOT_RESTORED = 1


def add_commands(app: typer.Typer) -> None:
    app.command("restore-runs")(restore_runs)


def restore_runs(
    journey: JourneyId = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how many runs are lost, and start none.")] = False,
    rate: Annotated[float, typer.Option("--rate", min=0, help="Runs started a second; 0: as many as can be.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Start runs again that the database knows as under way and Temporal does not have.

    Each goes on from where its row says, misses nothing that came in between and repeats nothing. May be interrupted and
    done again, and events may come in meanwhile. Exit code 1 when a run could not be started.

    Example: sojourn restore-runs --dry-run
    """
    with _progress(shown=sys.stderr.isatty() and not as_json) as on_progress, database_in_words():
        found = asyncio.run(_restore(journey, dry_run, rate, on_progress))
    if as_json:
        show_json({"dry_run": dry_run, **found.model_dump(mode="json")})
    else:
        _show(found, dry_run)
    if found.failed:
        raise typer.Exit(NOT_RESTORED)


async def _restore(
    journey: str | None, dry_run: bool, rate: float, on_progress: Callable[[int, int], None]
) -> Restored:
    settings = installation()
    if not settings.temporal_address:
        raise InvalidInput("no Temporal is named. Run `sojourn up` in this folder, or set TEMPORAL_ADDRESS.")
    database = Database(settings.database_url, pool_size=2)
    try:
        client = await connect(settings)
        if not dry_run:
            await prepare_namespace(client, timedelta(days=settings.temporal_retention_days))
        pass_ = Restoring(database, Catalog(), client, rate=rate, on_progress=on_progress)
        return await pass_.run(journey, is_rehearsal=dry_run)
    except (RuntimeError, RPCError) as error:
        raise Unavailable(f"Temporal cannot be reached at {settings.temporal_address}.") from error
    finally:
        await database.close()


@contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, for those who watch."""
    if not shown:
        yield lambda done, total: None
        return
    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("Restoring", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _show(found: Restored, dry_run: bool) -> None:
    restored = "lost, and would be started again" if dry_run else "lost, and started again"
    print(f"{found.looked_at} runs under way: {found.living} live in Temporal, {found.restored} {restored}.")
    if found.ended:
        print(f"{found.ended} ended meanwhile.")
    if found.operations:
        print(f"{found.operations} operations over many runs are under way" + ("." if dry_run else " again."))
    for one in found.failed:
        print(f"Not started: run {one.run} of {one.journey} ({one.failure}); the log says where.")
