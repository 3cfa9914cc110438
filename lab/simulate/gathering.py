"""Many made-up customers: totals, and the report of them."""

from collections.abc import Iterable
from datetime import timedelta

from domain.calendar import zone_of
from lab.figures.calendar import Days
from lab.figures.courses import courses_of
from lab.figures.intake import crowding
from lab.figures.report import Report, figures
from lab.figures.tally import Tally
from lab.simulate.living import Setting, live

NOTES = (
    "The customers are made up: the figures are worth as much as the model.",
    "Nothing fails here: providers take every message, webhooks answer 200, colleagues are told.",
)


def days_of(setting: Setting) -> Days:
    """The days of the simulation."""
    return Days(setting.start, zone_of({}, setting.account)[0])


def gather(numbers: Iterable[int], setting: Setting) -> Tally:
    """The totals of the customers with these numbers."""
    tally, days = Tally(), days_of(setting)
    for number in numbers:
        life = live(number, setting)
        tally.person(life.world, courses_of(life.world), days, setting.end)
        if life.endless:
            tally.unknown["endless",] += 1
    return tally


def report_of(tally: Tally, setting: Setting, tried: str) -> Report:
    """The report of a simulation."""
    program = setting.program
    days = days_of(setting)
    found = figures(program, tally, None, days, setting.end)
    return Report(
        kind="simulation",
        journey=program.journey,
        title=program.title or program.journey,
        tried=tried,
        since=setting.start,
        until=setting.start + timedelta(days=setting.days),
        seed=setting.seed,
        notes=(*crowding(program, found["entered_per_day"], days), *NOTES),
        **found,
    )
