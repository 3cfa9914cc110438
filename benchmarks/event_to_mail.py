"""From an event's HTTP request to the mail server's answer, one event at a time on an idle stack.

Floor in the same run: an empty `GET /healthz`, which is what HTTP and the machine alone take.
"""

import statistics
import time
from pathlib import Path
from typing import Any

import httpx
import psycopg
from rich.console import Console
from rich.table import Table

from runtime.demo.stage import DAY, Stage, open_stage

EVENTS = 60
JOURNEY = "journey: bench\nentry: {event: Measured, again: always}\nsteps: [{id: hello, send: email/bench}]\n"
TEMPLATE = "---\nsubject: bench\n---\nHello {{ customer.first_name | default: 'you' }}\n"
LEGS = {
    "accept to claim": "claimed_at - entered_at",
    "claim to handed over": "handed_over_at - claimed_at",
}


def measure() -> dict[str, Any]:
    """Milliseconds, wall time: median and p99 of `EVENTS` events, with the floor."""
    with open_stage(Path("no-stack-here"), DAY) as stage, httpx.Client(timeout=10, trust_env=False) as client:
        _publish(stage, client)
        _send(stage, client, 10)
        walls = _send(stage, client, EVENTS)
        floor = [_timed(lambda: client.get(f"{stage.url}/healthz")) for _ in range(EVENTS)]
        legs = _legs(stage)
    figures = {
        "events": EVENTS,
        "event_to_mail_ms": {"median": statistics.median(walls), "p99": _p99(walls)},
        "floor_ms": {"median": statistics.median(floor), "p99": _p99(floor)},
        "legs_ms_median": legs,
    }
    _print(figures)
    return figures


def _publish(stage: Stage, client: httpx.Client) -> None:
    admin = {"Authorization": f"Bearer {stage.admin_key}"}
    for method, path, content in (
        ("PUT", "/v1/templates/email/bench", TEMPLATE),
        ("PUT", "/v1/journeys/bench", JOURNEY),
        ("POST", "/v1/journeys/bench/publish", ""),
    ):
        client.request(method, f"{stage.url}{path}", content=content, headers=admin).raise_for_status()
    person = {"userId": "bench", "traits": {"email": "bench@example.com"}}
    client.post(f"{stage.url}/v1/identify", json=person, auth=(stage.write_key, "")).raise_for_status()


def _send(stage: Stage, client: httpx.Client, count: int) -> list[float]:
    """Sends one event after the other, each when the mail of the one before has been handed over."""
    walls = []
    with psycopg.connect(stage.database_url, autocommit=True) as database:
        done = _handed_over(database)
        for _ in range(count):
            began = time.perf_counter()
            event = {"userId": "bench", "event": "Measured"}
            client.post(f"{stage.url}/v1/track", json=event, auth=(stage.write_key, "")).raise_for_status()
            while _handed_over(database) == done:
                time.sleep(0.002)
            done += 1
            walls.append((time.perf_counter() - began) * 1000)
    return walls


def _handed_over(database: psycopg.Connection) -> int:
    row = database.execute("SELECT count(*) FROM message WHERE state = 'handed_over'").fetchone()
    return row[0] if row else 0


def _legs(stage: Stage) -> dict[str, float]:
    columns = ", ".join(
        f"percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM {leg}) * 1000)" for leg in LEGS.values()
    )
    with psycopg.connect(stage.database_url) as database:
        row = database.execute(f"SELECT {columns} FROM message JOIN run ON run.id = run_id").fetchone()
    return {name: round(value, 1) for name, value in zip(LEGS, row or (), strict=True)}


def _timed(call: Any) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


def _print(figures: dict[str, Any]) -> None:
    table = Table(title=f"Event to mail, {EVENTS} events one by one", show_header=True)
    for column in ("", "median ms", "p99 ms"):
        table.add_column(column)
    for name, key in (("event to mail handed over", "event_to_mail_ms"), ("floor: empty endpoint", "floor_ms")):
        table.add_row(name, f"{figures[key]['median']:.1f}", f"{figures[key]['p99']:.1f}")
    for name, value in figures["legs_ms_median"].items():
        table.add_row(f"  {name}", f"{value:.1f}", "")
    Console().print(table)
