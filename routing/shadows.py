"""Ends shadow runs whose version is in shadow no more. What counts is the journey's row, so a run that began while the shadow was
being ended is found as well, and whoever is interrupted is followed by the next."""

from routing.match.plan import UNDER_WAY, Plan
from routing.match.writing import write
from store.customer import customers
from store.database import Database
from store.event import events
from store.run import listening, shadows

LIMIT = 200
REASON = "stopped:shadow"


async def end_runs(db: Database, *, batches: int = 10) -> None:
    """Ends runs as far as a caller should wait for; workers end the rest."""
    for _ in range(batches):
        if not await end_stale(db):
            return


async def end_stale(db: Database, *, limit: int = LIMIT) -> int:
    """Ends up to `limit` of them, and says how many. Any number of processes may do so at once."""
    async with db.transaction() as tx:
        stale = dict(await shadows.stale(tx, limit))
        if not stale:
            return 0
        await customers.lock(tx, set(stale.values()))
        now, _ = await events.positions(tx, 0)
        plan = Plan(now)
        for run in await listening.living(tx, set(stale.values())):
            if run.id in stale and run.status in UNDER_WAY:
                plan.leave(run, REASON, by="shadow")
        await write(tx, plan)
    return len(stale)
