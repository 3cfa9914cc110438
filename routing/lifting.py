"""Tells runs that rest that their pause is lifted, each by a numbered command. A run that came to rest while it was being lifted
is found as well: what counts is the row, not who was counted when somebody resumed."""

import asyncio

import structlog

from domain.effects import Delivery
from domain.holds import turn_of
from store.customer import customers
from store.database import Database
from store.operation import holds
from store.operation.holds import Told
from store.outages import OUTAGES
from store.run import commands
from store.run.rows import NewCommand

log = structlog.get_logger(__name__)

POLL = 0.5
LIMIT = 200


async def lift_once(db: Database, *, limit: int = LIMIT) -> int:
    """Tells up to `limit` runs, the longest held first, and says how many. Any number of workers may do so at once."""
    async with db.transaction() as tx:
        free = await holds.free(tx, limit)
        if not free:
            return 0
        await customers.lock(tx, {run.customer for run in free})
        told = await holds.tell(tx, [run.id for run in free])
        await commands.add(tx, [NewCommand(one.run, one.journey, one.number, _delivery(one)) for one in told])
    return len(told)


def _delivery(told: Told) -> Delivery:
    if told.due == "spread":
        until = turn_of(told.run, told.hold, told.lifted_at, told.over / told.time_scale)
        return Delivery(number=told.number, kind="lifted", hold=told.hold, due="catch_up", until=until)
    return Delivery(number=told.number, kind="lifted", hold=told.hold, due=told.due)


class Lifting:
    """The loop."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def run(self) -> None:
        """Until it is cancelled; an outage of the database is waited out."""
        while True:
            try:
                while await lift_once(self._db):
                    pass
            except OUTAGES as error:
                log.warning("lifting_interrupted", error=type(error).__name__)
            await asyncio.sleep(POLL)
