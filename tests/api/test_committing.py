"""Group commit: many calls, one transaction, and nobody is told too early or too much."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from api.events import committing
from api.events.committing import GroupCommit
from domain.errors import Unavailable
from domain.events import AcceptedEvent
from store.database import Database, Transaction
from store.event.inbox import accept
from tests.api.conftest import Inbox


def event(message_id: str, note: str = "") -> AcceptedEvent:
    now = datetime.now(UTC)
    return AcceptedEvent(
        type="track",
        name="Signed Up",
        identities=(f"user_id:{message_id}",),
        message_id=message_id,
        source="shop",
        timestamp=now,
        received_at=now,
        properties={"note": note},
    )


@asynccontextmanager
async def started(db: Database) -> AsyncIterator[GroupCommit]:
    commits = GroupCommit(db)
    commits.start()
    try:
        yield commits
    finally:
        await commits.close()


async def transactions_of(db: Database) -> int:
    async with db.transaction() as tx:
        return len(set((await tx.execute(text("SELECT xmin::text FROM inbox"))).scalars()))


async def test_calls_that_come_together_share_a_transaction(db: Database, inbox: Inbox) -> None:
    async with started(db) as commits:
        await asyncio.gather(*(commits.commit([event(f"m-{number}")]) for number in range(300)))
    assert len(await inbox.events()) == 300
    assert await transactions_of(db) <= 5


async def test_groups_are_written_one_after_another(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was answered first is first in the inbox (semantics 3)."""
    at_work = most = 0

    async def slowly(tx: Transaction, events: Sequence[AcceptedEvent]) -> list[bool]:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0.01)
        at_work -= 1
        return await accept(tx, events)

    monkeypatch.setattr(committing, "accept", slowly)
    monkeypatch.setattr(committing, "LARGEST_GROUP", 1)
    async with started(db) as commits:
        await asyncio.gather(*(commits.commit([event(f"m-{number}")]) for number in range(5)))
    assert most == 1


async def test_a_group_has_a_largest_size(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committing, "LARGEST_GROUP", 10)
    async with started(db) as commits:
        large = [event(f"large-{number}") for number in range(25)]
        stored, *_ = await asyncio.gather(
            commits.commit(large), *(commits.commit([event(f"m-{number}")]) for number in range(20))
        )
    assert stored == [True] * 25
    assert await transactions_of(db) == 3


async def test_the_same_event_in_many_calls_of_a_group_is_one_and_all_are_answered_alike(
    db: Database, inbox: Inbox
) -> None:
    async with started(db) as commits:
        answers = await asyncio.gather(*(commits.commit([event("m-1")]) for _ in range(20)))
    assert answers == [[True]] * 20
    assert len(await inbox.events()) == 1


async def test_an_event_that_cannot_be_stored_takes_no_other_with_it(db: Database, inbox: Inbox) -> None:
    bad = event("bad", note="nul \x00")
    async with started(db) as commits:
        answers = await asyncio.gather(
            commits.commit([event("m-1")]),
            commits.commit([event("m-2"), bad, event("m-3")]),
            commits.commit([bad]),
            commits.commit([event("m-4")]),
        )
    assert list(answers) == [[True], [True, False, True], [False], [True]]
    assert {kept.message_id for kept in await inbox.events()} == {"m-1", "m-2", "m-3", "m-4"}


async def test_what_is_not_the_events_fault_can_be_sent_again(db: Database, inbox: Inbox) -> None:
    async with started(db) as commits:
        async with db.transaction() as tx:
            await tx.execute(text("ALTER TABLE inbox RENAME TO elsewhere"))
        for answer in await asyncio.gather(
            *(commits.commit([event(f"m-{number}")]) for number in range(3)), return_exceptions=True
        ):
            assert isinstance(answer, Unavailable)
        async with db.transaction() as tx:
            await tx.execute(text("ALTER TABLE elsewhere RENAME TO inbox"))
        assert await commits.commit([event("m-1")]) == [True]
    assert len(await inbox.events()) == 1


async def test_a_caller_that_goes_away_leaves_the_others_alone(db: Database, inbox: Inbox) -> None:
    async with started(db) as commits:
        leaving = asyncio.create_task(commits.commit([event("m-1")]))
        staying = asyncio.create_task(commits.commit([event("m-2")]))
        await asyncio.sleep(0)
        leaving.cancel()
        assert await staying == [True]
    assert {kept.message_id for kept in await inbox.events()} == {"m-1", "m-2"}


async def test_too_many_waiting_events_are_sent_back_to_the_caller(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "MOST_WAITING", 2)
    async with started(db) as commits:
        answers = await asyncio.gather(
            *(commits.commit([event(f"m-{number}")]) for number in range(3)), return_exceptions=True
        )
        assert answers[:2] == [[True], [True]]
        assert isinstance(answers[2], Unavailable)
        assert await commits.commit([event("m-2")]) == [True]


async def test_closing_answers_every_call_first(db: Database, inbox: Inbox) -> None:
    commits = GroupCommit(db)
    commits.start()
    calls = [asyncio.create_task(commits.commit([event(f"m-{number}")])) for number in range(10)]
    await asyncio.sleep(0)
    await commits.close()
    assert [await call for call in calls] == [[True]] * 10
    assert len(await inbox.events()) == 10
