"""What a send costs PostgreSQL is an assertion: statements in its two transactions."""

from temporalio.testing import ActivityEnvironment

from store.database import Database
from tests.fixtures.sending import two_sends
from tests.fixtures.statements import statements

CLAIM = ("lock customer and run", "what is still in the inbox", "attempts", "gate", "ledger row")
RECORD = ("lock customer and run", "ledger answer", "run", "decisions")


async def test_a_send_takes_nine_statements(db: Database) -> None:
    async with two_sends(db) as (send, first, second):
        await ActivityEnvironment().run(send.send_message, first)
        with statements(db) as sent:
            await ActivityEnvironment().run(send.send_message, second)
    assert len(sent) <= len(CLAIM) + len(RECORD), "\n".join(sent)
