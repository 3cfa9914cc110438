"""A crowd on the way: two versions of one journey, people at every kind of place, and what became of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import text

from domain.migration.forecast import Forecast, Foresight
from store.database import Database

Json = dict[str, Any]

GROUPS = ("longer", "sooner", "bell", "again", "staged", "weekly", "clock", "dated", "stuck", "renamed", "side")
MAP = {"old-name": "new-name"}
WAYS = (("heard", "instead"), ("caught", "catch"))
"""Sends of which one goes out if the bell rang in time, and the other if it did not."""

_TAIL = "  - {id: tail, wait: 5d}\n"
_FIRST = """
        longer: [{id: long, wait: 30d}, {id: send-long, send: email/more}]
        sooner: [{id: short, wait: 30d}, {id: send-short, send: email/more}]
        bell: [{id: bell, wait_for: {event: Rang, within: 30d}, then: [{id: heard, send: email/bye}],
                else: [{id: unheard, send: email/more}]}]
        again: [{id: once, send: email/hello}, {id: rest, wait: 30d}, {id: then-bye, send: email/bye}]
        staged: [{id: hunt, stage: {until: {event: Rang}, steps: [{id: hunting, wait: 30d}, {id: catch, send: email/more}]},
                  then: [{id: caught, send: email/bye}]}]
        weekly: [{id: weekly, repeat: {every: 7d, times: 3, steps: [{id: week, send: email/hello}]}}]
        clock: [{id: clock, wait: {until: "CLOCK"}}, {id: send-clock, send: email/more}]
        dated: [{id: dated, wait: {until: event.starts_at, offset: -1d, if_past: continue}}, {id: send-dated, send: email/more}]
        stuck: [{id: stuck, wait: 30d}, {id: send-stuck, send: email/more}]
        renamed: [{id: old-name, wait: 30d}, {id: send-renamed, send: email/more}]
        side: [{id: both, parallel: {branches: {one: [{id: one, wait: 30d}, {id: send-one, send: email/more}],
                two: [{id: two, wait: 40d}, {id: send-two, send: email/bye}]}}}]
"""
_SECOND = """
        longer: [{id: long, wait: 40d}, {id: send-long, send: email/more}]
        sooner: [{id: short, wait: 1s}, {id: send-short, send: email/more}]
        bell: [{id: bell, wait_for: {event: Rang, within: 20d}, then: [{id: heard, send: email/bye}],
                else: [{id: instead, send: email/hello}]}]
        again: [{id: rest, wait: 30d}, {id: once, send: email/hello}, {id: then-bye, send: email/bye}]
        staged: [{id: hunt, stage: {until: {event: Rang}, steps: [{id: hunting, wait: 10d}, {id: catch, send: email/more}]},
                  then: [{id: caught, send: email/bye}]}]
        weekly: [{id: weekly, repeat: {every: 14d, times: 2, steps: [{id: week, send: email/hello}]}}]
        clock: [{id: clock, wait: {until: "LATER"}}, {id: send-clock, send: email/more}]
        dated: [{id: dated, wait: {until: event.starts_at, offset: -2d, if_past: continue}}, {id: send-dated, send: email/more}]
        renamed: [{id: new-name, wait: 25d}, {id: send-renamed, send: email/more}]
        side: [{id: both, parallel: {branches: {one: [{id: one, wait: 20d}, {id: send-one, send: email/more}],
                two: [{id: two, wait: 40d}, {id: send-two, send: email/bye}]}}}]
"""


def journey(version: int, now: datetime) -> str:
    """Version 1 or 2. Clocks are set so that no wait ends while the test runs."""
    cases = (_FIRST if version == 1 else _SECOND).replace("CLOCK", f"{now + timedelta(hours=6):%H}:30")
    cases = cases.replace("LATER", f"{now + timedelta(hours=9):%H}:30")
    tail = _TAIL + ("  - {id: farewell, send: email/bye}\n" if version == 2 else "")
    head = "journey: crowd\nentry: {event: Begun, again: always, holdout: 60%}\ngoal: {event: Bought}\nsteps:\n"
    return f"{head}  - id: way\n    branch:\n      by: group\n      cases:{cases}{tail}"


@dataclass(frozen=True)
class Person:
    """One of the crowd. `rings` and `buys` say what happens to them while the others are moved."""

    user: str
    group: str
    zone: str
    rings: bool
    buys: bool

    @property
    def is_disturbed(self) -> bool:
        return self.rings or self.buys


def people(count: int, seed: int = 4) -> list[Person]:
    """The same crowd for the same seed; every group has its share."""
    chance = Random(seed)
    zones = ("Europe/Berlin", "America/New_York", "Asia/Tokyo")
    return [
        Person(
            f"u{number}",
            GROUPS[number % len(GROUPS)],
            chance.choice(zones),
            chance.random() < 0.2,
            chance.random() < 0.08,
        )
        for number in range(count)
    ]


def beginnings(crowd: Iterable[Person], tag: str, now: datetime) -> list[Json]:
    """The calls that make them known and start their runs."""
    starts_at = (now + timedelta(days=60)).isoformat()
    calls = []
    for one in crowd:
        traits = {"email": f"{one.user}.{tag}@example.com", "group": one.group, "timezone": one.zone}
        calls.append({"type": "identify", "userId": one.user, "traits": traits})
        calls.append({"type": "track", "userId": one.user, "event": "Begun", "properties": {"starts_at": starts_at}})
    return calls


_FACTS = text("""
    SELECT i.value AS user, r.id, r.version, r.status, r.step, r.waiting_until, r.state, r.ended_reason
    FROM run r JOIN identity i ON i.customer_id = r.customer_id AND i.kind = 'user_id' WHERE r.journey_id = 'crowd'
""")
_SENT = text("SELECT run_id, version, step, visit FROM message WHERE journey_id = 'crowd' AND state <> 'released'")
_MOVES = text("SELECT run_id, count(*) AS moves FROM decision WHERE kind = 'migration' GROUP BY run_id")


@dataclass(frozen=True)
class Fact:
    """Where somebody's run stands."""

    run: UUID
    version: int
    status: str
    step: str | None
    until: datetime | None
    state: Json
    reason: str | None


async def facts(db: Database) -> dict[str, Fact]:
    """Everybody's run, by their user id."""
    async with db.transaction() as tx:
        rows = (await tx.execute(_FACTS)).mappings().all()
    return {
        row["user"]: Fact(
            row["id"],
            row["version"],
            row["status"],
            row["step"],
            row["waiting_until"],
            row["state"],
            row["ended_reason"],
        )
        for row in rows
    }


async def sent(db: Database) -> dict[UUID, list[tuple[int, str, int]]]:
    """The messages of each run: version, step, visit."""
    found: dict[UUID, list[tuple[int, str, int]]] = {}
    async with db.transaction() as tx:
        for run, version, step, visit in await tx.execute(_SENT):
            found.setdefault(run, []).append((version, step, visit))
    return found


async def moves(db: Database) -> dict[UUID, int]:
    """How often each run was moved, as the decision log has it."""
    async with db.transaction() as tx:
        return {row.run_id: row.moves for row in await tx.execute(_MOVES)}


def foretold(forecast: Json) -> dict[UUID, Foresight]:
    """The forecast, by run."""
    return {one.run: one for one in Forecast.model_validate(forecast).people or ()}
