"""What PostgreSQL says about people's data stays in PostgreSQL."""

import traceback

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from store.database import Database
from store.outages import is_refusal

STATEMENTS = {
    "a row that is there already": "INSERT INTO topic (id, title) VALUES ('a', :secret), ('a', 'b')",
    "a value of another type": "SELECT CAST(:secret AS uuid)",
    "a value that is too large": "SELECT CAST(CAST(:secret AS jsonb) AS integer)",
}


@pytest.mark.parametrize("what", STATEMENTS)
async def test_an_error_does_not_quote_values(db: Database, what: str) -> None:
    secret = '"canary"'
    async with db.transaction() as tx:
        with pytest.raises(DBAPIError) as raised:
            await tx.execute(text(STATEMENTS[what]), {"secret": secret})
        await tx.rollback()
    told = "".join(traceback.format_exception(raised.value))
    assert "canary" not in told
    assert "Error" in told or "Violation" in told
    assert is_refusal(raised.value) is (what != "a row that is there already")
