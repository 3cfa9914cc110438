"""Where a page of a list ended: a time and an id, so that rows which arrive meanwhile neither repeat nor hide anything."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

from domain.errors import InvalidInput
from domain.frozen import Frozen


class Cursor(Frozen):
    """The last row of a page. The next page holds what is older than it, in the order (time, id)."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(f"{self.at.isoformat()} {self.id}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """The cursor that an earlier answer gave as `next_cursor`. Raises InvalidInput for anything else."""
    try:
        at, _, row = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
        cursor = Cursor(at=datetime.fromisoformat(at), id=UUID(row))
    except (ValueError, binascii.Error):
        cursor = None
    if cursor is None or cursor.at.tzinfo is None:
        raise InvalidInput(
            "cursor: this is not a cursor. Send back the `next_cursor` of the page before, unchanged.",
            code="invalid_cursor",
        )
    return cursor
