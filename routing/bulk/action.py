"""What an operation does with one run."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from pydantic import JsonValue
from temporalio.client import Client

from domain.operations import ItemOutcome
from store.database import Database
from store.journey.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Context:
    """What an action works with. Orders to workflows carry `operation` as their update id: Temporal then obeys each once."""

    db: Database
    catalog: Catalog
    client: Client
    operation: UUID


Parameters = Mapping[str, JsonValue]

Action = Callable[[Context, UUID, Parameters, str], Awaitable[ItemOutcome]]
"""Acts on one run, on whose behalf the last argument says. Safe to repeat: a worker may die before the outcome is written.

Raises Conflict or NotFound for a run that cannot obey, which is then listed as skipped with the reason, and Unavailable to
be tried again.
"""
