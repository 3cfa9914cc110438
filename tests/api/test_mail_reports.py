"""A bounce or a complaint that is handed over stands in the ledger, and ends mail to an address that is dead or complains."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from store.database import Database
from tests.store.ledger_rows import inbox_events, message_row, sent_message

FOLDER = Path(__file__).parents[1] / "channels" / "reports"


def mail(name: str, message: UUID) -> bytes:
    return (FOLDER / f"{name}.eml").read_bytes().replace(b"MESSAGE@", f"{message}@".encode())


async def suppressed(db: Database) -> list[tuple[str, str]]:
    async with db.transaction() as tx:
        rows = await tx.execute(text("SELECT address, reason FROM suppression"))
        return [(row.address, row.reason) for row in rows]


@pytest.mark.parametrize(
    ("name", "state", "event", "reasons"),
    [
        ("bounce", "bounced", "Message Bounced", ["hard_bounce"]),
        ("full", "bounced", "Message Bounced", []),
        ("complaint", "complained", "Message Complained", ["complaint"]),
        ("delivered", "delivered", "Message Delivered", []),
    ],
)
async def test_a_report_is_recorded_once_however_often_it_comes(
    name: str, state: str, event: str, reasons: list[str], admin: AsyncClient, db: Database
) -> None:
    message = await sent_message(db)
    for _ in range(2):
        answer = await admin.post("/v1/mail/reports", content=mail(name, message))
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"outcome": state, "message": str(message), "permanent": name == "bounce"}
    assert (await message_row(db, message))["state"] == state
    assert [one["name"] for one in await inbox_events(db)] == [event]
    assert [reason for _, reason in await suppressed(db)] == reasons


async def test_a_bounce_settles_a_hand_over_that_nobody_was_sure_of(admin: AsyncClient, db: Database) -> None:
    message = await sent_message(db, state="unknown")
    await admin.post("/v1/mail/reports", content=mail("bounce", message))
    assert (await message_row(db, message))["state"] == "bounced"


async def test_what_is_no_report_about_us_changes_nothing(admin: AsyncClient, db: Database) -> None:
    await sent_message(db)
    sms = await sent_message(db, channel="sms")
    for body in (b"Subject: Hello\n\nHow are you?", mail("bounce", uuid4()), mail("bounce", sms), b""):
        answer = await admin.post("/v1/mail/reports", content=body)
        assert (answer.status_code, answer.json()["outcome"]) == (200, "nothing")
    assert await inbox_events(db) == []


async def test_an_event_key_cannot_report(shop: AsyncClient, db: Database) -> None:
    message = await sent_message(db)
    assert (await shop.post("/v1/mail/reports", content=mail("complaint", message))).status_code == 403
    assert await suppressed(db) == []
