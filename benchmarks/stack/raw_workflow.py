"""The floor of everything that runs on Temporal: the smallest workflows that do the same, and nothing else.

A program of its own, `python -m benchmarks.stack.raw_workflow PLAN`, so that its CPU is told apart: PLAN is a
`Plan` as JSON. It prints a `Row` as JSON. Starts are eager, as ours are.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Literal
from uuid import uuid4

import uvloop
from pydantic import BaseModel, ConfigDict
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from benchmarks.measuring.cpu import Processes
from benchmarks.measuring.histories import actions, events
from benchmarks.measuring.results import Row, row

WORKFLOWS, EFFECTS = "bench-raw", "bench-raw-effects"
MINUTE = timedelta(minutes=1)


class Plan(BaseModel):
    """What to run. `rate` 0: as fast as `at_once` lets it. `temporal`: the server's process id."""

    model_config = ConfigDict(frozen=True)

    name: str
    address: str
    temporal: int
    kind: Literal["one", "journey", "sleeper", "local"]
    count: int
    rate: float = 0
    at_once: int = 50
    is_eager: bool = True
    is_sandboxed: bool = False
    pollers: int = 20
    cache: int = 2000
    wait: float = 1
    is_awaited: bool = True


_began: dict[str, float] = {}
_latencies: list[float] = []


@activity.defn
async def effect(key: str) -> str:
    """What stands for handing over a mail."""
    if key in _began:
        _latencies.append(time.perf_counter() - _began.pop(key))
    return key


@workflow.defn(name="one")
class One:
    @workflow.run
    async def run(self, key: str, wait: float) -> None:
        await workflow.execute_activity(effect, key, task_queue=EFFECTS, start_to_close_timeout=MINUTE)


@workflow.defn(name="local")
class Local:
    @workflow.run
    async def run(self, key: str, wait: float) -> None:
        await workflow.execute_local_activity(effect, key, start_to_close_timeout=MINUTE)


@workflow.defn(name="journey")
class Journey:
    @workflow.run
    async def run(self, key: str, wait: float) -> None:
        await workflow.execute_activity(effect, key, task_queue=EFFECTS, start_to_close_timeout=MINUTE)
        await asyncio.sleep(wait)
        await workflow.execute_activity(effect, key, task_queue=EFFECTS, start_to_close_timeout=MINUTE)


@workflow.defn(name="sleeper")
class Sleeper:
    @workflow.run
    async def run(self, key: str, wait: float) -> None:
        await asyncio.sleep(wait)


def run_raw(plan: Plan) -> Row:
    """Runs the program beside us and gives what it measured. Raises RuntimeError with its last words."""
    command = (sys.executable, "-m", "benchmarks.stack.raw_workflow", plan.model_dump_json())
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    return Row.model_validate_json(done.stdout.splitlines()[-1])


async def measure(plan: Plan) -> Row:
    """Starts a worker, warms it up, and measures `count` workflows until they have closed (or are started)."""
    client = await Client.connect(plan.address, data_converter=pydantic_data_converter)
    runner = SandboxedWorkflowRunner() if plan.is_sandboxed else UnsandboxedWorkflowRunner()
    workflows = [One, Local, Journey, Sleeper]
    processes = Processes({"worker": os.getpid(), "temporal": plan.temporal})
    async with (
        Worker(
            client,
            task_queue=WORKFLOWS,
            workflows=workflows,
            activities=[effect],
            workflow_runner=runner,
            max_cached_workflows=plan.cache,
            max_concurrent_workflow_task_polls=plan.pollers,
            max_concurrent_activity_task_polls=plan.pollers,
        ),
        Worker(client, task_queue=EFFECTS, activities=[effect]),
    ):
        await _run(client, plan.model_copy(update={"count": 10, "rate": 0, "kind": "one", "is_awaited": True}))
        _latencies.clear()
        with processes.measure() as span:
            ids = await _run(client, plan)
        facts: dict[str, float] = {}
        if plan.is_awaited:
            history = await client.get_workflow_handle(ids[-1]).fetch_history()
            facts = {"actions": actions(history), "history events": len(events(history))}
        return row(plan.name, span, plan.count, latencies=_latencies, facts=facts)


async def _run(client: Client, plan: Plan) -> list[str]:
    ids = [f"raw/{uuid4()}" for _ in range(plan.count)]
    free = asyncio.Semaphore(plan.at_once)
    began = time.perf_counter()

    async def one(number: int) -> None:
        if plan.rate:
            await asyncio.sleep(max(0.0, began + number / plan.rate - time.perf_counter()))
        async with free if not plan.rate else contextlib.nullcontext():
            await _start(client, plan, ids[number])

    await asyncio.gather(*(one(number) for number in range(plan.count)))
    return ids


async def _start(client: Client, plan: Plan, key: str) -> None:
    _began[key] = time.perf_counter()
    handle = await client.start_workflow(
        plan.kind, args=[key, plan.wait], id=key, task_queue=WORKFLOWS, request_eager_start=plan.is_eager
    )
    if plan.is_awaited:
        await handle.result()


def _main(run: Callable[[Plan], Awaitable[Row]]) -> None:
    print(uvloop.run(run(Plan.model_validate_json(sys.argv[1]))).model_dump_json())  # type: ignore[arg-type]  # noqa: T201


if __name__ == "__main__":
    _main(measure)
