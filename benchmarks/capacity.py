"""Waiting runs: what memory and disk each takes, how long one takes to wake, and ten thousand timers due in one second.

Half of the runs wait for an event, the other half until one and the same second; then as many more wait for an event as
make a hundred thousand, unless that takes longer than a quarter of an hour or the machine cannot hold them. Floor: as many
raw workflows that sleep. Cold is a run that no worker has in its cache, because the worker was just started: its history is
read and replayed. The worker's memory is per run in its cache.
"""

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import uvloop

from benchmarks.measuring.cpu import Span
from benchmarks.measuring.results import Measured, Row, row
from benchmarks.measuring.size import Size
from benchmarks.stack.holding import PROCESSES, free, growth, held, obstacle
from benchmarks.stack.load import Connection, closed_loop, requests, track
from benchmarks.stack.mails import Mails, identify, open_mails
from benchmarks.stack.own import TEMPLATE, Stack, open_stack
from benchmarks.stack.raw_workflow import Plan, run_raw
from runtime.settings import Settings
from runtime.stack.ports import free_port

TITLE = "Capacity"
NOTE = ""
LARGE = 100_000
MINUTES = 15.0
"""What starting them may take. A step that would take longer is left out, with the reason."""

WOKEN = 50
BATCH = 100
AHEAD = 2_000
"""Events that are accepted and not begun yet: enough to keep routing busy, few enough to stop in time."""

PATIENCE = 120.0
"""Seconds without any progress after which the benchmark gives up."""

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


@dataclass
class Progress:
    """A count that has to rise. Raises TimeoutError when it stands still for too long."""

    count: int = -1
    since: float = 0.0

    def note(self, count: int, what: str) -> None:
        now = time.monotonic()
        if count != self.count:
            self.count, self.since = count, now
        elif now - self.since > PATIENCE:
            raise TimeoutError(f"{what} has stood at {count} for {PATIENCE:.0f} s")


