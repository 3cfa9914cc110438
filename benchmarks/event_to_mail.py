"""From an event's HTTP request to the mail server's answer: idle, one event after the other, and at fixed rates.

Every event is that of another customer and starts a run of a journey of one mail. Floor: a raw workflow with one
regular activity on another task queue, started eagerly, on the same server at the same rate; without HTTP,
PostgreSQL and mail.
"""

import asyncio
import time

import uvloop

from benchmarks.measuring.results import Measured, Row, goal, row
from benchmarks.measuring.size import Size
from benchmarks.stack.load import Connection, open_loop, requests, track
from benchmarks.stack.mails import Mails, identify, open_mails
from benchmarks.stack.own import TEMPLATE, Stack, open_stack
from benchmarks.stack.raw_workflow import Plan, run_raw
from runtime.stack.ports import free_port

TITLE = "Event to mail"
NOTE = (
    "At 50/s and more two processors, which the load and the Temporal server share, are used up: a mail costs 40 CPU-ms, so "
    "what comes in faster than about 45/s waits. The p99 belongs to a machine with more processors."
)
RATES = (10, 50, 100)
PROCESSES = ("api", "worker", "postgres", "temporal")
JOURNEY = "journey: bench\nentry: {event: Measured, again: always}\nsteps: [{id: hello, send: email/bench}]\n"


def measure(size: Size) -> Measured:
    """Latencies from when a request was due until the sink had the mail; CPU per event of all four processes."""
    port, seconds = free_port(), size.of(20, 3)
    with open_stack({"SOJOURN_SMTP_HOST": "127.0.0.1", "SOJOURN_SMTP_PORT": str(port)}) as stack:
        stack.publish(JOURNEY, {"bench": TEMPLATE})
        rows = uvloop.run(_measure(stack, port, seconds, size.pick(60, 15)))
        floors = [_floor(stack, rate, seconds, size.pick(60, 15)) for rate in (0, *RATES)]
    by_name = {one.name: one for one in rows}
    return Measured(
        rows=(*rows, *floors),
        goals=(
            goal("median, idle", by_name["idle"].latency_ms["median"], "most", 60, " ms"),
            goal("p99 at 50/s", by_name["50/s"].latency_ms["p99"], "most", 250, " ms"),
        ),
    )


async def _measure(stack: Stack, port: int, seconds: int, idle: int) -> list[Row]:
    async with open_mails(port) as mails:
        people = [f"user-{number}" for number in range(RATES[-1] * seconds)]
        await identify(stack, people)
        await _one_by_one(stack, mails, people[:10])
        rows = [await _one_by_one(stack, mails, people[:idle])]
        rows += [await at_rate(stack, mails, people[: rate * seconds], rate) for rate in RATES]
    return rows


async def _one_by_one(stack: Stack, mails: Mails, people: list[str]) -> Row:
    mails.begin()
    connection, before = await Connection.open(stack.address), mails.taken
    with stack.processes.measure() as span:
        for number, request in enumerate(_requests(stack, people), 1):
            mails.ask(people[number - 1], time.perf_counter())
            await connection.send(request)
            await mails.until(before + number)
            await asyncio.sleep(0.05)  # the machine comes to rest, as it would between two customers
    connection.close()
    return row("idle", span, len(people), processes=PROCESSES, latencies=mails.latencies, floor="floor: idle")


async def at_rate(stack: Stack, mails: Mails, people: list[str], rate: int) -> Row:
    """One event of each of these people at a fixed rate, until each has a mail."""
    mails.begin()
    before = mails.taken
    began = time.perf_counter() + 0.05
    for number, who in enumerate(people):
        mails.ask(who, began + number / rate)
    with stack.processes.measure() as span:
        await open_loop(stack.address, _requests(stack, people), rate)
        await mails.until(before + len(people))
    return row(f"{rate}/s", span, len(people), processes=PROCESSES, latencies=mails.latencies, floor=f"floor: {rate}/s")


def _requests(stack: Stack, people: list[str]) -> list[bytes]:
    return requests("/v1/track", stack.stage.write_key, [track(who, "Measured") for who in people])


def _floor(stack: Stack, rate: int, seconds: int, idle: int) -> Row:
    return run_raw(
        Plan(
            name=f"floor: {rate}/s" if rate else "floor: idle",
            address=stack.stage.temporal_address,
            temporal=stack.processes.roots["temporal"],
            kind="one",
            count=rate * seconds or idle,
            rate=rate,
            at_once=1,
        )
    )
