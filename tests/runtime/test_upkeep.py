"""What a worker looks after from time to time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from runtime.resources import open_resources
from runtime.settings import Settings
from runtime.upkeep import Upkeep
from store import tallies
from store.database import Database


async def test_message_ids_are_kept_for_as_long_as_the_setting_says(database_url: str, db: Database) -> None:
    known = text("INSERT INTO event_key (source, message_id, seen_at) VALUES ('shop', :id, :at)")
    async with db.transaction() as tx:
        for days in (29, 31):
            await tx.execute(known, {"id": f"{days} days ago", "at": datetime.now(UTC) - timedelta(days=days)})
    async with open_resources(Settings(database_url=database_url, dedup_retention_days=30)) as resources:
        await Upkeep(resources, {}).forget()
    async with db.transaction() as tx:
        left = (await tx.execute(text("SELECT message_id FROM event_key"))).scalars().all()
    assert left == ["29 days ago"]


async def test_tallies_are_put_right_when_rows_were_restored_past_them(database_url: str, db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(text("INSERT INTO message_tally (state, change) VALUES ('bounced', 3)"))
    async with open_resources(Settings(database_url=database_url)) as resources:
        upkeep = Upkeep(resources, {})
        await upkeep.correct()
        await upkeep.sum_up()
    async with db.transaction() as tx:
        assert await tallies.messages(tx) == {}
