"""A recorded past that nobody had to live through: written straight to the tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson
from sqlalchemy import text

from content.yaml import read_documents
from domain.compiler import Known, compile_journey
from runtime.publishing import checksum_of
from store.database import Database
from store.event import events
from store.event.events import EventRow

NAMES = UUID("c1f5ad5e-93a7-5b39-86be-5d4b0a3f7f10")
START = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""A Monday morning."""


@dataclass
class Archive:
    """`event` and `consent` say when: so long after START."""

    db: Database
    positions: int = 0
    _rows: list[EventRow] = field(default_factory=list)

    async def customer(self, name: str, *, score: float = 0.0, **attributes: Any) -> UUID:
        """A customer as the profile is today."""
        who = uuid5(NAMES, name)
        values = {"id": who, "attributes": orjson.dumps(attributes).decode(), "score": score}
        await self.run_sql(
            "INSERT INTO customer (id, attributes, score) VALUES (:id, CAST(:attributes AS jsonb), :score)", **values
        )
        return who

    def event(
        self, who: UUID, name: str, after: timedelta, *, kind: str = "track", source: str = "shop", **properties: Any
    ) -> UUID:
        """Adds an event; `save` writes them."""
        self.positions += 1
        at = START + after
        event = UUID(int=int(at.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62 | self.positions)  # as routing makes them
        message = f"m{self.positions}"
        row = EventRow(event, self.positions, who, name, kind, at, at, properties, {}, source, message)
        self._rows.append(row)
        return event

    async def save(self) -> None:
        async with self.db.transaction() as tx:
            await events.insert(tx, self._rows)
        self._rows = []

    async def consent(self, who: UUID, after: timedelta, *, granted: bool, **about: str) -> None:
        await self.run_sql(
            "INSERT INTO consent (id, customer_id, channel, topic, granted, source, at)"
            " VALUES (gen_random_uuid(), :who, :channel, :topic, :granted, 'form', :at)",
            who=who,
            channel=about.get("channel"),
            topic=about.get("topic"),
            granted=granted,
            at=START + after,
        )

    async def journey(self, source: str) -> None:
        """Publishes a journey of emails as version 1."""
        [document] = read_documents(source)
        templates = frozenset({("email", "hello"), ("email", "bye")})
        known = Known(templates=templates, topics=frozenset({"news"}))
        program = compile_journey(document, known, version=1).program
        await self.run_sql(
            "INSERT INTO journey (id, title, status, live_version) VALUES (:id, '', 'live', 1)", id=program.journey
        )
        await self.run_sql(
            "INSERT INTO journey_version (journey_id, version, source, program, checksum, published_by)"
            " VALUES (:id, 1, :source, CAST(:program AS jsonb), :checksum, '')",
            id=program.journey,
            source=source,
            program=program.model_dump_json(),
            checksum=checksum_of(program),
        )

    async def templates(self, names: Sequence[str] = ("hello", "bye")) -> None:
        """Mails that say their name."""
        for name in names:
            compiled = {"channel": "email", "name": name, "kind": "text", "subject": name, "text": name}
            await self.run_sql(
                "INSERT INTO template (channel, name, live_version, archived) VALUES ('email', :name, 1, false)",
                name=name,
            )
            await self.run_sql(
                "INSERT INTO template_version (channel, name, version, locale, source, compiled, checksum, published_by)"
                " VALUES ('email', :name, 1, '', '', CAST(:compiled AS jsonb), '', '')",
                name=name,
                compiled=orjson.dumps(compiled).decode(),
            )
        await self.run_sql("INSERT INTO topic (id, title, description, opt_in) VALUES ('news', 'News', '', false)")

    async def run(self, who: UUID, run: UUID, begin: timedelta, end: timedelta | None = None, event: str = "") -> None:
        """A real run of `greet`, as far as a back-test reads it."""
        await self.run_sql(
            "INSERT INTO run (id, journey_id, version, customer_id, key, status, entry, listens, state, gathered, entered_at,"
            " ended_at, ended_reason, ghost, number, heard, last_command, time_scale, depth)"
            " VALUES (:run, 'greet', 1, :who, '', 'ended', jsonb_build_object('event_id', CAST(:event AS text)), '{}', '{}', '{}',"
            " :begin, :end, 'finished', false, 1, 0, 1, 1, 0) ON CONFLICT DO NOTHING",
            run=run,
            who=who,
            event=event,
            begin=START + begin,
            end=START + end if end is not None else None,
        )

    async def message(self, who: UUID, claimed: timedelta) -> None:
        """A mail that another journey has sent."""
        await self.run_sql(
            "INSERT INTO message (id, customer_id, journey_id, version, run_id, step, visit, attempt, channel, purpose,"
            " template, template_version, locale, state, address, content_hash, claimed_at, lease_until, opens, clicks,"
            " machine_opens, machine_clicks, unknown_count)"
            " VALUES (gen_random_uuid(), :who, 'other', 1, gen_random_uuid(), 's', 1, 1, 'email', 'marketing', 't', 1, '',"
            " 'delivered', 'a@example.com', '', :at, :at, 0, 0, 0, 0, 0)",
            who=who,
            at=START + claimed,
        )

    async def run_sql(self, statement: str, **parameters: Any) -> None:
        async with self.db.transaction() as tx:
            await tx.execute(text(statement), parameters)
