"""Email to local sinks: the activity that sends, with gate, ledger, rendering and tracking, fifty at once, without
Temporal.

Floor: aiosmtplib alone with the same messages already rendered and the same number of connections. Three sinks
share a port.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiosmtplib
import psycopg
import uvloop
from sqlalchemy import event
from temporalio.testing import ActivityEnvironment

from activities.resources import Resources
from activities.sending.send import SendActivities
from benchmarks.measuring.results import Measured, Row, goal, ratio, row
from benchmarks.measuring.size import Size
from benchmarks.routing import accept_events, route_all
from benchmarks.stack.database import Own, opened, own_postgres, publish
from benchmarks.stack.sink import LISTENING
from channels.email_smtp import EmailSmtp, SmtpSettings
from channels.email_smtp.mime import build, mailbox
from channels.protocol import Answer, Outgoing
from channels.webhook_http import WebhookCaller
from content.links import Signer
from domain.effects import Request
from domain.engine.advance import begin, command_of, first_decisions
from domain.events import EventName
from routing.beginning import run_of
from runtime.stack.ports import free_port
from runtime.stack.readiness import wait_until
from runtime.stack.tether import start_tethered, stop
from store.database import Database
from store.journey.catalog import Catalog
from store.run import commands

TITLE = "Email throughput"
NOTE = (
    "aiosmtplib takes 0.2 CPU-ms for a mail whose words are there already. A claim and its record are two durable transactions of "
    "nine statements with gate, ledger and rendering, which no program in Python does in 0.3 CPU-ms. It matters where mail is "
    "taken at once, as here; over 20 connections to a server that takes 70 ms for a mail, 285 a second are all there is."
)
SINKS = 3
CONNECTIONS = 20
AT_ONCE = 50
SENDING = """
journey: starting
entry: {event: Ordered, again: always}
steps: [{id: hello, send: email/hello}]
"""
TEMPLATE = """---
subject: Thank you for your order
---
<mjml><mj-body><mj-section><mj-column>
<mj-text>Hello {{ customer.first_name | default: 'you' }}, thank you for your order.</mj-text>
<mj-button href="https://shop.example.com/orders">Your orders</mj-button>
<mj-text><a href="{{ message.unsubscribe_url }}">Unsubscribe</a></mj-text>
</mj-column></mj-section></mj-body></mjml>
"""


class Kept(EmailSmtp):
    """The channel, which keeps what it was given to hand over: the floor hands over the same."""

    def __init__(self, settings: SmtpSettings) -> None:
        super().__init__(settings)
        self.mails: list[Outgoing] = []

    async def hand_over(self, message: Outgoing) -> Answer:
        self.mails.append(message)
        return await super().hand_over(message)


def measure(
    size: Size, *, runner: Callable[..., list[Row]] = uvloop.run, prepare_threshold: int | None = 5
) -> Measured:
    """CPU per mail; worker is the program that sends. The sinks' own is left out."""
    with own_postgres() as own, _sinks() as port:
        rows = runner(_measure(own, port, size.of(3_000, 300), prepare_threshold))
    return Measured(
        rows=tuple(rows),
        goals=(goal("rate to that of aiosmtplib alone", ratio(rows[0].rate, rows[1].rate), "least", 0.7, "x"),),
    )


async def _measure(own: Own, port: int, count: int, prepare_threshold: int | None) -> list[Row]:
    channel = Kept(SmtpSettings(host="127.0.0.1", port=port, connections=CONNECTIONS, mails_per_connection=10_000))
    async with opened(own.url) as database:
        _prepare_after(database, prepare_threshold)
        await publish(database, SENDING, hello=TEMPLATE)
        await accept_events(database, count, EventName.IDENTIFIED, "identify")
        await accept_events(database, count, "Ordered", "track")
        await route_all(database)
        catalog = Catalog()
        effects = Resources(
            db=database,
            catalog=catalog,
            signer=Signer("a secret of the benchmark, long enough", "https://sojourn.example.com"),
            webhooks=WebhookCaller("unused"),
            public_url="https://sojourn.example.com",
            channels={"email": channel},
        )
        send, requests = SendActivities(effects), await requests_of(database, catalog)
        with psycopg.connect(own.url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        with own.processes.measure() as span:
            await _at_once(requests, lambda request: ActivityEnvironment().run(send.send_message, request))
        rows = [row("sending, with gate, ledger, rendering, tracking", span, count, floor="floor: aiosmtplib alone")]
    await channel.close()
    assert len(channel.mails) == count
    return [*rows, await _floor(own, port, channel.mails)]


def _prepare_after(database: Database, uses: int | None) -> None:
    """Statements are prepared after so many uses; never for None."""

    @event.listens_for(database.engine.sync_engine, "connect")
    def told(connection: Any, _: object) -> None:
        connection.driver_connection.prepare_threshold = uses


async def requests_of(database: Database, catalog: Catalog) -> list[Request]:
    """What the workflows of these runs would ask for first."""
    async with database.transaction() as tx:
        every = await commands.ready(tx, range(256), limit=1_000_000)
        rows = await commands.starts(tx, {command.run for command in every})
        made = []
        for found in rows.values():
            program, run = await catalog.program(tx, found.journey, found.version), run_of(found)
            state = begin(program, run)
            decisions = first_decisions(program, run)
            made.append(
                Request(
                    number=1, at=found.entered_at, state=state, command=command_of(program, state), decisions=decisions
                )
            )
    return made


async def _floor(own: Own, port: int, mails: list[Outgoing]) -> Row:
    now = datetime.now(UTC)
    sender = mailbox(mails[0].sender)
    ready = [(mail.to, build(mail, sender, mailbox(mail.to), now)) for mail in mails]
    clients = [
        aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False) for _ in range(CONNECTIONS)
    ]
    for client in clients:
        await client.connect()
    waiting = iter(ready)

    async def hand_over(client: aiosmtplib.SMTP) -> None:
        for to, mail in waiting:
            await client.sendmail(sender.addr_spec, [to], mail)

    with own.processes.measure() as span:
        await asyncio.gather(*map(hand_over, clients))
    for client in clients:
        await client.quit()
    return row("floor: aiosmtplib alone", span, len(ready))


async def _at_once(requests: Sequence[Request], carry_out: Callable[[Request], Awaitable[object]]) -> None:
    waiting = iter(requests)

    async def work_off() -> None:
        for request in waiting:
            await carry_out(request)

    await asyncio.gather(*(work_off() for _ in range(AT_ONCE)))


@contextmanager
def _sinks() -> Iterator[int]:
    port = free_port()
    with TemporaryDirectory(prefix="sojourn-bench-") as folder, (Path(folder) / "sinks.log").open("ab") as log:
        said = Path(log.name)
        command = (sys.executable, "-m", "benchmarks.stack.sink", str(port))
        sinks = [start_tethered(command, output=log) for _ in range(SINKS)]
        try:
            wait_until(lambda: said.read_text().count(LISTENING) == SINKS, sinks[-1], said)
            yield port
        finally:
            for sink in sinks:
                stop(sink)
