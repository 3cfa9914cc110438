"""The reference journey: event, email, wait, branch on an event, email, end. What a whole run costs, and what Temporal
counts.

Floor: the smallest hand-written workflow with the same two regular activities and one timer, at the same rate on
the same server. It has neither HTTP nor PostgreSQL nor mail: its activities return at once.
"""

import uvloop
from temporalio.client import Client

from benchmarks.event_to_mail import PROCESSES
from benchmarks.measuring.histories import actions, events
from benchmarks.measuring.results import Measured, Row, goal, ratio, row
from benchmarks.measuring.size import Size
from benchmarks.stack.load import open_loop, requests, track
from benchmarks.stack.mails import identify, open_mails
from benchmarks.stack.own import TEMPLATE, Stack, open_stack
from benchmarks.stack.raw_workflow import Plan, run_raw
from domain.ids import workflow_id
from runtime.settings import Settings
from runtime.stack.ports import free_port
from runtime.temporal import data_converter

TITLE = "Reference journey"
NOTE = (
    "Temporal itself costs less than in the floor. What is above it is ours: accepting, routing, two transactions "
    "for each mail with gate and ledger, and SMTP, none of which the floor does."
)
RATE = 10
_LAST = "SELECT id FROM run WHERE journey_id = 'reference' ORDER BY entered_at DESC LIMIT 1"
JOURNEY = """
journey: reference
entry: {event: Measured, again: always}
steps:
  - {id: first, send: email/bench}
  - {id: pause, wait: 1s}
  - id: which
    branch:
      - if: {did: {event: Ordered, in_last: 1d}}
        steps: [{id: bought, send: email/bench}]
      - else: [{id: forgot, send: email/bench}]
"""


def measure(size: Size) -> Measured:
    """CPU per journey of all four processes."""
    port, count = free_port(), size.of(300, 20)
    with open_stack({"SOJOURN_SMTP_HOST": "127.0.0.1", "SOJOURN_SMTP_PORT": str(port)}) as stack:
        stack.publish(JOURNEY, {"bench": TEMPLATE})
        ours = uvloop.run(_measure(stack, port, count))
        floor = run_raw(
            Plan(
                name="floor: two activities and a timer",
                address=stack.stage.temporal_address,
                temporal=stack.processes.roots["temporal"],
                kind="journey",
                count=count,
                rate=RATE,
            )
        )
    return Measured(
        rows=(ours, floor),
        goals=(
            goal("billable actions", ours.facts["actions"], "most", 5),
            goal("history events", ours.facts["history events"], "most", 24),
            goal("CPU of all processes to the floor's", ratio(ours.total_ms, floor.total_ms), "most", 1.3, "x"),
            goal(
                "CPU of Temporal to the floor's",
                ratio(ours.cpu_of("temporal"), floor.cpu_of("temporal")),
                "most",
                1.3,
                "x",
            ),
        ),
    )


async def _measure(stack: Stack, port: int, count: int) -> Row:
    people = [f"user-{number}" for number in range(count)]
    bodies = [track(who, "Measured") for who in people]
    async with open_mails(port) as mails:
        await identify(stack, people)
        await open_loop(stack.address, requests("/v1/track", stack.stage.write_key, bodies[:5]), RATE)
        await mails.until(10)
        with stack.processes.measure() as span:
            await open_loop(stack.address, requests("/v1/track", stack.stage.write_key, bodies), RATE)
            await mails.until(10 + 2 * count)
    return row(
        "event, email, wait, branch, email, end",
        span,
        count,
        processes=PROCESSES,
        floor="floor: two activities and a timer",
        facts=await _counted(stack),
    )


async def _counted(stack: Stack) -> dict[str, float]:
    """What the last journey's history holds, once it is closed."""
    with stack.database() as database:
        (run,) = database.execute(_LAST).fetchone() or (None,)
    client = await Client.connect(stack.stage.temporal_address, data_converter=data_converter(Settings()))
    handle = client.get_workflow_handle(workflow_id("reference", run))
    await handle.result()
    history = await handle.fetch_history()
    return {"actions": actions(history), "history events": len(events(history))}
