"""Many calls, one commit."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from domain.errors import Unavailable
from domain.events import AcceptedEvent
from store.database import Database
from store.event.inbox import accept, notify
from store.outages import is_outage, is_refusal

log = structlog.get_logger(__name__)

LARGEST_GROUP = 500
LINGER = 0.002
"""Seconds that a group waits for more, once calls come together. A call that comes alone does not wait."""
MOST_WAITING = 20_000
"""Events that may wait for their commit; with more the caller is told to come back."""
PATIENCE = 15.0
"""Seconds for one commit. After that nobody knows whether it is stored: the caller sends it again, and ids make it one."""
NOTIFY_PAUSE = 0.005
"""Seconds between two notifications of the routers."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    events: Sequence[AcceptedEvent]
    stored: asyncio.Future[list[bool]]


class GroupCommit:
    """Takes events from many calls and commits them in one transaction; a call is answered after its commit (rule 1).

    While one group commits, the next one gathers. Groups are written one after another, so that what was answered
    first is first in the inbox (rule 3). If the process dies, nobody was told that an uncommitted event is safe.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Waiting] = []
        self._unanswered: set[_Waiting] = set()
        self._size = 0
        self._arrived = asyncio.Event()
        self._committed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begins to commit. Call `close` at the end."""
        self._tasks = [asyncio.create_task(self._commit_groups()), asyncio.create_task(self._notify_routers())]

    async def close(self) -> None:
        """Answers every call that waits, then stops. No call may come after that."""
        if self._unanswered:
            await asyncio.wait({waiting.stored for waiting in self._unanswered})
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def commit(self, events: Sequence[AcceptedEvent]) -> list[bool]:
        """Returns once the events are committed: for each, whether it could be stored. Known ones count as stored.

        Raises Unavailable when PostgreSQL is away or too many events wait.
        """
        if self._size + len(events) > MOST_WAITING:
            raise Unavailable("Too many events are waiting. Send it again in a moment.", code="overloaded")
        waiting = _Waiting(events, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._unanswered.add(waiting)
        self._size += len(events)
        self._arrived.set()
        try:
            return await waiting.stored
        finally:
            self._unanswered.discard(waiting)
            self._size -= len(events)

    async def _commit_groups(self) -> None:
        in_company = False
        while True:
            await self._arrived.wait()
            if in_company:
                await asyncio.sleep(LINGER)
            group = self._next_group()
            in_company = len(group) > 1
            await self._write(group)

    def _next_group(self) -> list[_Waiting]:
        count = size = 0
        for waiting in self._waiting:
            size += len(waiting.events)
            if count and size > LARGEST_GROUP:
                break
            count += 1
        group, self._waiting = self._waiting[:count], self._waiting[count:]
        if not self._waiting:
            self._arrived.clear()
        return group

    async def _write(self, group: Sequence[_Waiting]) -> None:
        try:
            await self._store([event for waiting in group for event in waiting.events])
        except Exception as error:
            log.warning("group_not_stored", calls=len(group), error=type(error).__name__)
            for waiting in group:
                if not _is_away(error):
                    error = await self._write_singly(waiting) or error
                else:
                    _fail(waiting, error)
        else:
            for waiting in group:
                _settle(waiting, [True] * len(waiting.events))

    async def _write_singly(self, waiting: _Waiting) -> Exception | None:
        """Tries each event of a call alone, so that a bad one takes no other with it. Gives what was not its fault."""
        stored: list[bool] = []
        for event in waiting.events:
            try:
                await self._store([event])
                stored.append(True)
            except Exception as error:
                if not is_refusal(error):
                    _fail(waiting, error)
                    return error
                log.warning("event_refused", source=event.source, error=type(error).__name__)
                stored.append(False)
        _settle(waiting, stored)
        return None

    async def _store(self, events: Sequence[AcceptedEvent]) -> None:
        async with asyncio.timeout(PATIENCE), self._database.statement() as tx:
            new = await accept(tx, events)
        if any(new):
            self._committed.set()

    async def _notify_routers(self) -> None:
        while True:
            await self._committed.wait()
            self._committed.clear()
            try:
                await notify(self._database)
            except Exception as error:  # routers also poll
                log.warning("notify_failed", error=type(error).__name__)
            await asyncio.sleep(NOTIFY_PAUSE)


def _is_away(error: Exception) -> bool:
    return is_outage(error) or isinstance(error, TimeoutError)


def _settle(waiting: _Waiting, stored: list[bool]) -> None:
    if not waiting.stored.done():  # the caller may have gone
        waiting.stored.set_result(stored)


def _fail(waiting: _Waiting, error: Exception) -> None:
    if not waiting.stored.done():
        away = Unavailable("PostgreSQL cannot store events now. Send it again in a moment.", code="database_away")
        away.__cause__ = error
        waiting.stored.set_exception(away)
