"""What was tried, each choice beside what it was chosen over, with everything else alike.

The first row of each group is what is used, and the floor of the others. Raw workflows stand for ours where the choice
is Temporal's.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import uvloop

from benchmarks import burst, email
from benchmarks.event_to_mail import JOURNEY
from benchmarks.measuring.cpu import Processes
from benchmarks.measuring.results import Measured, Row, row
from benchmarks.measuring.size import Size
from benchmarks.stack.database import own_postgres
from benchmarks.stack.load import closed_loop, requests, track
from benchmarks.stack.own import TEMPLATE, UVICORN, Stack, environment_of, open_stack
from benchmarks.stack.raw_workflow import Plan, run_raw
from benchmarks.stack.servers import SETTINGS, server
from benchmarks.stack.writing import CODECS, WAYS, prepare
from runtime.stack.ports import free_port
from runtime.stack.readiness import answers, wait_until
from runtime.stack.tether import start_tethered, stop

TITLE = "Trials"
NOTE = (
    "What is used costs least of its group, or no more than the next, but for one: sends stay regular activities, which local ones "
    "would undercut by more than half, for their rate limits, fairness and visible failures (decision 2). COPY costs what our one "
    "statement costs, and cannot say which ids are new. GOGC makes no difference at this size, nor does a second worker process "
    "on two processors that are full."
)
API = {
    "uvloop and httptools": ("--loop", "uvloop", "--http", "httptools"),
    "asyncio and httptools": ("--loop", "asyncio", "--http", "httptools"),
    "uvloop and h11": ("--loop", "uvloop", "--http", "h11"),
}
RAW: dict[str, dict[str, dict[str, object]]] = {
    "start": {"eager": {}, "not eager": {"is_eager": False}},
    "workflow runner": {"unsandboxed": {}, "sandboxed": {"is_sandboxed": True}},
    "effect": {"regular activity": {}, "local activity": {"kind": "local"}},
    "pollers": {"20": {}, "5": {"pollers": 5}, "50": {"pollers": 50}},
    "cache, with 400 busy at once": {
        "2000": {"kind": "journey", "at_once": 400},
        "50": {"kind": "journey", "at_once": 400, "cache": 50},
    },
}


def measure(size: Size) -> Measured:
    """CPU per item; the item is named by the group."""
    count = size.of(400, 60)
    rows = [*_codecs(20 * count), *_ways(10 * count), *_sending(size, count), *_on_a_stack(count), *_servers(count)]
    for workers in (1, 2):
        rows.append(_workers(workers, 2 * count))
    return Measured(rows=tuple(_compared(rows)))


def _compared(rows: list[Row]) -> Iterator[Row]:
    """Each row's floor is the first of its group: the words before the colon."""
    first: dict[str, str] = {}
    for one in rows:
        chosen = first.setdefault(one.name.partition(":")[0], one.name)
        yield one.model_copy(update={"floor": chosen if chosen != one.name else ""})


def _codecs(count: int) -> Iterator[Row]:
    body = track("user-1", "Viewed", path="/shop/1", title="A product", price=1.5, tags=["new", "blue"])
    processes = Processes({"worker": os.getpid()})
    for name, codec in reversed(CODECS.items()):
        with processes.measure() as span:
            for _ in range(count):
                codec(body)
        yield row(f"JSON there and back: {name}", span, count)


def _ways(count: int) -> Iterator[Row]:
    said = {"path": "/shop/1", "title": "A product", "tags": ["new", "blue"]}
    with own_postgres() as own, psycopg.connect(own.url, autocommit=True) as database:
        prepare(database)
        for name, write in reversed(WAYS.items()):
            rows = [(str(uuid4()), str(uuid4()), "Viewed", "2026-01-01T00:00:00Z", said) for _ in range(count)]
            with own.processes.measure() as span:
                for start in range(0, count, 500):
                    with database.transaction():
                        write(database, rows[start : start + 500])
            yield row(f"row written: {name}", span, count)


def _sending(size: Size, count: int) -> Iterator[Row]:
    """The sending benchmark on another loop, and without prepared statements."""
    for name, runner, threshold in (
        ("uvloop, prepared statements", uvloop.run, 5),
        ("asyncio, prepared statements", asyncio.run, 5),
        ("uvloop, no prepared statements", uvloop.run, None),
    ):
        found = email.measure(Size(size.is_quick, count), runner=runner, prepare_threshold=threshold).rows[0]
        yield found.model_copy(update={"name": f"mail sent: {name}", "floor": ""})


def _on_a_stack(count: int) -> Iterator[Row]:
    with open_stack() as stack:
        prepared = requests(
            "/v1/track", stack.stage.write_key, [track(f"user-{n % 500}", "Viewed") for n in range(10 * count)]
        )
        with stack.worker_held():
            for name, flags in API.items():
                with _another_api(stack, flags) as (address, pid):
                    asyncio.run(closed_loop(address, prepared[:count], 16))
                    with Processes({"api": pid}).measure() as span:
                        latencies = asyncio.run(closed_loop(address, prepared, 16))
                yield row(f"event accepted: {name}", span, len(prepared), latencies=latencies)
        for group, variants in RAW.items():
            for name, changes in variants.items():
                plan = _plan(
                    f"raw workflow, {group}: {name}",
                    stack.stage.temporal_address,
                    stack.processes.roots["temporal"],
                    count,
                )
                yield run_raw(plan.model_copy(update=changes))


def _servers(count: int) -> Iterator[Row]:
    for name in SETTINGS:
        with server(name) as (address, pid):
            yield run_raw(_plan(f"raw workflow, server: {name}", address, pid, count // 4))


def _plan(name: str, address: str, temporal: int, count: int) -> Plan:
    return Plan(name=name, address=address, temporal=temporal, kind="one", count=count)


def _workers(workers: int, count: int) -> Row:
    port = free_port()
    with open_stack({"SOJOURN_SMTP_HOST": "127.0.0.1", "SOJOURN_SMTP_PORT": str(port)}) as stack:
        stack.publish(JOURNEY, {"bench": TEMPLATE})
        stack.publish(burst.OTHER)
        if workers == 1:
            sent, _ = uvloop.run(burst.drive(stack, port, count))
        else:
            with stack.another_worker() as pid:
                both = Stack(stack.stage, Processes({**stack.processes.roots, "second worker": pid}))
                sent, _ = uvloop.run(burst.drive(both, port, count))
    return sent.model_copy(update={"name": f"start in a burst, worker processes: {workers}"})


@contextmanager
def _another_api(stack: Stack, flags: tuple[str, ...]) -> Iterator[tuple[tuple[str, int], int]]:
    port, log = free_port(), stack.stage.home.parent / "another-api.log"
    command = (*UVICORN, "api.app:create_app", "--factory", "--host", "127.0.0.1", "--port", str(port), *flags)
    with log.open("ab") as output:
        process = start_tethered(command, output=output, environment=environment_of(stack.processes.roots["api"]))
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), process, log)
        yield ("127.0.0.1", port), process.pid
    finally:
        stop(process)
