"""Asks providers what became of hand-overs that nobody knows the end of (semantics 21); `domain.tracing` judges the answer.

Nothing is lost if the process dies in between: who was asked about and not settled is asked about again later, and a person may
settle it at any time.
"""

from collections.abc import Mapping
from datetime import timedelta

import structlog

from channels.protocol import Channel, Listing
from domain.tracing import Sent, trace
from store.database import Database
from store.message import unknowns
from store.message.unknowns import UnknownHandOver

log = structlog.get_logger(__name__)

CLOCKS = timedelta(minutes=5)
"""How far the provider's clock may be from the database's."""

LEASES_LATER = 2
"""So many leases after the claim's own is over, what the provider does not list was never taken."""


async def trace_unknown(db: Database, channels: Mapping[str, Channel], lease: timedelta) -> int:
    """Asks about each unknown hand-over that is due, and settles what is beyond doubt; gives how many were settled."""
    asked = {medium: channel for medium, channel in channels.items() if isinstance(channel, Listing)}
    if not asked:
        return 0
    async with db.transaction() as tx:
        due = await unknowns.due(tx, sorted(asked))
    return sum([await _trace(db, asked[which.channel], which, lease) for which in due])


async def _trace(db: Database, channel: Listing, which: UnknownHandOver, lease: timedelta) -> bool:
    listed = await channel.listed(which.address, which.claimed_at - CLOCKS)
    if listed is None:
        return False
    async with db.transaction() as tx:
        found = trace(
            which.text,
            listed,
            await unknowns.known(tx, channel.provider, [taken.provider_id for taken in listed]),
            has_rivals=await unknowns.has_rivals(tx, which),
            is_late=which.now > which.lease_until + LEASES_LATER * lease,
        )
        if found is None:
            return False
        sent = found.provider_id if isinstance(found, Sent) else None
        is_settled = await unknowns.settle(tx, which.id, channel.provider, sent)
    if is_settled:
        log.info("unknown_settled", message=str(which.id), outcome=found.kind, by=channel.provider)
    return is_settled
