"""A small installation for routing tests: publish programs, accept events, route, and read what has come of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from pydantic import JsonValue
from sqlalchemy import text

from domain.events import AcceptedEvent, EventName
from domain.program import Entry, Exit, Goal, Program, Trigger
from domain.rules.parse import parse_rule
from domain.rules.rule import Rule
from routing.router import route_once
from store.database import Database
from store.event.inbox import accept
from store.journey.catalog import Catalog, bump


def where(**raw: JsonValue) -> Rule:
    """A rule about the arriving event's properties."""
    return parse_rule(raw, path="where", root="arriving")


def rule(**raw: JsonValue) -> Rule:
    """A rule about the customer."""
    return parse_rule(raw, path="if")


def on(event: str, **fields: Any) -> Trigger:
    """A trigger by event, with the id the compiler would give it."""
    return Trigger(id=event.lower().replace(" ", "-"), events=(event,), **fields)


def journey(name: str = "hello", *, event: str = "Signed Up", **fields: Any) -> Program:
    """A journey of one step, entered by `event` unless `entries` says otherwise."""
    fields.setdefault("entries", (Entry(trigger=on(event)),))
    return Program(journey=name, version=1, start="bye", steps={"bye": Exit(id="bye", reason="done")}, **fields)


def goal(event: str, **fields: Any) -> Goal:
    return Goal(triggers=(on(event),), **fields)


class World:
    """One database with one router's view of it."""

    def __init__(self, db: Database, *, time_scale: float = 1.0) -> None:
        self.db = db
        self.catalog = Catalog()
        self.time_scale = time_scale

    async def publish(self, program: Program) -> None:
        """Makes the program the live version of its journey."""
        values = {
            "journey": program.journey,
            "version": program.version,
            "program": program.model_dump_json(),
        }
        async with self.db.transaction() as tx:
            await tx.execute(
                text(
                    "INSERT INTO journey (id, title, status, live_version) VALUES (:journey, '', 'live', :version)"
                    " ON CONFLICT (id) DO UPDATE SET live_version = :version, status = 'live'"
                ),
                {"journey": program.journey, "version": program.version},
            )
            await tx.execute(
                text(
                    "INSERT INTO journey_version (journey_id, version, source, program, checksum, published_by)"
                    " VALUES (:journey, :version, '', CAST(:program AS jsonb), '', '')"
                ),
                values,
            )
            await bump(tx)

    async def accept(self, *events: AcceptedEvent) -> None:
        """What the API does: commits them to the inbox."""
        async with self.db.transaction() as tx:
            await accept(tx, events)

    async def track(self, who: str, name: str, /, **properties: JsonValue) -> None:
        await self.accept(event(who, name=name, properties=properties))

    async def identify(self, who: str, /, **traits: JsonValue) -> None:
        await self.accept(event(who, type="identify", name=EventName.IDENTIFIED, traits=traits))

    async def alias(self, previous: str, who: str) -> None:
        await self.accept(event(who, type="alias", name=EventName.ALIASED, previous_id=previous))

    async def route(self) -> int:
        """Routes until nothing is left that can be routed; gives how many events that were."""
        total = 0
        while routed := await route_once(self.db, self.catalog, time_scale=self.time_scale):
            total += routed
        return total

    async def rows(self, query: str, /, **parameters: object) -> list[dict[str, Any]]:
        async with self.db.transaction() as tx:
            return [dict(row) for row in (await tx.execute(text(query), parameters)).mappings()]

    async def run_sql(self, statement: str, /, **parameters: object) -> None:
        async with self.db.transaction() as tx:
            await tx.execute(text(statement), parameters)

    async def runs(self) -> list[dict[str, Any]]:
        return await self.rows("SELECT * FROM run ORDER BY heard, id")

    async def run(self) -> dict[str, Any]:
        """The only run there is."""
        (only,) = await self.runs()
        return only

    async def commands(self) -> list[tuple[str, int, dict[str, Any]]]:
        """(kind, number, body) of every command, in the order of the outbox."""
        found = await self.rows("SELECT kind, number, body FROM command ORDER BY id")
        return [(row["kind"], row["number"], row["body"]) for row in found]

    async def signals(self) -> list[str]:
        """The signals in the outbox, as `heard LISTEN` and `leave REASON`."""
        bodies = [body for kind, _, body in await self.commands() if kind == "signal"]
        return [" ".join(filter(None, (body["kind"], body.get("listen"), body.get("reason")))) for body in bodies]

    async def decisions(self) -> list[str]:
        """`kind outcome` of every decision, oldest first."""
        found = await self.rows("SELECT kind, outcome FROM decision ORDER BY at, id")
        return [f"{row['kind']} {row['outcome']}" for row in found]

    async def events(self, who: str | None = None) -> list[str]:
        """The names of applied events in the order of application; of one customer if given."""
        customer = await self.customer(who) if who else None
        condition = "WHERE customer_id = :customer" if who else ""
        found = await self.rows(f"SELECT name FROM event {condition} ORDER BY position", customer=customer)
        return [row["name"] for row in found]

    async def customer(self, key: str) -> UUID:
        """The customer to whom a key such as `user_id:ann` leads."""
        kind, _, value = key_of(key).partition(":")
        found = await self.rows(
            "SELECT customer_id FROM identity WHERE kind = :kind AND value = :value", kind=kind, value=value
        )
        only: UUID = found[0]["customer_id"]
        return only

    async def attributes(self, key: str) -> dict[str, Any]:
        found = await self.rows("SELECT attributes FROM customer WHERE id = :id", id=await self.customer(key))
        attributes: dict[str, Any] = found[0]["attributes"]
        return attributes

    async def wait_for(self, run: UUID, *listens: dict[str, Any]) -> None:
        """What a run's activity does when it begins to wait: says what it hears from now on."""
        await self.run_sql(
            "UPDATE run SET listens = CAST(:listens AS jsonb) WHERE id = :run",
            listens=json.dumps({"listens": listens}),
            run=run,
        )


def key_of(who: str) -> str:
    """`ann` is a user id, `?a1` an anonymous one, `user_id:ann` stays."""
    if ":" in who:
        return who
    return f"anonymous_id:{who[1:]}" if who.startswith("?") else f"user_id:{who}"


def event(who: str, /, **fields: Any) -> AcceptedEvent:
    """An event of `ann`, of the visitor `?a1`, or of both: `ann ?a1`."""
    now = datetime.now(UTC)
    ago: timedelta = fields.pop("ago", timedelta(0))
    defaults = {
        "type": "track",
        "name": "Signed Up",
        "identities": tuple(key_of(part) for part in who.split()),
        "message_id": uuid4().hex,
        "source": "test",
        "timestamp": now - ago,
        "received_at": now,
    }
    return AcceptedEvent.model_validate(defaults | fields)
