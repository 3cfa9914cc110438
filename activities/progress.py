"""Carries out what a run asks for that touches only our own database."""

import asyncio

from temporalio import activity

from activities.carry_on import carry_on
from activities.desk import open_desk
from activities.failures import translated
from activities.hearing import Behind
from activities.resources import Resources
from domain.effects import PROGRESS, Reply, Request

PAUSE_SECONDS = 0.05
PATIENCE = 60
"""How often a settling wait that is behind asks again before the whole request is retried: three seconds."""


class ProgressActivities:
    """Local activities, on the workflows' own task queue."""

    def __init__(self, resources: Resources) -> None:
        self.resources = resources

    @activity.defn(name=PROGRESS)
    async def progress(self, request: Request) -> Reply:
        """One transaction. If the process dies in it nothing has happened; afterwards a repetition gets the same reply."""
        async with translated():
            for _ in range(PATIENCE):
                try:
                    return await self._once(request)
                except Behind:
                    self.resources.wake()
                    await asyncio.sleep(PAUSE_SECONDS)
            raise Behind("Events accepted in time are still being applied.")

    async def _once(self, request: Request) -> Reply:
        async with self.resources.db.transaction() as tx:
            desk = await open_desk(tx, self.resources, request)
            stored = desk.stored_reply()
            return stored if stored is not None else await carry_on(desk)
