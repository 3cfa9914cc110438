"""Operations: one order to many runs. What workflow, activity, store and API say to each other about them.

| kind      | what it does with each run                                              |
|-----------|-------------------------------------------------------------------------|
| retry     | tries the step of a parked run again                                    |
| skip_step | lets a parked run go on behind its step                                 |
| end       | ends the run                                                            |
| pause     | holds the run                                                           |
| resume    | lets a paused run go on                                                 |
| migrate   | moves the run to another version of its journey                         |
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, JsonValue

from domain.frozen import Frozen

OPERATION = "OperationWorkflow"
OPERATE = "operate_batch"
WAKE = "wake"
"""The one signal: the operation's row says something new."""

OPERATIONS_QUEUE = "operations"

RATE = 50.0
"""Runs a second, unless the operator says otherwise."""

OperationKind = Literal["retry", "skip_step", "end", "pause", "resume", "migrate"]
OperationStatus = Literal["planned", "running", "paused", "done", "cancelled"]
OperationWord = Literal["pause", "resume", "cancel"]
ItemResult = Literal["done", "skipped", "failed"]


def operation_workflow_id(operation: UUID) -> str:
    """The fixed workflow id of an operation: starting it twice is a no-op."""
    return f"operation/{operation}"


class OperationStart(Frozen):
    """What starts an operation's workflow: everything else is in its row."""

    operation: UUID


class Batch(Frozen):
    """Asks for some more of an operation's runs; `is_cancelled` that no more be touched."""

    operation: UUID
    is_cancelled: bool = False


class Progress(Frozen):
    """How far an operation has come. `total` counts its runs, the others those with that outcome."""

    status: OperationStatus
    total: int
    done: int
    skipped: int
    failed: int


class ItemOutcome(Frozen):
    """What became of one run, and why if it was left alone."""

    outcome: ItemResult
    note: str = ""


class NewOperation(Frozen):
    """An operation to be made. `parameters` are its action's own."""

    kind: OperationKind
    by: str
    journey: str | None = None
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    reason: str = ""
    rate: float = RATE


class OperationRecord(Frozen):
    """One operation. `rate` is runs a second at most; what of `total` is not done, skipped or failed is still to come."""

    id: UUID
    kind: OperationKind
    journey: str | None
    parameters: dict[str, JsonValue]
    reason: str
    rate: float
    status: OperationStatus
    total: int
    done: int
    skipped: int
    failed: int
    created_by: str
    created_at: datetime
    finished_at: datetime | None


class ItemRecord(Frozen):
    """What became of one run of an operation; `outcome` null: nothing yet."""

    run: UUID
    position: int
    outcome: ItemResult | None
    note: str
    at: datetime | None
