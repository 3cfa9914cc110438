"""One process of a back-test: reads some people in the shared snapshot, and lets them through the draft."""

import asyncio
import json
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from cli.backtest.orphans import go_with_the_parent
from domain.calendar import zone_of
from lab.backtest.assessing import Assessor, Result
from lab.backtest.comparing import Comparison
from lab.backtest.hearing import names_of
from lab.backtest.replaying import Draft, replay
from lab.backtest.telling import story
from lab.figures.calendar import DAY, Days
from store.database import Database
from store.recorded.lives import Reach, lives
from store.recorded.snapshot import snapshot


@dataclass(frozen=True)
class Task:
    """The same for all people. `listing`: every person's story is wanted."""

    database_url: str
    draft: Draft
    tolerance: timedelta
    against: int | None
    listing: bool

    @property
    def days(self) -> Days:
        draft = self.draft
        return Days(draft.since, zone_of({}, draft.account)[0], DAY / draft.time_scale)

    @property
    def reach(self) -> Reach:
        """What has to be read about a person."""
        draft = self.draft
        country = draft.account.default_country
        return Reach(draft.program.journey, draft.since, draft.until, names_of(draft.program), country)


@dataclass(frozen=True)
class Part:
    """What came of some people; `stories` are lines of JSON."""

    people: int
    result: Result
    stories: Sequence[str] = ()


class Worker:
    """A process's own connection and what it need not work out for each person."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.reach = task.reach
        comparison = Comparison(task.draft.until, task.tolerance)
        self.assessor = Assessor(task.draft, task.days, comparison, task.against)
        self.database = Database(task.database_url, pool_size=1)
        self.loop = asyncio.Runner()

    def work(self, ids: Sequence[UUID], known_as: str) -> Part:
        """These people, in their order."""
        return self.loop.run(self.assess(ids, known_as))

    async def assess(self, ids: Sequence[UUID], known_as: str) -> Part:
        """The same within a loop of somebody else's."""
        result = Result()
        stories: list[str] = []
        async with snapshot(self.database, known_as) as tx:
            async for person in lives(tx, ids, self.reach):
                assessed = self.assessor.add(replay(person, self.task.draft), result)
                if self.task.listing:
                    stories.append(json.dumps(story(assessed), ensure_ascii=False))
        return Part(len(ids), result, stories)


_worker: Worker | None = None


def begin(task: Task) -> None:
    """Called once in each process. Ctrl-C is for the process that waits for this one; when that was killed, this one goes, too."""
    global _worker  # a pool gives its processes no other place
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    go_with_the_parent()
    _worker = Worker(task)


def ready() -> bool:
    """Whether the process has begun."""
    return _worker is not None


def work(ids: Sequence[UUID], known_as: str) -> Part:
    """These people, in a process that has begun."""
    if _worker is None:
        raise AssertionError("the process has not begun")
    return _worker.work(ids, known_as)
