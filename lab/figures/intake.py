"""What an intake means for figures of people who do not know of each other: how far it would really have been too narrow."""

from collections.abc import Sequence

from domain.durations import format_duration
from domain.entering import rate_of
from domain.program import Program
from lab.figures.calendar import DAY, Days
from lab.figures.words import number


def crowding(program: Program, entered_per_day: Sequence[int], days: Days) -> tuple[str, ...]:
    """What has to be said of the journey's intake; nothing without one."""
    rate = rate_of(program)
    if rate is None:
        return ()
    told = (
        f"The journey lets in {rate.count}/{format_duration(rate.per)}, but people are looked at one by one: here nobody queues"
        " for others."
    )
    most = rate.count * (DAY / rate.per)
    daily = number(int(most)) if most >= 10 else f"{most:.1f}"
    crowded = [day for day, count in enumerate(entered_per_day) if count > most]
    if not crowded:
        rest = f"On no day do more enter than are let in on one ({daily}): only rushes within a day would have queued."
        return (f"{told} {rest}",)
    worst = max(crowded, key=entered_per_day.__getitem__)
    return (
        f"{told} On {len(crowded)} of {len(entered_per_day)} days more enter than are let in on one ({daily}), most on"
        f" {days.name(worst)} ({number(entered_per_day[worst])}): there people would have queued, and everything after that would"
        " have come later than it stands here.",
    )
