"""Addresses that are never used on a channel, whatever the purpose."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from store.customer.addresses import normalise
from store.database import Transaction
from store.tables.permissions import Suppression

STOPPED = "stopped"
"""The reason where the recipient asked for it (STOP), and may take it back (START)."""


async def suppress(
    tx: Transaction,
    channel: str,
    address: str,
    *,
    reason: str,
    at: datetime,
    source: str = "",
    customer_id: UUID | None = None,
) -> bool:
    """Never uses this address (normalised here) on this channel again; True if that is new.

    The first reason stays, but `stopped` gives way to any other: START must not revive an address that is dead.
    """
    new = insert(Suppression).values(
        channel=channel,
        address=_key(channel, address),
        reason=reason,
        source=source,
        customer_id=customer_id,
        at=at,
    )
    old = col(Suppression.reason)
    statement = new.on_conflict_do_update(
        index_elements=["channel", "address"], set_={"reason": case((old == STOPPED, new.excluded.reason), else_=old)}
    )
    is_new: ColumnElement[bool] = literal_column("xmax = 0")
    return bool((await tx.execute(statement.returning(is_new))).scalar_one())


async def unsuppress(tx: Transaction, channel: str, address: str, *, only: str | None = None) -> bool:
    """Lifts a suppression (with `only`: if that is its reason); True if there was one."""
    statement = delete(Suppression).where(
        col(Suppression.channel) == channel, col(Suppression.address) == _key(channel, address)
    )
    if only is not None:
        statement = statement.where(col(Suppression.reason) == only)
    return bool((await tx.execute(statement)).rowcount)


async def is_suppressed(tx: Transaction, channel: str, address: str) -> str | None:
    """The reason why this address is not used on this channel, or None."""
    statement = select(col(Suppression.reason)).where(
        col(Suppression.channel) == channel, col(Suppression.address) == _key(channel, address)
    )
    reason: str | None = (await tx.execute(statement)).scalar_one_or_none()
    return reason


def _key(channel: str, address: str) -> str:
    return normalise(channel, address) or address
