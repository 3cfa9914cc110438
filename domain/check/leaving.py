"""Exits and goals: those that are true at entry, and goals that nothing on the path could cause."""

from collections.abc import Iterator, Sequence

from domain.check.contexts import Contexts, places
from domain.check.logic.formula import TRUE, Group, both, formula
from domain.check.logic.refuting import Undecided, refuted
from domain.check.volume.moves import soonest
from domain.compiler import Compiled
from domain.durations import format_duration
from domain.errors import Problem
from domain.events import EventName
from domain.program import Entry, Goal, Notify, Program, Send, Trigger, Webhook

_NEEDS_A_MESSAGE = {
    EventName.MESSAGE_DELIVERED: None,
    EventName.MESSAGE_OPENED: "email",
    EventName.MESSAGE_CLICKED: None,
    EventName.MESSAGE_REPLIED: None,
    EventName.MESSAGE_BOUNCED: None,
    EventName.MESSAGE_COMPLAINED: None,
}
"""What only a message can cause, and by which channel if there is but one."""

_REACHING = (Send, Webhook, Notify)


def check_leaving(compiled: Compiled, contexts: Contexts) -> Iterator[Problem]:
    """Everything there is to say about the exits and the goal."""
    program = compiled.program
    exits = places(compiled.document.get("exit"), "exit")
    yield from _at_entry(program, program.exits, exits, "exit")
    if program.goal is not None:
        goals = places(compiled.document.get("goal"), "goal")
        yield from _at_entry(program, program.goal.triggers, goals, "goal")
        if why := _out_of_reach(program, program.goal):
            remedy = "Send something that leads to it, or choose another goal."
            yield Problem(path="goal", message=f"{why}.", remedy=remedy, code="goal_out_of_reach")


def _at_entry(program: Program, triggers: Sequence[Trigger], paths: Sequence[str], word: str) -> Iterator[Problem]:
    for trigger, path in zip(triggers, paths, strict=True):
        if any(_is_met(entry, trigger) for entry in program.entries):
            event = trigger.events[0]
            yield Problem(
                path=path,
                message=f"Every `{event}` that may start a run meets this {word}: the next one ends the run under way.",
                remedy=f"Choose another event, or add a `where` or `same` that tells the {word} from the entry.",
                code=f"{word}_at_entry",
            )


def _is_met(entry: Entry, trigger: Trigger) -> bool:
    """Whether every event that passes the entry meets the trigger of a run with the same key."""
    events = set(entry.trigger.events)
    if not events & set(trigger.events) or (trigger.same is not None and trigger.same != entry.per):
        return False
    asked = [rule for rule in (entry.trigger.where, entry.trigger.rule) if rule is not None]
    wanted = [rule for rule in (trigger.where, trigger.rule) if rule is not None]
    fails = Group("any", tuple(formula(rule, holds=False) for rule in wanted))
    try:
        return refuted([both(TRUE, *(formula(rule) for rule in asked)), fails], lists=True)
    except Undecided:
        return False


def _out_of_reach(program: Program, goal: Goal) -> str | None:
    """Why nothing in the journey could bring the goal about; None as far as can be told."""
    events = {event for trigger in goal.triggers for event in trigger.events}
    sends = [step for step in program.steps.values() if isinstance(step, Send)]
    if not any(isinstance(step, _REACHING) for step in program.steps.values()) and not _hands_on(program):
        return "No step of this journey reaches anybody, so nothing in it could bring the goal about"
    if events <= _NEEDS_A_MESSAGE.keys() and not any(_may_cause(event, sends) for event in events):
        return f"Only a message could cause {' or '.join(sorted(events))}, and this journey sends none that could"
    if goal.within is not None and goal.counts_from == "entry" and sends and program.start is not None:
        reached = soonest(program.start, program.steps)
        first = min((reached[step.id] for step in sends if step.id in reached), default=None)
        if (
            first is not None
            and first >= goal.within
            and not any(isinstance(s, Webhook) for s in program.steps.values())
        ):
            after, within = format_duration(first), format_duration(goal.within)
            return f"The first message goes out after {after} at the soonest, when the goal's {within} are over"
    return None


def _hands_on(program: Program) -> bool:
    """Whether a step leaves it to others: a person, another journey."""
    return any(step.op in ("start_journey", "task", "approve") for step in program.steps.values())


def _may_cause(event: str, sends: Sequence[Send]) -> bool:
    channel = _NEEDS_A_MESSAGE[EventName(event)]
    return any(channel is None or channel in step.channels for step in sends)
