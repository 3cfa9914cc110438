"""Events that become mails: who is sent one, when it was asked for, and when the sink had it."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.stack.load import closed_loop, requests
from benchmarks.stack.own import Stack
from benchmarks.stack.sink import open_sink

PATIENCE = 600.0
"""Seconds without any new mail after which a benchmark gives up."""


class Mails:
    """What a sink has taken, by recipient: each mail is matched with the oldest event of that person that waits for one."""

    def __init__(self) -> None:
        self.taken = 0
        self.latencies: list[float] = []
        self.moments: list[float] = []
        self._asked: defaultdict[str, deque[float]] = defaultdict(deque)
        self._news = asyncio.Event()

    def ask(self, who: str, at: float) -> None:
        """An event of this person was due to be sent then (perf_counter)."""
        self._asked[address_of(who)].append(at)

    def take(self, recipient: str, at: float) -> None:
        """The sink has a mail."""
        self.taken += 1
        self.moments.append(at)
        if waiting := self._asked[recipient]:
            self.latencies.append(at - waiting.popleft())
        self._news.set()

    async def until(self, count: int) -> None:
        """Returns when `count` mails have been taken since the beginning. Raises TimeoutError when none comes any more."""
        while self.taken < count:
            self._news.clear()
            async with asyncio.timeout(PATIENCE):
                await self._news.wait()

    def begin(self) -> None:
        """Forgets what was measured so far."""
        self.latencies, self.moments = [], []
        self._asked.clear()


def address_of(who: str) -> str:
    return f"{who}@example.com"


@asynccontextmanager
async def open_mails(port: int) -> AsyncIterator[Mails]:
    """A sink of this program on that port."""
    mails = Mails()
    server = await open_sink(port, mails.take)
    try:
        yield mails
    finally:
        server.close()


async def identify(stack: Stack, people: list[str]) -> None:
    """Makes these people known, each with an address, and waits until routing has applied it."""
    bodies = [
        {
            "batch": [
                {"type": "identify", "userId": who, "traits": {"email": address_of(who)}}
                for who in people[start : start + 100]
            ]
        }
        for start in range(0, len(people), 100)
    ]
    await closed_loop(stack.address, requests("/v1/batch", stack.stage.write_key, bodies), 2)
    await quiet(stack)


async def quiet(stack: Stack) -> None:
    """Waits until nothing is left in the inbox."""
    with stack.database() as database:
        give_up = time.monotonic() + PATIENCE
        while database.execute("SELECT count(*) FROM inbox").fetchone() != (0,):
            if time.monotonic() > give_up:
                raise TimeoutError("events stay in the inbox")
            await asyncio.sleep(0.1)
