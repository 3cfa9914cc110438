"""All people of a back-test, in several processes that see the same snapshot; parts are added up in the order of people's ids."""

import asyncio
import multiprocessing
import signal
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from cli.backtest import working
from cli.backtest.working import Part, Task
from lab.backtest.assessing import Result
from store.database import Database, Transaction
from store.recorded import people
from store.recorded.people import Window
from store.recorded.snapshot import share, snapshot

PORTION = 100
"""People that a process takes at a time."""


@dataclass
class Progress:
    """How far it is. `after` is the last customer who is in `result`; `interrupted`: somebody has asked to stop."""

    result: Result = field(default_factory=Result)
    done: int = 0
    total: int = 0
    after: UUID | None = None
    interrupted: bool = False


Told = Callable[[Progress, Part], None]


async def run(task: Task, window: Window, progress: Progress, jobs: int, told: Told, now: datetime) -> None:
    """Adds everybody to `progress`, and tells of each part. Ctrl-C ends it; the parts that have been added stand."""
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), working.begin, (task,)) as pool:
        pool.submit(working.ready).result()  # the processes begin before there is a connection that they would inherit
        database = Database(task.database_url, pool_size=2)
        try:
            with _heeding_interrupts(progress):
                async with snapshot(database) as tx:
                    await _Running(task, progress, pool, told).all(tx, window, now, 2 * jobs)
        finally:
            await database.close()


@contextmanager
def _heeding_interrupts(progress: Progress) -> Iterator[None]:
    """Ctrl-C sets `interrupted`; where signals cannot be handled it does what it always does."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        progress.interrupted = True

    with suppress(NotImplementedError, RuntimeError):
        loop.add_signal_handler(signal.SIGINT, stop)
    try:
        yield
    finally:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.remove_signal_handler(signal.SIGINT)


class _Running:
    def __init__(self, task: Task, progress: Progress, pool: ProcessPoolExecutor, told: Told) -> None:
        self.task = task
        self.progress = progress
        self.pool = pool
        self.told = told
        self.begun: deque[tuple[Sequence[UUID], asyncio.Future[Part]]] = deque()

    async def all(self, tx: Transaction, window: Window, now: datetime, ahead: int) -> None:
        """Hands portions out, at most `ahead` before the first of them is done."""
        account = self.task.draft.account
        asked = replace(window, after=self.progress.after)
        self.progress.total = self.progress.done + await people.count(tx, asked, account, now)
        try:
            await self._hand_out(tx, asked, now, ahead)
        finally:  # what has been begun still reads the snapshot
            self.pool.shutdown(wait=False, cancel_futures=True)
            await asyncio.gather(*(future for _, future in self.begun), return_exceptions=True)

    async def _hand_out(self, tx: Transaction, asked: Window, now: datetime, ahead: int) -> None:
        name, loop = await share(tx), asyncio.get_running_loop()
        ids = people.ids(tx, asked, self.task.draft.account, now)
        async with aclosing(ids), aclosing(_portions(ids)) as portions:
            async for portion in portions:
                self.begun.append((portion, loop.run_in_executor(self.pool, working.work, portion, name)))
                while len(self.begun) > ahead and not self.progress.interrupted:
                    await self._take()
                if self.progress.interrupted:
                    return
        while self.begun and not self.progress.interrupted:
            await self._take()

    async def _take(self) -> None:
        portion, future = self.begun.popleft()
        part = await future
        self.progress.result.add(part.result)
        self.progress.done += part.people
        self.progress.after = portion[-1]
        self.told(self.progress, part)


async def _portions(ids: AsyncIterator[UUID]) -> AsyncGenerator[list[UUID], None]:
    portion: list[UUID] = []
    async for one in ids:
        portion.append(one)
        if len(portion) == PORTION:
            yield portion
            portion = []
    if portion:
        yield portion
