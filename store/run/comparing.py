"""What a live version and the one in shadow did, read person by person: bounded in memory, however many there are."""

from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from domain.records import RunStatus
from domain.shadow.sides import HeldBack, Pair, Sent, Side
from store.database import Transaction, array_of

PEOPLE = 500
"""Customers read at once."""


class Shown(NamedTuple):
    """Which two are compared: the runs of a journey that entered since the version in shadow began, and that version's."""

    journey: str
    shadow: int
    since: datetime


class _Run(NamedTuple):
    id: UUID
    shadow: bool
    customer: UUID
    key: str
    event: str | None
    item: str | None
    entered_at: datetime
    status: RunStatus
    step: str | None
    ended_reason: str | None
    ended_at: datetime | None
    ghost: bool


_THESE = "journey_id = :journey AND entered_at >= :since AND (NOT shadow OR version = :shadow)"

_CUSTOMERS = text(f"SELECT DISTINCT customer_id FROM run WHERE {_THESE}")

_RUNS = text(f"""
    SELECT id, shadow, customer_id, key, entry ->> 'event_id', entry ->> 'item', entered_at, status, step, ended_reason,
        ended_at, ghost
    FROM run WHERE {_THESE} AND customer_id = ANY(CAST(:customers AS uuid[])) ORDER BY entered_at, id
""")

_SENT = text("""
    SELECT run_id, step, visit, channel, template, claimed_at FROM message
    WHERE run_id = ANY(CAST(:runs AS uuid[])) AND state NOT IN ('released', 'refused') ORDER BY claimed_at, id
""")

_HELD_BACK = text("""
    SELECT run_id, step, visit, kind, outcome, detail FROM decision
    WHERE run_id = ANY(CAST(:runs AS uuid[])) AND step IS NOT NULL
        AND (kind = 'gate' AND outcome IN ('skip', 'late') OR kind = 'send' AND outcome IN ('refused', 'skipped', 'late'))
    ORDER BY at, id
""")

_MISSED = text("""
    SELECT customer_id, detail ->> 'event_id', coalesce((detail ->> 'shadow')::boolean, false), outcome, detail ->> 'why'
    FROM decision
    WHERE customer_id = ANY(CAST(:customers AS uuid[])) AND journey_id = :journey AND run_id IS NULL AND at >= :since
        AND kind = 'near_miss'
""")

_MISSES = text("""
    SELECT coalesce((detail ->> 'shadow')::boolean, false), outcome, count(*) FROM decision
    WHERE journey_id = :journey AND run_id IS NULL AND at >= :since AND kind = 'near_miss' GROUP BY 1, 2
""")


async def near_misses(tx: Transaction, shown: Shown) -> tuple[dict[str, int], dict[str, int]]:
    """How many nearly entered, by why: the live version, and the one in shadow."""
    counts: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for is_shadow, outcome, count in await tx.execute(_MISSES, shown._asdict()):
        counts[is_shadow][outcome] = count
    return counts


async def pairs(tx: Transaction, shown: Shown) -> AsyncIterator[list[Pair]]:
    """Everybody who entered either, in pages."""
    asked: dict[str, Any] = dict(shown._asdict())
    everybody = await tx.stream_scalars(_CUSTOMERS, asked)
    async for customers in everybody.partitions(PEOPLE):
        asked["customers"] = array_of(customers)
        runs = list(map(_Run._make, await tx.execute(_RUNS, asked)))
        ids = array_of(run.id for run in runs)
        sent, held_back = await _sent(tx, ids), await _held_back(tx, ids)
        missed = await _missed(tx, asked)
        sides = {run.id: _side(run, sent.get(run.id, ()), held_back.get(run.id, ())) for run in runs}
        yield [_pair(live, shadow, sides, missed) for live, shadow in paired(runs)]


def paired(runs: Sequence[_Run]) -> Iterable[tuple[_Run | None, _Run | None]]:
    """Live and shadow runs that began together: by the same event, or, where a later event took its place in one of them, at the
    same moment; then those that nobody stands beside."""
    live = {run.id: run for run in runs if not run.shadow}
    shadow = {run.id: run for run in runs if run.shadow}
    for entry_of in (_event_of, _moment_of):
        waiting: defaultdict[tuple[object, ...], deque[_Run]] = defaultdict(deque)
        for run in shadow.values():
            waiting[entry_of(run)].append(run)
        for one in list(live.values()):
            if others := waiting.get(entry_of(one)):
                other = others.popleft()
                del live[one.id], shadow[other.id]
                yield one, other
    yield from ((run, None) for run in live.values())
    yield from ((None, run) for run in shadow.values())


def _event_of(run: _Run) -> tuple[object, ...]:
    return run.customer, run.key, run.event, run.item


def _moment_of(run: _Run) -> tuple[object, ...]:
    return run.customer, run.key, run.entered_at, run.item


def _pair(
    live: _Run | None, shadow: _Run | None, sides: dict[UUID, Side], missed: dict[tuple[UUID, str | None, bool], str]
) -> Pair:
    known = live or shadow
    if known is None:
        raise AssertionError("a pair of nobody")

    def side(run: _Run | None, is_shadow: bool) -> Side:
        return sides[run.id] if run else Side(missed=missed.get((known.customer, known.event, is_shadow)))

    return Pair(
        customer=known.customer,
        key=known.key,
        entered_at=known.entered_at,
        live=side(live, False),
        shadow=side(shadow, True),
    )


def _side(run: _Run, sent: Sequence[Sent], held_back: Sequence[HeldBack]) -> Side:
    gone = {(one.step, one.visit) for one in sent} if held_back else set()
    return Side(
        run=run.id,
        held_out=run.ghost and not run.shadow,
        sent=tuple(sent),
        held_back=tuple(one for one in held_back if (one.step, one.visit) not in gone),
        status=run.status,
        step=run.step,
        ended=run.ended_reason,
        ended_at=run.ended_at,
    )


async def _sent(tx: Transaction, runs: str) -> dict[UUID, list[Sent]]:
    found: defaultdict[UUID, list[Sent]] = defaultdict(list)
    for run, *sent in await tx.execute(_SENT, {"runs": runs}):
        found[run].append(Sent._make(sent))
    return found


async def _held_back(tx: Transaction, runs: str) -> dict[UUID, list[HeldBack]]:
    """The last word on each send that did not go."""
    words: defaultdict[UUID, dict[tuple[str, int], str]] = defaultdict(dict)
    for run, step, visit, kind, outcome, detail in await tx.execute(_HELD_BACK, {"runs": runs}):
        words[run][step, visit or 0] = _failed_check(detail) or outcome if kind == "gate" else outcome
    return {
        run: [HeldBack(step=step, visit=visit, why=why) for (step, visit), why in said.items()]
        for run, said in words.items()
    }


def _failed_check(detail: dict[str, Any]) -> str | None:
    """The check that spoke last: `asked` as `domain.gate` writes it."""
    checks = [check for asked in detail.get("asked", ()) for check in asked.get("checks", ())]
    return next((check["check"] for check in reversed(checks) if not check["passed"]), None)


async def _missed(tx: Transaction, asked: dict[str, Any]) -> dict[tuple[UUID, str | None, bool], str]:
    found = await tx.execute(_MISSED, asked)
    return {(customer, event, is_shadow): why or outcome for customer, event, is_shadow, outcome, why in found}
