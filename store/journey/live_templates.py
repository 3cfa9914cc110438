"""Live templates kept in memory, as `catalog` keeps programs: the newest as long as nothing is published."""

from store.database import Transaction
from store.journey import templates
from store.journey.templates import StoredVariant

KEPT = 1000
"""Texts kept in memory; beyond that all are dropped and read again as they are needed."""


class LiveTemplates:
    """One per process. Whoever asks has read the catalog's revision, which every publish of a template raises (semantics 10)."""

    def __init__(self) -> None:
        self._revision = -1
        self._found: dict[tuple[str, str, str], StoredVariant | None] = {}

    async def find(
        self, tx: Transaction, channel: str, name: str, locale: str, *, revision: int
    ) -> StoredVariant | None:
        """As `templates.live`, at that revision of the catalog or a later one."""
        if revision != self._revision or len(self._found) >= KEPT:
            self._revision, self._found = revision, {}
        key = channel, name, locale
        if key not in self._found:
            self._found[key] = await templates.live(tx, channel, name, locale)
        return self._found[key]
