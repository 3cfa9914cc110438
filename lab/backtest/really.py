"""How the real runs of a person went, up to the end of the window: read off the run table, the ledger and the decision log."""

from collections.abc import Iterable
from datetime import datetime

from domain.recorded import RecordedPerson, RecordedRun
from lab.figures.course import Course, Sent, held_of

NOT_SENT = ("released", "refused")


def really(person: RecordedPerson, runs: Iterable[RecordedRun], until: datetime) -> list[Course]:
    """The courses of these runs, in the order of entry."""
    courses = {run.id: _course(run, until) for run in runs}
    for message in person.messages:
        if message.run in courses and message.state not in NOT_SENT and message.claimed_at < until:
            sent = Sent(message.claimed_at, message.step, message.visit, message.channel, message.template)
            courses[message.run].sent.append(sent)
    for decision in person.decisions:
        course = courses.get(decision.run) if decision.run is not None else None
        if course is not None and decision.kind == "gate" and decision.at < until:
            held = held_of(decision.at, decision.step, decision.outcome, decision.detail)
            if held is not None:
                course.held.append(held)
    return sorted(courses.values(), key=lambda course: (course.entered_at, course.run))


def _course(run: RecordedRun, until: datetime) -> Course:
    has_ended = run.ended_at is not None and run.ended_at < until
    return Course(
        run=run.id,
        event=run.event,
        entered_at=run.entered_at,
        key=run.key,
        version=run.version,
        ghost=run.ghost,
        waiting=(run.step,) if run.step is not None and not has_ended else (),
        ended=run.ended_reason if has_ended else None,
        ended_at=run.ended_at if has_ended else None,
        converted_at=run.converted_at if run.converted_at is not None and run.converted_at < until else None,
        value=run.conversion_value,
    )
