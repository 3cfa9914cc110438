"""`sojourn audit`: do the books balance, and who differs."""

import asyncio

import typer
from temporalio.service import RPCError

from cli.installation import database_in_words, installation
from cli.options import AsJson, JourneyId
from cli.output import show_json, show_table
from domain.errors import InvalidInput, Unavailable
from routing.audit import Books, Difference
from routing.audit import audit as compare
from runtime.temporal import connect
from store.database import Database

DIFFERENCE_FOUND = 1


def add_commands(app: typer.Typer) -> None:
    app.command()(audit)


def audit(
    journey: JourneyId = None,
    as_json: AsJson = False,
) -> None:
    """Compare the runs in the database with the workflows in Temporal, and name the people who differ.

    Everybody who entered is queued, running, leaving, paused, parked or ended; the living ones are exactly the living
    ones in Temporal, differences younger than a minute aside. Exit code 1 when somebody differs.

    Example: sojourn audit --journey welcome --json
    """
    with database_in_words():
        found = asyncio.run(_compare(journey))
    if as_json:
        show_json({"balance": found.balance, **found.model_dump(mode="json")})
    else:
        _show(found)
    if not found.balance:
        raise typer.Exit(DIFFERENCE_FOUND)


async def _compare(journey: str | None) -> Books:
    settings = installation()
    if not settings.temporal_address:
        raise InvalidInput("no Temporal is named. Run `sojourn up` in this folder, or set TEMPORAL_ADDRESS.")
    database = Database(settings.database_url, pool_size=1)
    try:
        return await compare(database, await connect(settings), journey)
    except (RuntimeError, RPCError) as error:
        raise Unavailable(f"Temporal cannot be reached at {settings.temporal_address}.") from error
    finally:
        await database.close()


def _show(found: Books) -> None:
    columns = ("journey", "entered", "queued", "running", "leaving", "paused", "parked", "ended")
    rows = [[getattr(book, column) for column in columns] for book in found.journeys]
    show_table(columns, rows, empty="Nobody has entered a journey yet.")
    print(f"Living: {found.living_in_database} in the database, {found.living_in_temporal} in Temporal.")
    _list("Only in the database", found.only_in_database)
    _list("Only in Temporal", found.only_in_temporal)
    if found.only_in_database:
        print("Start them again in Temporal, where they were: sojourn restore-runs")
    if found.balance:
        print("The books balance.")


def _list(title: str, differences: tuple[Difference, ...]) -> None:
    for one in differences:
        who = f"customer {one.customer}, {one.status}" if one.customer else "unknown to the database"
        print(f"{title}: {one.workflow_id} ({who})")
