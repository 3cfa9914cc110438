"""Pages of lists: a limit that is bounded, and a cursor that an earlier page gave."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from domain.cursors import Cursor, read_cursor
from domain.frozen import Frozen

MOST = 200


class Paging(Frozen):
    """What every list takes. As query parameters, unknown ones are refused."""

    cursor: str | None = Field(None, max_length=200, description="`next_cursor` of the page before.")
    limit: int = Field(50, ge=1, le=MOST, description="How many at most.")

    @property
    def after(self) -> Cursor | None:
        """Raises InvalidInput when the cursor is none of ours."""
        return read_cursor(self.cursor) if self.cursor else None


PagingQuery = Annotated[Paging, Query()]
"""For lists without filters."""
