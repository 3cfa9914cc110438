"""`sojourn approvals`: what is asked, and the answer."""

from datetime import UTC, datetime
from uuid import UUID

from domain.approving import Part, digest_of
from store.database import Database
from store.journey import approvals
from store.journey.approvals import Approval
from tests.cli.conftest import Sojourn

ID = UUID("0199a1b2-0000-7000-8000-000000000001")
CONTENT = (Part(step="hello", template="hello", versions={"email": 3}, settings={}),)


async def asked(db: Database) -> None:
    """A question about the third version of a template."""
    question = Approval(
        id=ID,
        run_id=ID,
        customer_id=ID,
        journey="careful",
        version=1,
        step="ok",
        visit=1,
        to="legal",
        title="May it?",
        of=("hello",),
        content=CONTENT,
        digest=digest_of(CONTENT),
        status="open",
        asked_at=datetime.now(UTC),
        until=None,
        answered_at=None,
        answered_by=None,
        note="",
    )
    async with db.transaction() as tx:
        await approvals.ask(tx, question)


async def test_what_is_asked_is_listed_with_the_versions_it_is_about(sojourn: Sojourn, db: Database) -> None:
    assert (await sojourn("approvals", "list")).output == "Nothing is asked for.\n"
    await asked(db)
    lines = (await sojourn("approvals", "list", "--status", "open", "--journey", "careful")).output.splitlines()
    assert lines[1].split("\t")[:5] == [str(ID), "open", "legal", "May it?", "email/hello v3"]
    assert (await sojourn("approvals", "list", "--status", "rejected")).output == "Nothing is asked for.\n"
    assert (await sojourn("approvals", "list", "--json")).json["items"][0]["digest"] == digest_of(CONTENT)


async def test_a_question_is_answered_once(sojourn: Sojourn, db: Database) -> None:
    await asked(db)
    answer = await sojourn("approvals", "reject", ID, "--note", "old prices", "--json")
    assert (answer.json["status"], answer.json["note"]) == ("rejected", "old prices")
    again = await sojourn("approvals", "approve", ID)
    assert (again.code, "already" in again.error) == (4, True)
