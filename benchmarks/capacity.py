"""Waiting runs: what memory and disk each takes, how long a cold one takes to wake, and ten thousand timers due in one
second.

Half of the runs wait for an event, the other half until one and the same second. Floor: as many raw workflows that
sleep. Cold is a run that the worker's cache has dropped: its history is read and replayed.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import uvloop

from benchmarks.event_to_mail import PROCESSES
from benchmarks.measuring.cpu import Span
from benchmarks.measuring.results import Measured, Row, row
from benchmarks.measuring.size import Size
from benchmarks.stack.load import Connection, closed_loop, requests, track
from benchmarks.stack.mails import Mails, identify, open_mails
from benchmarks.stack.own import TEMPLATE, Stack, open_stack
from benchmarks.stack.raw_workflow import Plan, run_raw
from runtime.stack.ports import free_port

TITLE = "Capacity"
NOTE = ""
WOKEN = 50
BATCH = 100
LISTENING = """
journey: listening
entry: {event: Measured}
steps: [{id: pause, wait_for: {event: Answered, within: 30d}, then: [{id: hello, send: email/bench}]}]
"""
DUE = """
journey: due
entry: {event: Invited}
steps: [{id: pause, wait: {until: event.at}}]
"""
_WAITING = "SELECT count(*) FROM run WHERE journey_id = %s AND waiting_until IS NOT NULL"
_ENDED = "SELECT count(*) FROM run WHERE journey_id = 'due' AND status = 'ended'"
_LATE = "SELECT extract(epoch FROM ended_at - %s) FROM run WHERE journey_id = 'due' AND status = 'ended'"


def measure(size: Size) -> Measured:
    """CPU per run; memory and disk in KB per run."""
    port, count = free_port(), size.of(20_000, 200)
    with open_stack({"SOJOURN_SMTP_HOST": "127.0.0.1", "SOJOURN_SMTP_PORT": str(port)}) as stack:
        stack.publish(LISTENING, {"bench": TEMPLATE})
        stack.publish(DUE)
        rows = uvloop.run(_measure(stack, port, count))
    with open_stack() as stack:
        floor = _floor(stack, count)
    return Measured(rows=(*rows, floor), left_out=() if size.number else (_larger(rows[0], count),))


async def _measure(stack: Stack, port: int, count: int) -> list[Row]:
    half = count // 2
    people = [f"user-{number}" for number in range(count)]
    async with open_mails(port) as mails:
        await identify(stack, people)
        before = _held(stack)
        listening = await _fill(stack, "listening", people[:half], "Measured", {})
        waiting = row(
            "enter and wait",
            listening,
            half,
            processes=PROCESSES,
            floor="floor: raw sleeping workflows",
            facts=_growth(before, _held(stack), half),
        )
        due = datetime.now(UTC) + timedelta(seconds=10 + 1.3 * listening.seconds)
        mails.begin()
        cold = await _wake(stack, mails, people[: min(WOKEN, half)])
        await _fill(stack, "due", people[half:], "Invited", {"at": due.isoformat()})
        await asyncio.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
        fired = await _until_ended(stack, half, due)
    return [waiting, cold, fired]


async def _fill(stack: Stack, journey: str, people: list[str], event: str, properties: dict[str, str]) -> Span:
    events = [{"type": "track", **track(who, event, **properties)} for who in people]
    bodies = [{"batch": events[start : start + BATCH]} for start in range(0, len(events), BATCH)]
    with stack.processes.measure() as span, stack.database() as database:
        await closed_loop(stack.address, requests("/v1/batch", stack.stage.write_key, bodies), 1)
        while database.execute(_WAITING, [journey]).fetchone() != (len(people),):  # noqa: ASYNC110
            await asyncio.sleep(0.5)  # what is looked at belongs to other processes
    return span


async def _wake(stack: Stack, mails: Mails, people: list[str]) -> Row:
    connection, before = await Connection.open(stack.address), mails.taken
    with stack.processes.measure() as span:
        for number, who in enumerate(people, 1):
            (request,) = requests("/v1/track", stack.stage.write_key, [track(who, "Answered")])
            mails.ask(who, time.perf_counter())
            await connection.send(request)
            await mails.until(before + number)
    return row("wake one, the oldest first", span, len(people), processes=PROCESSES, latencies=mails.latencies)


async def _until_ended(stack: Stack, count: int, due: datetime) -> Row:
    with stack.database() as database:
        with stack.processes.measure() as span:
            while database.execute(_ENDED).fetchone() != (count,):  # noqa: ASYNC110
                await asyncio.sleep(0.25)
        late = [max(0.0, float(seconds)) for (seconds,) in database.execute(_LATE, [due]).fetchall()]
    return row("timers due in one second", span, count, processes=PROCESSES, latencies=late)


def _held(stack: Stack) -> dict[str, float]:
    """Memory by process and disk, in KB."""
    memory = {
        f"memory of {name} KB": size / 1024 for name, size in stack.processes.memory().items() if name in PROCESSES
    }
    with stack.database() as database:
        database.execute("CHECKPOINT")
        (size,) = database.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
    files = sum(file.stat().st_size for file in (stack.stage.home / "temporal").iterdir())
    return {**memory, "disk KB": (size + files) / 1024, "disk of temporal KB": files / 1024}


def _growth(before: dict[str, float], after: dict[str, float], count: int) -> dict[str, float]:
    return {name: round((after[name] - before[name]) / count, 2) for name in after}


def _floor(stack: Stack, count: int) -> Row:
    before = _held(stack)
    floor = run_raw(
        Plan(
            name="floor: raw sleeping workflows",
            address=stack.stage.temporal_address,
            temporal=stack.processes.roots["temporal"],
            kind="sleeper",
            count=count // 2,
            wait=30 * 86_400,
            is_awaited=False,
        )
    )
    return floor.model_copy(update={"facts": _growth(before, _held(stack), count // 2)})


def _larger(waiting: Row, count: int) -> str:
    """Why 100,000 are not tried by themselves."""
    minutes = 100_000 / waiting.rate / 60
    return (
        f"100,000 waiting runs: at {waiting.rate:.0f} starts a second they take {minutes:.0f} minutes here. "
        f'`make bench-capacity ARGS="--size 100000"` measures them; {count:,} were measured.'
    )
