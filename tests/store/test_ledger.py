"""The send ledger's own guards (semantics 18, 21)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from domain.ids import new_id
from store.database import Database
from store.message import ledger
from store.tables.messages import Message
from tests.store.ledger_rows import message_row, sent_message

NOW = datetime.now(UTC)
LEASE = NOW + timedelta(minutes=1)


async def claimed(db: Database, lease: datetime = LEASE) -> UUID:
    return await sent_message(db, state="claimed", lease_until=lease, handed_over_at=None)


async def answered(db: Database, message: UUID, lease: datetime, state: str) -> bool:
    async with db.transaction() as tx:
        return await ledger.answer(tx, message, lease, state, at=NOW, answer={"code": "x"}, provider="smtp")


async def test_an_answer_is_written_to_its_own_claim_only(db: Database) -> None:
    message = await claimed(db)
    assert not await answered(db, message, LEASE - timedelta(seconds=1), "handed_over")
    assert (await message_row(db, message))["state"] == "claimed"
    assert await answered(db, message, LEASE, "handed_over")
    assert not await answered(db, message, LEASE, "released")
    assert (await message_row(db, message))["state"] == "handed_over"


async def test_a_claim_that_was_taken_up_again_belongs_to_the_later_attempt(db: Database) -> None:
    message = await claimed(db)
    later = LEASE + timedelta(minutes=1)
    async with db.transaction() as tx:
        await ledger.mark_unknown(tx, message)
        await ledger.claim_again(tx, message, later)
    assert not await answered(db, message, LEASE, "released")
    assert await answered(db, message, later, "handed_over")
    assert (await message_row(db, message))["unknown_count"] == 1


@pytest.mark.parametrize(
    ("state", "is_live"), [("claimed", True), ("unknown", True), ("released", False), ("refused", False)]
)
async def test_there_is_at_most_one_live_hand_over_per_step_and_visit(db: Database, state: str, is_live: bool) -> None:
    message = await sent_message(db, state=state)
    row = Message(**(await message_row(db, message)) | {"id": new_id(), "attempt": 2, "state": "claimed"})
    if not is_live:
        async with db.transaction() as tx:
            await ledger.claim(tx, row)
        return
    with pytest.raises(IntegrityError, match="message_live"):
        async with db.transaction() as tx:
            await ledger.claim(tx, row)


async def test_claims_that_nobody_came_back_to_are_swept_into_unknown(db: Database) -> None:
    now = datetime.now(UTC)
    lost, alive = await claimed(db, now - timedelta(minutes=5)), await claimed(db, now + timedelta(minutes=5))
    async with db.transaction() as tx:
        assert await ledger.sweep(tx, 60) == 1
    swept = await message_row(db, lost)
    assert (swept["state"], swept["unknown_count"]) == ("unknown", 1)
    assert (await message_row(db, alive))["state"] == "claimed"


async def test_a_person_settles_only_what_is_unknown(db: Database) -> None:
    message = await sent_message(db, state="unknown", handed_over_at=None)
    async with db.transaction() as tx:
        assert await ledger.resolve(tx, message, sent=True, by="ada")
        assert not await ledger.resolve(tx, message, sent=False, by="ada")
    row = await message_row(db, message)
    assert (row["state"], row["answer"]["resolved_by"]) == ("handed_over", "ada")
