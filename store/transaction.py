"""An open transaction whose plain statements go straight to the driver."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import CursorResult, Executable, TextClause
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import NullType

from store.discretion import without_values

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
Found = CursorResult[*tuple[Any, ...]]


class Transaction(AsyncConnection):
    """What every function of the store takes first. Whoever opened it decides when it commits.

    A statement written as `text` with untyped parameters needs nothing of what SQLAlchemy does around one, which takes
    the program three times as long as the driver does: it goes to psycopg as it is. All else goes SQLAlchemy's way, on the
    same connection. Errors, and results but for what only a cursor has, are the same for both.
    """

    async def execute(  # type: ignore[override]  # without execution options
        self, statement: Executable, parameters: Parameters = None
    ) -> Found:
        """Sends the statement and reads its rows. Raises what SQLAlchemy raises."""
        words = self._plain(statement) if isinstance(statement, TextClause) else None
        if words is None or isinstance(parameters, Sequence):
            return await super().execute(statement, parameters)
        for note in self.sync_engine.dispatch.before_cursor_execute:
            note(self.sync_connection, None, words, parameters or {}, None, False)
        return cast(Found, await self._send(words, parameters))

    def _plain(self, statement: TextClause) -> str | None:
        """The statement as psycopg takes it, or None where a type of SQLAlchemy has to say something."""
        if statement not in _WORDS:
            compiled = statement.compile(dialect=self.dialect)
            is_plain = all(isinstance(bind.type, NullType) for bind in compiled.binds.values())
            _WORDS[statement] = str(compiled) if is_plain else None
        return _WORDS[statement]

    async def _send(self, words: str, parameters: Mapping[str, Any] | None) -> "Rows":
        connection = self._driver()
        try:
            cursor = await connection.execute(words, parameters or {})
            columns = cursor.description
            rows = await cursor.fetchall() if columns else []
        except psycopg.Error as error:
            raise await self._translated(error, connection) from error
        except asyncio.CancelledError:
            await self.invalidate()  # nobody knows how far it came
            raise
        return Rows(tuple([column.name for column in columns or ()]), rows, cursor.rowcount)

    def _driver(self) -> psycopg.AsyncConnection[Any]:
        assert self.sync_connection is not None, "the transaction is over"
        return cast("psycopg.AsyncConnection[Any]", self.sync_connection.connection.driver_connection)

    async def _translated(self, error: psycopg.Error, connection: Any) -> Exception:
        """As SQLAlchemy says it. A connection that is lost is not used again."""
        without_values(error)
        is_lost = self.dialect.is_disconnect(cast(Any, error), connection, None)
        raised = DBAPIError.instance(
            None, None, error, psycopg.Error, connection_invalidated=is_lost, dialect=self.dialect
        )
        if is_lost:
            await self.invalidate(raised)
        return raised


_WORDS: WeakKeyDictionary[TextClause, str | None] = WeakKeyDictionary()


_shape = lru_cache(1024)(SimpleResultMetaData)
"""By the names of the columns."""


class Rows(IteratorResult[*tuple[Any, ...]]):
    """What a statement gave."""

    def __init__(self, columns: tuple[str, ...], rows: Sequence[Any], rowcount: int) -> None:
        super().__init__(_shape(columns), iter(rows))
        self.rowcount = rowcount
