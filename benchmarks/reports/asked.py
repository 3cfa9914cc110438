"""What operators open, each beside the same page in SQL written by hand."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import md5
from uuid import UUID

from domain.cursors import Cursor
from store import metrics
from store.customer import customer_rows, timeline
from store.customer.customer_rows import CustomerFilter
from store.database import Transaction
from store.journey import journeys
from store.message import message_rows
from store.message.message_rows import MessageFilter
from store.operation import holds, parked
from store.run import books, comparing, moving, run_rows, stories
from store.run.comparing import Shown
from store.run.run_rows import RunFilter

Call = Callable[[Transaction, int], Awaitable[object]]

COMPARED = timedelta(hours=1)
"""For how long the version in shadow has run beside the live one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page. `number` is that of a customer, a run, a message; `by_hand` has it as `%(n)s`. `is_looked_up`: by an index, so that a
    plan that reads a growing table whole is wrong. `has_limit`: it takes as long however much there is."""

    name: str
    call: Call
    by_hand: str
    is_looked_up: bool = True
    has_limit: bool = True


def id_of(word: str, number: int) -> UUID:
    """The id that `benchmarks.reports.history` gave it."""
    return UUID(md5(f"{word}{number}".encode(), usedforsecurity=False).hexdigest())


def _now() -> datetime:
    return datetime.now(UTC)


async def _customer_page(tx: Transaction, number: int) -> None:
    await customer_rows.find(tx, id_of("customer", number))
    await timeline.page(tx, id_of("customer", number))


async def _resting(tx: Transaction, _: int) -> None:
    await holds.standing(tx)
    await holds.held(tx, id_of("hold", 0))
    await holds.people(tx, id_of("hold", 0))


async def _compared(tx: Transaction, _: int) -> None:
    shown = Shown("starting", 2, _now() - COMPARED)
    await comparing.near_misses(tx, shown)
    async for pairs in comparing.pairs(tx, shown):
        assert pairs


_RUNS = "SELECT * FROM run WHERE {} ORDER BY entered_at DESC, id DESC LIMIT 51"
_MESSAGES = "SELECT * FROM message WHERE {} ORDER BY claimed_at DESC, id DESC LIMIT 51"
_OF = "md5('{}' || %(n)s)::uuid"

PAGES = (
    Asked(
        "explain a customer",
        lambda tx, n: stories.of_customer(tx, id_of("customer", n), now=_now()),
        f"SELECT * FROM decision WHERE customer_id = {_OF.format('customer')} ORDER BY at DESC LIMIT 2000",
    ),
    Asked(
        "explain a run",
        lambda tx, n: stories.of_run(tx, id_of("run", n), now=_now()),
        f"SELECT * FROM decision WHERE run_id = {_OF.format('run')} ORDER BY at DESC LIMIT 2000",
    ),
    Asked(
        "explain a message",
        lambda tx, n: stories.of_message(tx, id_of("message", n), now=_now()),
        f"SELECT * FROM decision WHERE run_id = {_OF.format('run')} ORDER BY at DESC LIMIT 2000",
    ),
    Asked(
        "a customer and what happened to them",
        _customer_page,
        f"SELECT * FROM decision WHERE customer_id = {_OF.format('customer')} ORDER BY at DESC LIMIT 51",
    ),
    Asked(
        "a customer by address",
        lambda tx, n: customer_rows.search(tx, CustomerFilter(email=f"{n}@example.com")),
        "SELECT id FROM customer WHERE lower(attributes ->> 'email') = %(n)s || '@example.com' AND merged_into IS NULL",
    ),
    Asked("list of runs", lambda tx, n: run_rows.page(tx, RunFilter()), _RUNS.format("true")),
    Asked(
        "list of runs, far behind",
        lambda tx, n: run_rows.page(
            tx, RunFilter(), after=Cursor(at=_now() - timedelta(seconds=n), id=id_of("run", n))
        ),
        _RUNS.format("entered_at < now() - interval '1 second' * %(n)s"),
    ),
    Asked(
        "list of a journey's runs",
        lambda tx, n: run_rows.page(tx, RunFilter(journey="starting")),
        _RUNS.format("journey_id = 'starting'"),
    ),
    Asked(
        "list of a journey's runs by status",
        lambda tx, n: run_rows.page(tx, RunFilter(journey="starting", status="parked")),
        _RUNS.format("journey_id = 'starting' AND status = 'parked'"),
    ),
    Asked(
        "list of a journey's runs in shadow",
        lambda tx, n: run_rows.page(tx, RunFilter(journey="other", shadow=True)),
        _RUNS.format("journey_id = 'other' AND shadow"),
    ),
    Asked("list of messages", lambda tx, n: message_rows.page(tx, MessageFilter()), _MESSAGES.format("true")),
    Asked(
        "list of a journey's messages",
        lambda tx, n: message_rows.page(tx, MessageFilter(journey="other")),
        _MESSAGES.format("journey_id = 'other'"),
    ),
    Asked(
        "list of messages that bounced",
        lambda tx, n: message_rows.page(tx, MessageFilter(state="bounced")),
        _MESSAGES.format("state = 'bounced'"),
    ),
    Asked(
        "list of a run's messages",
        lambda tx, n: message_rows.page(tx, MessageFilter(run=id_of("run", n))),
        _MESSAGES.format(f"run_id = {_OF.format('run')}"),
    ),
    Asked(
        "parked runs by cause",
        lambda tx, n: parked.groups(tx),
        "SELECT journey_id, version, step, parked ->> 'code', count(*) FROM run WHERE status = 'parked' GROUP BY 1, 2, 3, 4",
    ),
    Asked(
        "a pause and who rests in it",
        _resting,
        "SELECT journey_id, hold_step, count(*) FROM run WHERE hold_id = md5('hold0')::uuid GROUP BY 1, 2",
    ),
    Asked(
        "versions and who is on them",
        lambda tx, n: moving.heads(tx, "starting"),
        "SELECT version, step, sum(change) FROM run_tally WHERE journey_id = 'starting' GROUP BY 1, 2",
    ),
    Asked(
        "list of journeys",
        lambda tx, n: journeys.records(tx),
        "SELECT journey_id, status, sum(change) FROM run_tally GROUP BY 1, 2",
    ),
    Asked(
        "audit: the books",
        lambda tx, n: books.books(tx),
        "SELECT journey_id, status, sum(change) FROM run_tally GROUP BY 1, 2",
    ),
    Asked(
        "metrics",
        lambda tx, n: metrics.depths(tx),
        "SELECT status, sum(change) FROM run_tally GROUP BY 1",
        is_looked_up=False,
    ),
    Asked(
        "an hour of two versions, compared",
        _compared,
        "SELECT DISTINCT customer_id FROM run WHERE journey_id = 'starting' AND entered_at >= now() - interval '1 hour'",
        has_limit=False,
    ),
)
"""`metrics` counts the queues whole: what waits in them is what it is asked for."""
