"""Loads what rules ask about a customer, and no more: one query for the customers, one for their history, one for reactions."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import col

from domain.account import Account
from domain.calendar import zone_of
from domain.errors import NotFound
from domain.events import REACTIONS
from domain.rules.facts import Facts, Happening, Needs, Reaction
from domain.rules.seeing import RunRow, seen_by
from store.database import Transaction
from store.rules.reach import reachable_channels, subscribed_topics
from store.tables.customers import Customer
from store.tables.events import Event
from store.tables.runs import Run

_HOWS = {event: how for how, event in REACTIONS.items()}


async def load(
    tx: Transaction, customer_id: UUID, needs: Needs, *, run: RunRow | None = None, now: datetime, account: Account
) -> Facts:
    """What `needs` names about one customer and, if given, their run. Raises NotFound if there is no such customer."""
    loaded = await load_many(tx, [customer_id], needs, now=now, account=account)
    if customer_id not in loaded:
        raise NotFound(f"There is no customer {customer_id}.", code="customer_not_found")
    facts = loaded[customer_id]
    if run is None:
        return facts
    reactions = await load_reactions(tx, [customer_id], [run["id"]]) if needs.reactions else {}
    return seen_by(facts, run, reactions.get(run["id"], ()))


def of_profile(
    attributes: dict[str, JsonValue], score: float, *, run: RunRow, now: datetime, account: Account
) -> Facts:
    """The same as `load` where nothing but a profile is needed, which whoever holds the customer's lock has read already."""
    zone, _ = zone_of(attributes, account)
    return seen_by(Facts(now=now, attributes=attributes, score=score, zone=zone), run)


async def load_many(
    tx: Transaction, customer_ids: Collection[UUID], needs: Needs, *, now: datetime, account: Account
) -> dict[UUID, Facts]:
    """What `needs` names about many customers, by id; who is unknown is left out. Reactions belong to runs: see `seen_by`."""
    columns: list[Any] = [col(Customer.id), col(Customer.attributes), col(Customer.score)]
    if needs.reachable:
        columns.append(reachable_channels(account).label("reachable"))
    if needs.topics:
        columns.append(subscribed_topics().label("subscribed"))
    rows = (await tx.execute(select(*columns).where(col(Customer.id).in_(customer_ids)))).mappings().all()
    history = await _history(tx, customer_ids, needs, now)
    return {
        row["id"]: Facts(
            now=now,
            attributes=row["attributes"],
            score=row["score"],
            zone=zone_of(row["attributes"], account)[0],
            history=history.get(row["id"], ()),
            reachable=frozenset(row.get("reachable") or ()),
            subscribed=frozenset(row.get("subscribed") or ()),
        )
        for row in rows
    }


async def load_reactions(
    tx: Transaction, customer_ids: Collection[UUID], run_ids: Collection[UUID]
) -> dict[UUID, list[Reaction]]:
    """People's reactions to the messages of these runs, by run, the oldest first. What machines did is left out."""
    run_of = col(Event.properties)["run_id"].astext
    found = await tx.execute(
        select(run_of, col(Event.name), col(Event.timestamp), col(Event.properties))
        .where(
            col(Event.customer_id).in_(customer_ids),
            col(Event.name).in_(_HOWS),
            run_of.in_([str(run) for run in run_ids]),
            col(Event.properties)["machine"].astext.is_distinct_from("true"),
        )
        .order_by(col(Event.position))
    )
    reactions: defaultdict[UUID, list[Reaction]] = defaultdict(list)
    for run, name, at, properties in found:
        reaction = Reaction(properties.get("step", ""), _HOWS[name], at, properties.get("link"))
        reactions[UUID(run)].append(reaction)
    names = await _names_today(tx, list(reactions))
    return {
        run: [replace(one, step=names.get((run, one.step), one.step)) for one in reacted]
        for run, reacted in reactions.items()
    }


async def _names_today(tx: Transaction, run_ids: Collection[UUID]) -> dict[tuple[UUID, str], str]:
    """The ids that steps of these runs have now which sent under another one, before the run was moved to another version."""
    if not run_ids:
        return {}
    renamed = col(Run.state)["sent_as"]
    found = await tx.execute(select(col(Run.id), renamed).where(col(Run.id).in_(run_ids), renamed.is_not(None)))
    return {(run, sent_as): name for run, names in found for name, sent_as in (names or {}).items()}


async def _history(
    tx: Transaction, customer_ids: Collection[UUID], needs: Needs, now: datetime
) -> dict[UUID, list[Happening]]:
    """The needed events up to now, by customer, in the order in which they happened."""
    if not needs.events:
        return {}
    wanted = [_since(name, now - back if back is not None else None) for name, back in needs.events.items()]
    found = await tx.execute(
        select(
            col(Event.customer_id), col(Event.name), col(Event.timestamp), col(Event.properties), col(Event.position)
        )
        .where(col(Event.customer_id).in_(customer_ids), col(Event.timestamp) <= now, or_(*wanted))
        .order_by(col(Event.timestamp), col(Event.position))
    )
    history: defaultdict[UUID, list[Happening]] = defaultdict(list)
    for customer, *happening in found:
        history[customer].append(Happening(*happening))
    return dict(history)


def _since(name: str, moment: datetime | None) -> ColumnElement[bool]:
    named = col(Event.name) == name
    return named if moment is None else and_(named, col(Event.timestamp) > moment)
