"""The triggers of all live journeys, kept until something is published."""

from routing.match.triggers import Triggers, index
from store.database import Transaction
from store.journey.catalog import Catalog
from store.run import entries


class TriggerIndex:
    """Keeps the triggers until something is published."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._known: Triggers | None = None

    async def read(self, tx: Transaction) -> Triggers:
        """The triggers of all live journeys, as of the catalog's revision that this transaction has read."""
        programs = await self.catalog.live(tx, revision=self.catalog.revision)
        if self._known is None or self._known.programs is not programs:
            self._known = index(programs, await entries.goal_events(tx), self.catalog.shadows)
        return self._known
