"""Unknown SMS are looked up in the provider's list: which of them, when, and what is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from activities.sending.tracing import trace_unknown
from channels.protocol import Answer, Outgoing, Unknown
from domain.tracing import Taken
from store.database import Database
from tests.store.ledger_rows import message_row, sent_message

LEASE = timedelta(seconds=60)
PHONE = "+14155552671"
AGED = text(
    "UPDATE message SET claimed_at = claimed_at - interval '1 minute',"
    " answer = answer || jsonb_build_object('asked_at', (answer ->> 'asked_at')::timestamptz - interval '40 seconds')"
    " WHERE id = :id"
)


@dataclass
class Provider:
    """Has a list of what it took; `asked` notes about whom it was asked."""

    medium: str = "sms"
    provider: str = "test"
    on_unknown: Any = "hold"
    taken: Sequence[Taken] | None = ()
    asked: list[str] = field(default_factory=list)

    async def hand_over(self, message: Outgoing) -> Answer:
        return Unknown(reason="it never answers")

    async def listed(self, to: str, since: datetime) -> Sequence[Taken] | None:
        self.asked.append(to)
        return self.taken

    async def close(self) -> None:
        return None


async def unknown(db: Database, age: timedelta = timedelta(seconds=5), **changes: Any) -> UUID:
    claimed = datetime.now(UTC) - age
    usual = {"state": "unknown", "address": PHONE, "content": {"text": "Hi"}, "handed_over_at": None}
    return await sent_message(
        db, channel="sms", claimed_at=claimed, lease_until=claimed + LEASE, **(usual | {"unknown_count": 1} | changes)
    )


async def test_what_the_list_has_is_handed_over_under_its_id(db: Database) -> None:
    message = await unknown(db)
    assert await trace_unknown(db, {"sms": Provider(taken=[Taken(provider_id="SM1", text="Hi")])}, LEASE) == 1
    row = await message_row(db, message)
    assert (row["state"], row["provider_id"], row["handed_over_at"]) == ("handed_over", "SM1", row["claimed_at"])
    assert row["answer"]["resolved_by"] == "test"


async def test_what_the_list_never_had_is_released_after_a_while(db: Database) -> None:
    early, late = await unknown(db), await unknown(db, age=4 * LEASE, address="+14155552672")
    assert await trace_unknown(db, {"sms": Provider()}, LEASE) == 1
    assert (await message_row(db, early))["state"] == "unknown"
    assert (await message_row(db, late))["state"] == "released"


async def test_two_open_hand_overs_to_one_phone_are_not_told_apart(db: Database) -> None:
    messages = [await unknown(db), await unknown(db)]
    assert await trace_unknown(db, {"sms": Provider(taken=[Taken(provider_id="SM1", text="Hi")])}, LEASE) == 0
    assert {(await message_row(db, message))["state"] for message in messages} == {"unknown"}


async def test_what_stands_for_another_message_is_not_taken_for_this_one(db: Database) -> None:
    await unknown(db, state="handed_over", provider="test", provider_id="SM1")
    message = await unknown(db)
    assert await trace_unknown(db, {"sms": Provider(taken=[Taken(provider_id="SM1", text="Hi")])}, LEASE) == 0
    assert (await message_row(db, message))["state"] == "unknown"


async def test_it_is_asked_again_when_it_is_twice_as_old(db: Database) -> None:
    message, provider = await unknown(db), Provider(taken=None)
    for _ in range(3):
        await trace_unknown(db, {"sms": provider}, LEASE)
    assert provider.asked == [PHONE]
    async with db.transaction() as tx:
        await tx.execute(AGED, {"id": message})
    await trace_unknown(db, {"sms": provider}, LEASE)
    assert provider.asked == [PHONE, PHONE]
