"""Batches of 100 events over HTTP, one connection after the other's answer, routing standing still.

Floor: the same rows put into the same tables by COPY in batches of 500 through psycopg.
"""

import asyncio

from benchmarks.measuring.results import Measured, goal, ratio, row
from benchmarks.measuring.size import Size
from benchmarks.stack.copying import copy_again
from benchmarks.stack.load import closed_loop, requests, track
from benchmarks.stack.own import open_stack

TITLE = "Batches of 100 events"
NOTE = (
    "Each of the hundred events is validated, given an id and put into its slot by its identities in Python, which is half of what "
    "the API takes; COPY only writes rows, and does not look for ids that were there before. It is over within half a second, so "
    "that the ratio differs by a quarter from round to round."
)
BATCH = 100
CONNECTIONS = 4
CUSTOMERS = 2000


def measure(size: Size) -> Measured:
    """CPU per event, not per batch."""
    count = size.of(400, 30)
    bodies = [{"batch": [_event(batch * BATCH + place) for place in range(BATCH)]} for batch in range(count)]
    with open_stack() as stack, stack.worker_held(), stack.database() as database:
        prepared = requests("/v1/batch", stack.stage.write_key, bodies)
        asyncio.run(closed_loop(stack.address, prepared[:5], 1))
        database.execute("TRUNCATE inbox, event_key")
        with stack.processes.measure() as span:
            latencies = asyncio.run(closed_loop(stack.address, prepared, CONNECTIONS))
        floor_span, copied = copy_again(database, stack.processes)
    events = row(
        "batches of 100", span, count * BATCH, processes=("api", "postgres"), latencies=latencies, floor="floor: COPY"
    )
    floor = row("floor: COPY", floor_span, copied, processes=("client", "postgres"))
    return Measured(
        rows=(events, floor),
        goals=(
            goal("speed to that of COPY, by CPU", ratio(floor.total_ms, events.total_ms), "least", 0.5, "x"),
            goal("speed to that of COPY, by the clock", ratio(events.rate, floor.rate), "least", 0.5, "x"),
        ),
    )


def _event(number: int) -> dict[str, object]:
    properties = {"path": f"/shop/{number}", "title": "A product", "price": number / 100, "tags": ["new", "blue"]}
    return {"type": "track", **track(f"user-{number % CUSTOMERS}", "Viewed", **properties)}
