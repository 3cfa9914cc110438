"""What a worker looks after from time to time: partitions ahead of time, retention, claims that nobody finished."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

import structlog
from temporalio.service import RPCError

from activities.asking import tell_of_questions
from activities.sending.tracing import trace_unknown
from channels.protocol import Channel
from domain.errors import SojournError
from routing.bulk.launching import launch_forgotten
from routing.operations import retry_settled
from routing.shadows import end_stale
from runtime.resources import Resources
from store import tallies
from store.event import inbox
from store.event.partitions import PARTITIONED, drop_expired, ensure_partitions
from store.message import ledger
from store.outages import OUTAGES

log = structlog.get_logger(__name__)

OFTEN = timedelta(seconds=15)
SELDOM = timedelta(hours=1)


class Upkeep:
    """Jobs that any number of workers may do at once: each is harmless to repeat."""

    def __init__(self, resources: Resources, channels: Mapping[str, Channel]) -> None:
        self._resources = resources
        self._channels = channels

    async def run(self) -> None:
        """Until it is cancelled. A job that fails is logged and done again when its time comes."""
        async with asyncio.TaskGroup() as tasks:
            for job in (self.sweep, self.trace, self.take_up, self.end_shadows, self.sum_up, self.ask):
                tasks.create_task(self._repeat(job, OFTEN))
            for job in (self.partition, self.forget, self.correct):
                tasks.create_task(self._repeat(job, SELDOM))

    async def sweep(self) -> None:
        """Claims long past their lease become unknown, and runs whose unknown was resolved meanwhile go on."""
        grace = 2 * self._resources.settings.send_lease
        async with self._resources.db.transaction() as tx:
            found = await ledger.sweep(tx, grace)
        if found:
            log.warning("unknown_hand_overs", count=found)
        async with self._resources.db.transaction() as tx:
            is_anything_settled = bool(await ledger.settled_runs(tx))
        if is_anything_settled:
            await retry_settled(self._resources.db, await self._resources.temporal())

    async def trace(self) -> None:
        """Providers that can be asked say what became of unknown hand-overs."""
        lease = timedelta(seconds=self._resources.settings.send_lease)
        await trace_unknown(self._resources.db, self._channels, lease)

    async def take_up(self) -> None:
        """Operations whose workflow was never started, because the process died or Temporal was away, are begun."""
        await launch_forgotten(self._resources.db, self._resources.temporal)

    async def end_shadows(self) -> None:
        """Runs of versions that are in shadow no more come to their end."""
        while await end_stale(self._resources.db):
            pass

    async def ask(self) -> None:
        """Those who are asked to approve of something get mail."""
        settings = self._resources.settings
        await tell_of_questions(self._resources.db, self._channels, settings.approver_addresses, settings.link_url)

    async def sum_up(self) -> None:
        """The changes of the tallies are added up, so that reading them stays cheap."""
        async with self._resources.db.transaction() as tx:
            await tallies.sum_up(tx)

    async def correct(self) -> None:
        """The tallies are compared with what there is, and put right."""
        async with self._resources.db.transaction() as tx:
            wrong = await tallies.correct(tx)
        if wrong:
            log.warning("tallies_corrected", count=wrong)

    async def partition(self) -> None:
        """The partitions of the coming months."""
        async with self._resources.db.transaction() as tx:
            await ensure_partitions(tx, datetime.now(UTC))

    async def forget(self) -> None:
        """Message ids after the de-duplication's retention; events and decisions after theirs, if they have one."""
        settings, now = self._resources.settings, datetime.now(UTC)
        async with self._resources.db.transaction() as tx:
            await inbox.forget(tx, now - timedelta(days=settings.dedup_retention_days))
            if settings.event_retention_days:
                for table in PARTITIONED:
                    await drop_expired(tx, table, now - timedelta(days=settings.event_retention_days))

    async def _repeat(self, job: Callable[[], Awaitable[None]], every: timedelta) -> None:
        while True:
            try:
                await job()
            except (SojournError, RPCError, *OUTAGES) as error:
                log.warning("upkeep_failed", job=job.__name__, error=type(error).__name__)
            await asyncio.sleep(every.total_seconds())
