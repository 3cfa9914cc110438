"""Plain statements go straight to the driver, and nobody can tell by what comes back."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import bindparam, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, ProgrammingError

from store import database
from store.database import Database

NUMBERS = text("SELECT n, n * 2 AS twice FROM generate_series(1, CAST(:last AS integer)) AS n")


async def test_rows_are_read_by_name_by_place_and_as_mappings(db: Database) -> None:
    async with db.transaction() as tx:
        assert [row.twice for row in await tx.execute(NUMBERS, {"last": 2})] == [2, 4]
        assert (await tx.execute(NUMBERS, {"last": 2})).all() == [(1, 2), (2, 4)]
        assert list((await tx.execute(NUMBERS, {"last": 2})).scalars()) == [1, 2]
        assert (await tx.execute(NUMBERS, {"last": 1})).mappings().one() == {"n": 1, "twice": 2}
        assert (await tx.execute(NUMBERS, {"last": 0})).one_or_none() is None


async def test_both_ways_share_one_transaction(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(text("INSERT INTO topic (id, title, description, opt_in) VALUES ('a', 'A', '', false)"))
        assert (await tx.execute(select(literal(1)))).scalar_one() == 1
        assert (await tx.exec_driver_sql("SELECT count(*) FROM topic WHERE id = 'a'")).scalar_one() == 1
        await tx.rollback()
    async with db.transaction() as tx:
        assert (await tx.execute(text("DELETE FROM topic WHERE id = 'a'"))).rowcount == 0


async def test_a_statement_of_its_own_is_committed_at_once_and_the_next_transaction_is_one_again(db: Database) -> None:
    named = text("INSERT INTO topic (id, title, description, opt_in) VALUES (:id, 'A', '', false)")
    count = text("SELECT count(*) FROM topic")
    async with db.statement() as tx, db.transaction() as other:
        pid = (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        await tx.execute(named, {"id": "alone"})
        assert (await other.execute(count)).scalar_one() == 1
    with pytest.raises(IntegrityError):
        async with db.statement() as tx:
            await tx.execute(named, {"id": "alone"})
    async with db.transaction() as other, db.transaction() as tx:
        assert pid in [(await one.execute(text("SELECT pg_backend_pid()"))).scalar_one() for one in (tx, other)]
        for one, name in ((tx, "first"), (other, "second")):
            await one.execute(named, {"id": name})
            await one.rollback()
    async with db.statement() as tx:
        assert (await tx.execute(count)).scalar_one() == 1


async def test_percent_signs_colons_and_typed_parameters_mean_what_they_say(db: Database) -> None:
    async with db.transaction() as tx:
        found = await tx.execute(
            text(r"SELECT '100%' LIKE '%\%', 'a:b'::text, CAST(:span AS interval)"), {"span": timedelta(1)}
        )
        assert found.one() == (True, "a:b", timedelta(1))
        typed = text("SELECT :said ->> 'a'").bindparams(bindparam("said", type_=JSONB))
        assert (await tx.execute(typed, {"said": {"a": "b"}})).scalar_one() == "b"


@pytest.mark.parametrize(
    ("statement", "raised"),
    [
        pytest.param("SELECT CAST('ann@example.com' AS integer)", DataError, id="data"),
        pytest.param("INSERT INTO topic (id) SELECT NULL", IntegrityError, id="integrity"),
        pytest.param("SELECT nothing_of_this_name", ProgrammingError, id="programming"),
    ],
)
async def test_errors_are_those_of_sqlalchemy_and_name_no_value(
    db: Database, statement: str, raised: type[Exception]
) -> None:
    with pytest.raises(raised) as caught:
        async with db.transaction() as tx:
            await tx.execute(text(statement))
    assert "ann@example.com" not in f"{caught.value} {caught.value.__cause__}"
    async with db.transaction() as tx:
        assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1


async def test_a_lost_connection_is_not_used_again(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "RESTED", 3600)  # nothing but the error itself tells that it is lost
    async with db.transaction() as tx, db.transaction() as other:
        pid = (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        await other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        with pytest.raises(OperationalError):
            await tx.execute(text("SELECT 1"))
        await tx.rollback()
    async with db.transaction() as tx, db.transaction() as other:
        for one in (tx, other):
            assert (await one.execute(text("SELECT pg_backend_pid()"))).scalar_one() != pid


_SLEEPING = text("SELECT count(*) FROM pg_locks WHERE relation = 'topic'::regclass AND mode = 'RowExclusiveLock'")


async def test_a_cancelled_statement_leaves_nothing_behind(db: Database) -> None:
    async def write_slowly() -> None:
        async with db.transaction() as tx:
            await tx.execute(text("INSERT INTO topic (id, title, description, opt_in) VALUES ('slow', 'S', '', false)"))
            await tx.execute(text("SELECT pg_sleep(30)"))

    writing = asyncio.create_task(write_slowly())
    async with db.transaction() as tx:
        while not (await tx.execute(_SLEEPING)).scalar_one():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    async with db.transaction() as tx:
        await tx.execute(text("SET LOCAL lock_timeout = '5s'"))
        await tx.execute(text("LOCK TABLE topic IN ACCESS EXCLUSIVE MODE"))  # nobody holds a lock on it any more
        assert (await tx.execute(text("SELECT count(*) FROM topic WHERE id = 'slow'"))).scalar_one() == 0
