"""Facts as one run sees them."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.rules.facts import Facts, Reaction

RunRow = Mapping[str, Any]
"""A run row, or as much of it: `id`, `entry`, `gathered`."""


def seen_by(facts: Facts, run: RunRow, reactions: Sequence[Reaction] = ()) -> Facts:
    """A customer's facts as one of their runs sees them: with its event, element, inputs and what it has gathered."""
    entry = run["entry"]
    return facts._replace(
        event=entry.get("properties") or {},
        run={**(entry.get("inputs") or {}), **run["gathered"]},
        item=entry.get("item"),
        reactions=tuple(reactions),
    )
