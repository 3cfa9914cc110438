"""The courses of the runs in a world, read off its record."""

from uuid import UUID

from lab.figures.course import Course, Sent, held_of
from lab.world import World


def courses_of(world: World, *, leaving_out: frozenset[UUID] = frozenset()) -> list[Course]:
    """How each run of the world went, in the order of entry."""
    courses = {
        run.row.id: Course(
            run=run.row.id,
            event=str(run.row.entry.get("event_id", "")),
            entered_at=run.row.entered_at,
            key=run.row.key,
            version=run.row.version,
            ghost=run.row.ghost,
            waiting=tuple(run.waits_at),
            ended=run.row.ended_reason,
            ended_at=run.row.ended_at,
            parked=run.state.parked if run.state is not None else None,
            converted_at=run.row.converted_at,
            value=run.row.conversion_value,
        )
        for run in world.runs
        if run.row.id not in leaving_out
    }
    for letter in world.customer.letters:
        if letter.state != "refused" and letter.message.run_id in courses:
            message = letter.message
            sent = Sent(letter.claimed_at, message.step, letter.visit, message.channel, message.template)
            courses[message.run_id].sent.append(sent)
    for one in world.record.decisions:
        course = courses.get(one.subject.run) if one.subject.run is not None else None
        if course is not None and one.decision.kind == "gate":
            held = held_of(one.at, one.decision.step, one.decision.outcome, one.decision.detail)
            if held is not None:
                course.held.append(held)
    return list(courses.values())
