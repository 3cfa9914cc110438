"""How a run begins: from its row to what the engine knows of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.engine.state import EventRef, Moment, Run
from store.run.rows import RunRow, StartRow


def run_of(row: StartRow | RunRow) -> Run:
    """The run as the engine begins it. What `entry` holds: routing.attempts.entry_of."""
    entry: Mapping[str, Any] = row.entry
    accepted_at = datetime.fromisoformat(entry["accepted_at"])
    return Run(
        id=row.id,
        customer=row.customer,
        journey=row.journey,
        version=row.version,
        key=row.key,
        entry=EventRef(id=entry["event_id"], position=entry["position"], accepted_at=accepted_at),
        entered=Moment(at=row.entered_at, position=entry["position"]),
        ghost=row.ghost,
        shadow=row.shadow,
        time_scale=row.time_scale,
    )
