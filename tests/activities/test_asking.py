"""Those who are asked to approve of something get one mail, which says what it is about and how to answer."""

from collections.abc import Mapping, Sequence
from uuid import uuid4

import pytest
from sqlalchemy import text

from activities.asking import tell_of_questions
from domain.program import Program
from runtime.providers import open_channels
from runtime.settings import Settings
from store.database import Database
from store.journey import catalog, journeys
from tests.domain.engine.documents import HELLO, compiled
from tests.fixtures.driven import open_cast
from tests.fixtures.mailbox import Mailbox
from tests.routing.world import World, event

URL = "https://api.example.com"


async def ask(settings: Settings, db: Database, of: str, people: int) -> None:
    """So many runs come to an `approve` step that asks this person or team."""
    approve = {"id": "ok", "approve": {"to": of, "title": "May it go out?", "of": "send-hello", "within": "9d"}}
    program: Program = compiled([approve, HELLO]).model_copy(update={"version": 1})
    async with db.transaction() as tx:
        await journeys.save_draft(tx, "random", "", "")
        await journeys.add_version(tx, program, source="", checksum="1", published_by="test")
        await catalog.bump(tx)
    async with open_cast(settings, db) as cast:
        await World(db).accept(*(event(f"u{number}", name="Entered") for number in range(people)))
        await cast.work()


async def tell(settings: Settings, db: Database, approvers: Mapping[str, Sequence[str]] | None = None) -> int:
    async with open_channels(settings) as channels:
        return await tell_of_questions(db, channels, approvers or {}, URL)


async def test_whoever_is_asked_is_told_once_what_it_is_about_and_how_to_answer(
    world_settings: Settings, db: Database, mailbox: Mailbox
) -> None:
    ada = f"ada.{uuid4().hex}@example.com"
    await ask(world_settings, db, ada, 1)
    assert [await tell(world_settings, db), await tell(world_settings, db)] == [1, 0]
    (mail,) = mailbox.messages(ada)
    assert mail["subject"] == "To approve: May it go out?"
    async with db.transaction() as tx:
        asked = (await tx.execute(text("SELECT id, digest FROM approval"))).one()
        assert (await tx.execute(text("SELECT count(*) FROM message"))).scalar_one() == 0
    assert f"sojourn approvals approve {asked.id} --digest {asked.digest}" in mail["text"]
    assert "journey random version 1, step ok: email/hello version" in mail["text"]


async def test_a_team_is_told_at_its_addresses_of_all_questions_at_once(
    world_settings: Settings, db: Database, mailbox: Mailbox
) -> None:
    ada, ben = (f"{name}.{uuid4().hex}@example.com" for name in ("ada", "ben"))
    await ask(world_settings, db, "legal", 3)
    assert await tell(world_settings, db) == 0
    assert await tell(world_settings, db, {"legal": [ada, ben]}) == 2
    for address in (ada, ben):
        (mail,) = mailbox.messages(address)
        assert mail["subject"] == "3 questions to approve of"
        assert mail["text"].count("sojourn approvals reject") == 3


async def test_what_is_asked_within_a_quarter_of_an_hour_waits_for_the_next_mail(
    world_settings: Settings, db: Database, mailbox: Mailbox
) -> None:
    ada = f"ada.{uuid4().hex}@example.com"
    await ask(world_settings, db, ada, 2)
    async with db.transaction() as tx:
        await tx.execute(text("UPDATE approval SET told_at = now() WHERE id = (SELECT id FROM approval LIMIT 1)"))
    assert await tell(world_settings, db) == 0
    async with db.transaction() as tx:
        await tx.execute(
            text("UPDATE approval SET told_at = told_at - interval '16 minutes' WHERE told_at IS NOT NULL")
        )
    assert await tell(world_settings, db) == 1
    assert mailbox.messages(ada)[0]["subject"] == "To approve: May it go out?"


def test_approvers_are_names_with_addresses(world_settings: Settings) -> None:
    given = world_settings.model_dump() | {
        "approvers": "legal=ada@example.com, legal=ben@example.com,brand=cy@example.com"
    }
    assert Settings(**given).approver_addresses == {
        "legal": ("ada@example.com", "ben@example.com"),
        "brand": ("cy@example.com",),
    }
    with pytest.raises(ValueError, match="'legal' is not a name and an address"):
        Settings(**(given | {"approvers": "legal"}))
