"""How the lab speaks of moments: as spans after the start."""

from datetime import timedelta

from domain.durations import format_duration


def spell(offset: timedelta) -> str:
    """`0`, `2d`, `1d4h30m`."""
    return format_duration(offset) if offset >= timedelta(seconds=1) else "0"
