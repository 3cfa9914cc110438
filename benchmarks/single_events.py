"""Single events over HTTP, by 16 and by 64 connections, each answered once it is committed.

Routing stands still meanwhile. Floors: an endpoint of FastAPI that does nothing, served alike and asked by the same
load; and the same rows put into the same tables by COPY in batches of 500 through psycopg.
"""

import asyncio

from benchmarks.measuring.cpu import Processes
from benchmarks.measuring.results import Measured, Row, goal, ratio, row, together
from benchmarks.measuring.size import Size
from benchmarks.stack.copying import copy_again
from benchmarks.stack.load import Address, closed_loop, requests, track
from benchmarks.stack.own import Stack, empty_endpoint, open_stack

TITLE = "Single events over HTTP"
NOTE = (
    "Event calls are answered before the rest of the application is asked (decision 25): what FastAPI takes for an endpoint that "
    "does nothing is then enough for the key, validation and a share of a commit. With 16 connections fewer calls share one."
)
CONNECTIONS = (16, 64)
CUSTOMERS = 2000


def measure(size: Size) -> Measured:
    """CPU per event of api and postgres; the client's is left out."""
    count = size.of(20_000, 2_000)
    with open_stack() as stack, stack.worker_held():
        bodies = [track(f"user-{number % CUSTOMERS}", "Viewed", **_properties(number)) for number in range(count)]
        prepared = requests("/v1/track", stack.stage.write_key, bodies)
        asyncio.run(closed_loop(stack.address, prepared[: count // 10], CONNECTIONS[0]))
        events = [_drive(stack.processes, stack.address, prepared, many, ("api", "postgres")) for many in CONNECTIONS]
        copied = _floor_of_copying(stack)
        with empty_endpoint(stack.stage.home.parent) as (address, pid):
            processes = Processes({"api": pid})
            asyncio.run(closed_loop(address, prepared[: count // 10], CONNECTIONS[0]))
            empty = [_drive(processes, address, prepared, many, ("api",), "empty endpoint, ") for many in CONNECTIONS]
    floors = [
        together(f"floor: both, {many} connections", one, copied) for many, one in zip(CONNECTIONS, empty, strict=True)
    ]
    events = [one.model_copy(update={"floor": floor.name}) for one, floor in zip(events, floors, strict=True)]
    return Measured(
        rows=(*events, *empty, copied, *floors),
        goals=(
            goal(
                "CPU of 64 connections to both floors", ratio(events[1].total_ms, floors[1].total_ms), "most", 1.5, "x"
            ),
            goal("events a second and core of API", 1000 / events[1].cpu_of("api"), "least", 3000),
        ),
    )


def _properties(number: int) -> dict[str, object]:
    return {"path": f"/shop/{number}", "title": "A product", "price": number / 100, "tags": ["new", "blue"]}


def _drive(
    processes: Processes, address: Address, prepared: list[bytes], many: int, measured: tuple[str, ...], what: str = ""
) -> Row:
    with processes.measure() as span:
        latencies = asyncio.run(closed_loop(address, prepared, many))
    name = f"floor: {what}{many} connections" if what else f"{many} connections"
    return row(name, span, len(prepared), processes=measured, latencies=latencies)


def _floor_of_copying(stack: Stack) -> Row:
    with stack.database() as database:
        span, count = copy_again(database, stack.processes)
    return row("floor: COPY", span, count, processes=("client", "postgres"))
