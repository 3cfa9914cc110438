"""Our errors in Temporal's words, in one place: permanent ones are not retried, and no text of theirs quotes a person's data."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from temporalio.exceptions import ApplicationError

from domain.errors import Conflict, Defect, SojournError
from domain.faults import fault

log = structlog.get_logger(__name__)


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """A SojournError becomes an ApplicationError with its code; anything else its type's name alone.

    Only a defect, or a request that the run has gone beyond, is never retried: everything else may be mended under way.
    """
    try:
        yield
    except ApplicationError:
        raise
    except SojournError as error:
        raise ApplicationError(
            error.message, type=error.code, non_retryable=isinstance(error, Defect | Conflict)
        ) from None
    except Exception as error:
        log.error("activity_failed", **fault(error))
        raise ApplicationError(f"{type(error).__name__} in an activity.", type=type(error).__name__) from None
