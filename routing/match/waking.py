"""Waking: exits and goals of a customer's runs first, then what they listen for. What was met is listed, never doubted."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from domain.events import EventName
from domain.listening import hears, meets
from domain.program import Goal, Listen, Program, Trigger
from domain.rules.references import found
from routing.batch.applied import Applied
from routing.match.knowing import Knowledge, Questions, as_run
from routing.match.plan import UNDER_WAY, Plan
from store.run.rows import RunRow

AWAKE = ("running", "parked")
"""Runs that are told what they hear. A parked one listens only where it goes several ways and another of them waits."""


@dataclass(slots=True)
class Ears:
    """What a batch's runs may hear: their programs, their listens once read, ended runs that may still convert."""

    programs: dict[tuple[str, int], Program] = field(default_factory=dict)
    listens: dict[UUID, list[Listen]] = field(default_factory=dict)
    past: dict[UUID, list[RunRow]] = field(default_factory=dict)
    first_sends: dict[UUID, datetime] = field(default_factory=dict)

    def program(self, run: RunRow) -> Program:
        return self.programs[run.journey, run.version]

    def listening(self, run: RunRow, name: str) -> list[Listen]:
        """The run's listens, if any of them may mean an event of this name."""
        if run.status not in AWAKE or not any(
            name in listen.get("events", ()) or listen.get("kind") == "rule" for listen in run.listens
        ):
            return []
        if run.id not in self.listens:
            self.listens[run.id] = [Listen.model_validate(listen) for listen in run.listens]
        return self.listens[run.id]


def goal_triggers(program: Program) -> tuple[Trigger, ...]:
    return program.goal.triggers if program.goal else ()


def ask(questions: Questions, ears: Ears, applied: Applied, run: RunRow) -> None:
    """Notes the rules that `wake` will ask about this run."""
    program = ears.program(run)
    for trigger in (*goal_triggers(program), *program.exits):
        if applied.name in trigger.events:
            questions.ask(applied.customer, trigger.where, trigger.rule, run=run)
    for listen in ears.listening(run, applied.name):
        questions.ask(applied.customer, listen.where, listen.rule, run=run)


def wake(plan: Plan, knowledge: Knowledge, ears: Ears, applied: Applied) -> None:
    """Ends or wakes the customer's runs for one event. Asked before `enter`: the event that starts a run does not end it."""
    for run in plan.runs[applied.customer]:
        if run.status == "ended":
            continue
        if applied.name == EventName.STOP_REQUESTED:
            _stop(plan, applied, run)
        if _met(goal_triggers(ears.program(run)), knowledge, applied, run):
            _reach_goal(plan, ears, applied, run)
        elif run.status in UNDER_WAY and (exit_ := _met(ears.program(run).exits, knowledge, applied, run)):
            plan.leave(run, f"exit:{exit_.id}", event=applied.name, event_id=str(applied.id))
        if run.status in AWAKE and applied.position > run.heard:
            for listen in ears.listening(run, applied.name):
                if hears(listen, applied.name, knowledge.at(applied, run), as_run(run)):
                    plan.signal(run, "heard", applied=applied, listen=listen.id)
    for run in ears.past.get(applied.customer, ()):
        if run.converted_at is None and _met(goal_triggers(ears.program(run)), knowledge, applied, run):
            _convert(plan, ears, applied, run)


def _met(triggers: tuple[Trigger, ...], knowledge: Knowledge, applied: Applied, run: RunRow) -> Trigger | None:
    for trigger in triggers:
        if applied.name in trigger.events and meets(trigger, applied.name, knowledge.at(applied, run), run.key):
            return trigger
    return None


def _stop(plan: Plan, applied: Applied, run: RunRow) -> None:
    """Another run of the customer says that this journey's runs are to end; it never means itself."""
    said = applied.properties
    if run.journey == said.get("stop") and run.status in UNDER_WAY and str(run.id) != said.get("run_id"):
        plan.leave(run, f"stopped:{said.get('journey')}", event=applied.name, event_id=str(applied.id))


def _reach_goal(plan: Plan, ears: Ears, applied: Applied, run: RunRow) -> None:
    """The run leaves as `goal`; it counts as a conversion only within the goal's window (semantics 22)."""
    if run.converted_at is None:
        _convert(plan, ears, applied, run)
    if run.status in UNDER_WAY:
        plan.leave(run, "goal", event=applied.name, event_id=str(applied.id))


def _convert(plan: Plan, ears: Ears, applied: Applied, run: RunRow) -> None:
    goal = ears.program(run).goal
    if goal is None or not _is_within(goal, ears, applied, run):
        return
    run.converted_at = applied.accepted_at
    run.conversion_value = _value(goal, applied)
    plan.changed[run.id] = run
    detail: dict[str, JsonValue] = {"event": applied.name, "event_id": str(applied.id), "value": run.conversion_value}
    plan.log(run, "goal", "converted", **detail)


def _is_within(goal: Goal, ears: Ears, applied: Applied, run: RunRow) -> bool:
    """Without `within` a goal counts for ever. Nothing is counted from a first send before there is one."""
    begin = ears.first_sends.get(run.id) if goal.counts_from == "first_send" else run.entered_at
    if begin is None:
        return False
    return goal.within is None or applied.accepted_at - begin <= goal.within / run.time_scale


def _value(goal: Goal, applied: Applied) -> float | None:
    """The worth of the goal's event: a number, or a number written as text."""
    values = found(applied.properties, goal.value) if goal.value else []
    if not values or isinstance(values[0], bool) or not isinstance(values[0], int | float | str):
        return None
    try:
        return float(values[0])
    except ValueError:
        return None
