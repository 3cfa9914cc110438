"""The report of a back-test, with what it cannot know."""

from collections.abc import Sequence

from domain.program import Program
from lab.backtest.assessing import Result
from lab.backtest.replaying import Draft
from lab.figures.calendar import Days
from lab.figures.intake import crowding
from lab.figures.report import Report, figures

EXAMPLES = 200
"""People who stand in a report."""

ALWAYS = (
    "Nobody can know how people would have reacted to messages that they never got: such messages stay unanswered here.",
    "Reactions to messages that the draft sends too are taken as they were, even where the draft sends at another time.",
    "Account settings, topics and templates are those of today, and so is the choice of customers; profiles, scores, consents"
    " and suppressions are as they were. Suppressions that were lifted since are not known.",
    "Other journeys are not run anew: what they changed and sent counts as it was, whatever the draft does.",
    "What operators ordered (pause, stop, skip) is not repeated.",
)
"""What is true of every back-test."""


def report_of(
    program: Program,
    draft: Draft,
    days: Days,
    result: Result,
    *,
    tried: str,
    against: int | None,
    notes: Sequence[str] = (),
) -> Report:
    """The whole report. `tried` is how people call the draft; `against` the version that it is compared with."""
    found = figures(program, result.draft, result.real, days, draft.until)
    crowded = crowding(program, found["entered_per_day"], days)
    intake = (*crowded, "Runs that there really were are let in when they were.") if crowded else ()
    return Report(
        kind="backtest",
        journey=program.journey,
        title=program.title or program.journey,
        tried=tried,
        against="what really happened" if against is None else f"what version {against} really did",
        since=draft.since,
        until=draft.until,
        examples=tuple(result.examples[:EXAMPLES]),
        notes=(*notes, *intake, *ALWAYS),
        **found,
    )
