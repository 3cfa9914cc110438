"""The worker process: routing, delivery, the journeys' workflows, and a task queue per channel with its own limits.

Everything that touches only the database runs whether Temporal is up or not; what needs Temporal waits for it.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import PatchActivationInput, UnsandboxedWorkflowRunner, Worker

from activities.outside import OutsideActivities
from activities.progress import ProgressActivities
from activities.resources import Resources as Effects
from activities.sending.send import SendActivities
from channels.webhook_http import WebhookCaller, derived_secret
from content.links import Signer
from domain.effects import JOURNEYS_QUEUE, NOTIFY_QUEUE, WEBHOOK_QUEUE, send_queue
from domain.errors import Unavailable
from domain.operations import OPERATIONS_QUEUE
from routing.bulk.operating import OperationActivities
from routing.delivery import Deliverer
from routing.intake import Intake
from routing.lifting import Lifting
from routing.router import Router
from routing.temporal_commands import TemporalCommands
from runtime.heartbeat import beat
from runtime.metrics import serve_metrics
from runtime.providers import open_channels
from runtime.resources import Resources, open_resources
from runtime.sealing import seal_of
from runtime.settings import Settings
from runtime.temporal_namespace import prepare_namespace
from runtime.upkeep import Upkeep
from workflows.journey import JourneyWorkflow
from workflows.operation import OperationWorkflow

log = structlog.get_logger(__name__)

RETRY_SECONDS = 1.0


@dataclass(frozen=True)
class Queue:
    """A task queue and what runs on it. `rate`: activities a second over all workers; 0 is no limit."""

    name: str
    activities: Sequence[Callable[..., Any]]
    workflows: Sequence[type] = ()
    rate: float = 0


async def run(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT, then lets running activities finish within the grace period."""
    loop = asyncio.get_running_loop()
    working = asyncio.create_task(work(settings))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await working


async def work(settings: Settings) -> None:
    """Works until it is cancelled. A loop never ends by itself: whatever ends one is raised here."""
    async with AsyncExitStack() as stack:
        resources = await stack.enter_async_context(open_resources(settings))
        channels = await stack.enter_async_context(open_channels(settings))
        secret = settings.secret_key.get_secret_value()
        webhooks = WebhookCaller(derived_secret(secret), trusted_hosts=settings.trusted_webhook_hosts)
        stack.push_async_callback(webhooks.close)
        deliverer = Deliverer(resources.db, resources.catalog, TemporalCommands(resources.temporal))
        scale = settings.time_scale
        intake = Intake(resources.db, resources.catalog, time_scale=scale, on_commands=deliverer.wake)
        router = Router(
            resources.db, resources.catalog, time_scale=scale, on_commands=deliverer.wake, on_queued=intake.wake
        )
        effects = Effects(
            db=resources.db,
            catalog=resources.catalog,
            signer=Signer(secret, settings.link_url),
            webhooks=webhooks,
            public_url=settings.link_url,
            channels=channels,
            lease=timedelta(seconds=settings.send_lease),
            seal=seal_of(settings),
            wake=router.wake,
        )
        if settings.metrics_port:
            serve_metrics(settings.metrics_port, settings.host)
        async with asyncio.TaskGroup() as tasks:
            for loop in (router, intake, deliverer, Lifting(resources.db), Upkeep(resources, channels)):
                tasks.create_task(loop.run())
            tasks.create_task(_serve(resources, effects))


async def _serve(resources: Resources, effects: Effects) -> None:
    """Polls the task queues; returns when cancelled, after the grace period."""
    client = await _client(resources)
    operating = OperationActivities(resources.db, resources.catalog, resources.temporal)
    served = [
        *queues(resources.settings, effects),
        Queue(OPERATIONS_QUEUE, [operating.operate_batch], [OperationWorkflow]),
    ]
    workers = [_worker(client, queue, resources.settings) for queue in served]
    async with AsyncExitStack() as stack:
        for worker in workers:
            await stack.enter_async_context(worker)
        log.info("worker_ready", queues=[worker.task_queue for worker in workers])
        if resources.settings.heartbeat_file is not None:
            await beat(resources.settings.heartbeat_file)
        await asyncio.Event().wait()


async def _client(resources: Resources) -> Client:
    """The client, as soon as Temporal answers and our namespace is prepared (a new one takes seconds to be known)."""
    while True:
        try:
            client = await resources.temporal()
            await prepare_namespace(client, timedelta(days=resources.settings.temporal_retention_days))
        except (Unavailable, RPCError):
            await asyncio.sleep(RETRY_SECONDS)
        else:
            return client


def queues(settings: Settings, effects: Effects) -> list[Queue]:
    """What this process works on: journeys, each channel that has a provider, calls to others."""
    progress, send, outside = ProgressActivities(effects), SendActivities(effects), OutsideActivities(effects)
    rates = {"email": settings.email_rate, "sms": settings.sms_rate}
    return [
        Queue(JOURNEYS_QUEUE, [progress.progress], [JourneyWorkflow]),
        *(
            Queue(send_queue(medium), [send.send_message], rate=rates.get(medium, 0))
            for medium in sorted(effects.channels)
        ),
        Queue(WEBHOOK_QUEUE, [outside.call_webhook], rate=settings.webhook_rate),
        Queue(NOTIFY_QUEUE, [outside.notify]),
    ]


def _worker(client: Client, queue: Queue, settings: Settings) -> Worker:
    """Workflows run without the sandbox: docs/decisions/0003-sandbox.md says why and what guards them instead."""
    return Worker(
        client,
        task_queue=queue.name,
        workflows=list(queue.workflows),
        activities=list(queue.activities),
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=settings.worker_cache,
        max_concurrent_activities=settings.worker_activities,
        max_concurrent_activity_task_polls=settings.worker_pollers,
        max_concurrent_workflow_task_polls=settings.worker_pollers,
        max_task_queue_activities_per_second=queue.rate or None,
        graceful_shutdown_timeout=timedelta(seconds=settings.worker_grace),
        patch_activation_callback=_not_yet if settings.mixed_releases else None,
    )


def _not_yet(_: PatchActivationInput) -> bool:
    """What `workflow.patched()` answers for a new run while workers run that do not know the change: they may get it next."""
    return False
