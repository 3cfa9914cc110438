"""What a fresh stack needs before it is of use: keys to call it with, and journeys to enter."""

import asyncio
from collections.abc import Callable

from runtime.stack.plan import Plan
from runtime.stack.tether import start_tethered
from store.access.keys import Scope, ensure
from store.database import Database


def create_keys(plan: Plan) -> None:
    """Makes sure that the keys of dev.env are known to the database."""
    asyncio.run(_create_keys(plan))


async def _create_keys(plan: Plan) -> None:
    database = Database(plan.database_url, pool_size=1)
    try:
        async with database.transaction() as transaction:
            await ensure(transaction, plan.write_key, Scope.INGEST, "development")
            await ensure(transaction, plan.admin_key, Scope.ADMIN, "development")
    finally:
        await database.close()


def publish_examples(plan: Plan, say: Callable[[str], None]) -> None:
    """Runs `sojourn journeys publish` on the example journeys. A failure is said and does not stop the stack."""
    log = plan.home.logs / "publish.log"
    with log.open("ab") as output:
        publish = start_tethered(plan.commands.publish, output=output, environment=plan.environment())
    if publish.wait() != 0:
        last = log.read_text(errors="replace").strip().splitlines()[-1:]
        say(f"the example journeys were not published: {''.join(last)} (log: {log})")