def measure(size: Size) -> Measured:
    """CPU per run; memory and disk in KB per run."""
    port, count = free_port(), size.of(20_000, 200)
    with open_stack({"SOJOURN_SMTP_HOST": "127.0.0.1", "SOJOURN_SMTP_PORT": str(port)}) as stack:
        stack.publish(LISTENING, {"bench": TEMPLATE})
        stack.publish(DUE)
        rows, left_out = uvloop.run(_measure(stack, port, count, 0 if size != Size() else LARGE))
    with open_stack() as stack:
        floor = _floor(stack, count // 2)
    return Measured(rows=(*rows, floor), left_out=tuple(left_out))


async def _measure(stack: Stack, port: int, count: int, large: int) -> tuple[list[Row], list[str]]:
    half = count // 2
    people = [f"user-{number}" for number in range(max(count, large))]
    async with open_mails(port) as mails:
        await identify(stack, people[:count])
        waiting = await _enter(stack, people[:half], "enter and wait", 0)
        warm = await _wake(
            stack, mails, people[half - min(WOKEN, half // 2) : half], "wake one from the worker's cache"
        )
        stack.restart_worker()
        cold = await _wake(stack, mails, people[: min(WOKEN, half // 2)], "wake a cold one")
        last = min(AHEAD, half) / waiting.rate + 10  # seconds that the last of them take
        enough = 10 + 1.4 * waiting.seconds + last
        due, in_time = datetime.now(UTC) + timedelta(seconds=enough), time.monotonic() + enough - last
        _, entered = await _fill(stack, "due", people[half:count], {"at": due.isoformat()}, until=in_time)
        await asyncio.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
        rows = [waiting, warm, cold, await _until_ended(stack, entered, due)]
        left_out = [f"{half - entered:,} timers: they could not be set before they were due."] if entered < half else []
        if large:
            more = large - half
            why = obstacle(waiting.facts, waiting.rate, more, free(stack.stage.home), MINUTES)
            if why:
                left_out.append(f'{large:,} waiting runs: {why}. `make bench-capacity ARGS="--size {large}"` tries.')
            else:
                await identify(stack, people[count:])
                rows.append(await _enter(stack, people[count:] + people[half:count], f"until {large:,} wait", half))
    return rows, left_out


async def _enter(stack: Stack, people: Sequence[str], name: str, already: int) -> Row:
    """These people begin to wait for an event, beside those who do already."""
    before, cache = held(stack), int(Settings.model_fields["worker_cache"].default)
    span, entered = await _fill(stack, "listening", people, {})
    cached = min(cache, already + entered) - min(cache, already)
    return row(
        name,
        span,
        entered,
        processes=PROCESSES,
        floor="floor: raw sleeping workflows",
        facts=growth(before, held(stack), entered, cached),
    )


async def _fill(
    stack: Stack, journey: str, people: Sequence[str], properties: dict[str, str], *, until: float = math.inf
) -> tuple[Span, int]:
    """Has them enter until the clock says `until`, and waits until all who did wait. How many did."""
    event = {"listening": "Measured", "due": "Invited"}[journey]
    events = [{"type": "track", **track(who, event, **properties)} for who in people]
    bodies = [{"batch": events[start : start + BATCH]} for start in range(0, len(events), BATCH)]
    prepared = requests("/v1/batch", stack.stage.write_key, bodies)
    sent, waiting, progress = 0, 0, Progress()
    with stack.processes.measure() as span, stack.database() as database:
        already = _count(database, _WAITING, [journey])
        while True:
            if sent < len(people) and sent - waiting < AHEAD and time.monotonic() < until:
                now = prepared[sent // BATCH : (waiting + AHEAD) // BATCH]
                await closed_loop(stack.address, now, 1)
                sent = min(len(people), sent + len(now) * BATCH)
            waiting = _count(database, _WAITING, [journey]) - already
            if waiting >= sent and (sent == len(people) or time.monotonic() >= until):
                break
            progress.note(waiting, f"the number of runs that wait in {journey}")
            await asyncio.sleep(0.5)  # what is looked at belongs to other processes
    return span, sent


async def _wake(stack: Stack, mails: Mails, people: Sequence[str], name: str) -> Row:
    """One after the other, from the event to the mail."""
    connection, before = await Connection.open(stack.address), mails.taken
    mails.begin()
    with stack.processes.measure() as span:
        for number, who in enumerate(people, 1):
            (request,) = requests("/v1/track", stack.stage.write_key, [track(who, "Answered")])
            mails.ask(who, time.perf_counter())
            await connection.send(request)
            await mails.until(before + number)
    connection.close()
    return row(name, span, len(people), processes=PROCESSES, latencies=mails.latencies)


async def _until_ended(stack: Stack, count: int, due: datetime) -> Row:
    progress = Progress()
    with stack.database() as database:
        with stack.processes.measure() as span:
            while (ended := _count(database, _ENDED, [])) < count:
                progress.note(ended, "the number of timers that have fired")
                await asyncio.sleep(0.25)
        late = [max(0.0, float(seconds)) for (seconds,) in database.execute(_LATE, [due]).fetchall()]
    return row("timers due in one second", span, count, processes=PROCESSES, latencies=late)


def _count(database: psycopg.Connection, query: str, parameters: list[str]) -> int:
    (found,) = database.execute(query.encode(), parameters).fetchone() or (0,)
    return int(found)


def _floor(stack: Stack, count: int) -> Row:
    before = held(stack)
    floor = run_raw(
        Plan(
            name="floor: raw sleeping workflows",
            address=stack.stage.temporal_address,
            temporal=stack.processes.roots["temporal"],
            kind="sleeper",
            count=count,
            wait=30 * 86_400,
            is_awaited=False,
        )
    )
    facts = growth(before, held(stack), count, 0)
    return floor.model_copy(
        update={"facts": {name: facts[name] for name in ("disk of temporal KB", "memory of temporal KB")}}
    )
