"""Two thousand starts at once, in batches of 100 events, until every mail has been handed over.

Meanwhile a second journey gets an event twice a second: fairness means that its mails do not wait for the end of
the burst. Order: every customer sends two events, and they are applied in that order. Floor: as many raw workflows
of one activity, started at once.
"""

import asyncio
import time

import uvloop

from benchmarks.event_to_mail import JOURNEY
from benchmarks.measuring.results import Measured, Row, goal, percentiles, ratio, row
from benchmarks.measuring.size import Size
from benchmarks.stack.load import Connection, closed_loop, requests, track
from benchmarks.stack.mails import Mails, identify, open_mails
from benchmarks.stack.own import TEMPLATE, Stack, open_stack
from benchmarks.stack.raw_workflow import Plan, run_raw
from runtime.stack.ports import free_port

TITLE = "Burst"
NOTE = ""
BATCH = 100
EVERY = 0.5
"""Seconds between two events of the other journey."""

OTHER = JOURNEY.replace("bench", "other", 1).replace("Measured", "Urgent")
_OUT_OF_ORDER = """
    SELECT count(*) FROM event a JOIN event b USING (customer_id)
    WHERE a.name = 'Measured' AND b.name = 'Measured' AND a.position < b.position
        AND (a.properties ->> 'place')::int > (b.properties ->> 'place')::int
"""


def measure(size: Size) -> Measured:
    """CPU per start."""
    port, count = free_port(), size.of(2_000, 200)
    with open_stack({"SOJOURN_SMTP_HOST": "127.0.0.1", "SOJOURN_SMTP_PORT": str(port)}) as stack:
        stack.publish(JOURNEY, {"bench": TEMPLATE})
        stack.publish(OTHER)
        rows = uvloop.run(drive(stack, port, count))
        floor = run_raw(
            Plan(
                name="floor: raw workflows",
                address=stack.stage.temporal_address,
                temporal=stack.processes.roots["temporal"],
                kind="one",
                count=count,
                at_once=count,
            )
        )
        with stack.database() as database:
            (out_of_order,) = database.execute(_OUT_OF_ORDER).fetchone() or (-1,)
    return Measured(
        rows=(*rows, floor),
        goals=(
            goal("rate to that of raw workflows", ratio(rows[0].rate, floor.rate), "least", 0.8, "x"),
            goal("events out of order", out_of_order, "most", 0),
            goal(
                "the other journey's median, of the whole burst", rows[1].facts["share of the burst"], "most", 0.25, "x"
            ),
        ),
    )


async def drive(stack: Stack, port: int, count: int) -> tuple[Row, Row]:
    """The burst on a stack where both journeys are live: the burst's row and the other journey's."""
    people = [f"user-{number}" for number in range(count // 2)]
    async with open_mails(port) as mails:
        await identify(stack, [*people, *(f"other-{number}" for number in range(200))])
        events = [{"type": "track", **track(who, "Measured", place=place)} for place in (1, 2) for who in people]
        bodies = [{"batch": events[start : start + BATCH]} for start in range(0, count, BATCH)]
        mails.begin()
        with stack.processes.measure() as span:
            began = time.perf_counter()
            trickle = asyncio.create_task(_trickle(stack, mails))
            await closed_loop(stack.address, requests("/v1/batch", stack.stage.write_key, bodies), 1)
            while mails.taken - len(mails.latencies) < count:
                await mails.until(mails.taken + 1)
            trickle.cancel()
        lasted = time.perf_counter() - began
    sent = row("starts until all are sent", span, count, processes=_those_of(stack), floor="floor: raw workflows")
    median = percentiles(mails.latencies).get("median", lasted * 1000)
    other = Row(
        name="another journey meanwhile",
        items=len(mails.latencies),
        seconds=round(lasted, 3),
        latency_ms=percentiles(mails.latencies),
        facts={"share of the burst": round(median / 1000 / lasted, 3)},
    )
    return sent, other


def _those_of(stack: Stack) -> list[str]:
    return [name for name in stack.processes.roots if name != "client"]


async def _trickle(stack: Stack, mails: Mails) -> None:
    """An event of another journey now and then, each of another customer."""
    connection = await Connection.open(stack.address)
    for number in range(200):
        (request,) = requests("/v1/track", stack.stage.write_key, [track(f"other-{number}", "Urgent")])
        mails.ask(f"other-{number}", time.perf_counter())
        await connection.send(request)
        await asyncio.sleep(EVERY)
