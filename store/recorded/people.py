"""Whom a back-test is about: everybody who could have entered, or did, in the order of their ids."""

from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, text, union
from sqlmodel import col

from domain.account import Account
from domain.events import EventName
from domain.rules.rule import Rule
from store.database import Transaction
from store.rules.customers_matching import customers_matching
from store.tables.customers import Customer
from store.tables.events import Event
from store.tables.runs import Run

FETCHED = 1_000
"""Ids that are fetched at a time."""


@dataclass(frozen=True, slots=True)
class Window:
    """Events accepted from `since` on, before `until`, that may be entries of the journey. `where` narrows to customers for whom
    the rule holds today; `after` continues behind this customer."""

    journey: str
    since: datetime
    until: datetime
    entries: Collection[str]
    where: Rule | None = None
    after: UUID | None = None


async def recorded_from(tx: Transaction) -> datetime | None:
    """When the oldest event that is still kept was accepted; None: there is none. Ids of events sort by time."""
    found = await tx.execute(text("SELECT received_at FROM event ORDER BY id LIMIT 1"))
    at: datetime | None = found.scalar_one_or_none()
    return at


async def count(tx: Transaction, window: Window, account: Account, now: datetime) -> int:
    """How many people that are."""
    found = await tx.execute(select(func.count()).select_from(_query(window, account, now).subquery()))
    return int(found.scalar_one())


async def ids(tx: Transaction, window: Window, account: Account, now: datetime) -> AsyncGenerator[UUID, None]:
    """Them, one after the other, through a cursor on the server: their number is no matter."""
    query = _query(window, account, now).order_by(col(Customer.id))
    found = await tx.stream(query.execution_options(yield_per=FETCHED))
    try:
        async for (customer,) in found:
            yield customer
    finally:
        await found.close()


def _query(window: Window, account: Account, now: datetime) -> Select[UUID]:
    entered: Select[UUID] = select(col(Event.customer_id).label("id")).where(
        col(Event.received_at) >= window.since,
        col(Event.received_at) < window.until,
        col(Event.name).in_(window.entries),
        _is_for(window.journey),
    )
    ran: Select[UUID] = select(col(Run.customer_id).label("id")).where(
        col(Run.journey_id) == window.journey,
        col(Run.shadow).is_(False),
        col(Run.entered_at) >= window.since,
        col(Run.entered_at) < window.until,
    )
    concerned = union(entered, ran).subquery()
    query = select(col(Customer.id)).where(
        col(Customer.id).in_(select(concerned.c.id)), col(Customer.merged_into).is_(None)
    )
    if window.after is not None:
        query = query.where(col(Customer.id) > window.after)
    if window.where is not None:
        query = query.where(col(Customer.id).in_(customers_matching(window.where, now=now, account=account)))
    return query


def _is_for(journey: str) -> ColumnElement[bool]:
    """An entry by hand names the journey that it is for."""
    asked = col(Event.properties)["journey"].astext
    return or_(col(Event.name) != EventName.ENTRY_REQUESTED, asked == journey)
