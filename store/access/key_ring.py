"""Which keys are good, remembered for a moment."""

import asyncio
import time

from store.access.keys import Key, digest_of, find_digest
from store.database import Database


class KeyRing:
    """Remembers for a few seconds which keys are good, so that a call does not cost a question to the database."""

    _MOST = 10_000

    def __init__(self, database: Database, *, seconds: float = 2.0) -> None:
        self._database = database
        self._seconds = seconds
        self._known: dict[str, tuple[float, Key | None]] = {}
        self._asking: dict[str, asyncio.Task[Key | None]] = {}

    async def find(self, secret: str) -> Key | None:
        """As `find`, at most `seconds` old. Many calls with one key ask the database once."""
        return await self.find_digest(digest_of(secret))

    async def find_digest(self, digest: str) -> Key | None:
        """The same for somebody who has shown the secret before, and of whom only its digest was kept."""
        known = self._known.get(digest)
        if known and known[0] > time.monotonic():
            return known[1]
        asking = self._asking.get(digest)
        if asking is None:
            asking = self._asking[digest] = asyncio.create_task(self._ask(digest))
            asking.add_done_callback(lambda _: self._asking.pop(digest, None))
        return await asyncio.shield(asking)

    async def _ask(self, digest: str) -> Key | None:
        async with self._database.transaction() as tx:
            key = await find_digest(tx, digest)
        if len(self._known) >= self._MOST:  # somebody is guessing
            self._known.clear()
        self._known[digest] = (time.monotonic() + self._seconds, key)
        return key
