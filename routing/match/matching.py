"""What follows from a batch of applied events: loads what must be known, then asks event by event, in order."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.account import Account
from domain.rules.needs import needs
from routing.batch.applied import Applied
from routing.match import entering, waking
from routing.match.attempts import Attempt, attempts
from routing.match.knowing import Knowledge, Questions
from routing.match.plan import Plan
from routing.match.trigger_index import TriggerIndex
from routing.match.triggers import Triggers
from routing.match.waking import Ears
from store.customer import facts
from store.database import Transaction
from store.run import entries, listening
from store.run.rows import RunRow


async def match(tx: Transaction, index: TriggerIndex, account: Account, plan: Plan, events: Sequence[Applied]) -> None:
    """Fills the plan. The customers' locks are held; their events are written.

    Two statements when nothing matches; at most seven more for what rules, goals and re-entry have to know.
    """
    triggers = await index.read(tx)
    told = [applied for applied in events if not applied.is_machine]
    plan.know(await listening.living(tx, {applied.customer for applied in told}))
    ears = await _listen(tx, index, triggers, plan, told)
    tried = {applied.id: attempts(triggers, applied) for applied in told}
    knowledge = await _load(tx, _questions(ears, plan, told, tried), plan.now, account)
    every = [attempt for found in tried.values() for attempt in found]
    latest = await entries.latest(tx, {attempt.passage for attempt in every if entering.needs_history(attempt)})
    for applied in told:
        waking.wake(plan, knowledge, ears, applied)
        entering.enter(plan, knowledge, applied, tried[applied.id], latest)


async def _listen(
    tx: Transaction, index: TriggerIndex, triggers: Triggers, plan: Plan, told: Sequence[Applied]
) -> Ears:
    """The programs of everyone under way, and the ended runs that one of the events may still convert."""
    ears = Ears()
    names = {applied.name for applied in told} & triggers.goals.keys()
    buyers = {applied.customer for applied in told if applied.name in names}
    past = await listening.unconverted(tx, buyers, {journey for name in names for journey in triggers.goals[name]})
    for run in past:
        ears.past.setdefault(run.customer, []).append(run)
    living = [run for runs in plan.runs.values() for run in runs]
    for program in triggers.programs:
        ears.programs[program.journey, program.version] = program
    for run in (*living, *past):
        if (run.journey, run.version) not in ears.programs:
            program = await index.catalog.program(tx, run.journey, run.version)
            ears.programs[run.journey, run.version] = program
    ears.first_sends = await listening.first_sends(
        tx, {run.id for run in (*living, *past) if _counts(ears, run, names)}
    )
    return ears


def _counts(ears: Ears, run: RunRow, names: set[str]) -> bool:
    """Whether the run's window begins with its first send, and one of the events may be its goal."""
    goal = ears.program(run).goal
    if goal is None or goal.counts_from != "first_send":
        return False
    return any(name in trigger.events for trigger in goal.triggers for name in names)


def _questions(ears: Ears, plan: Plan, told: Sequence[Applied], tried: dict[UUID, list[Attempt]]) -> Questions:
    questions = Questions()
    for applied in told:
        for attempt in tried[applied.id]:
            questions.ask(applied.customer, attempt.entry.trigger.where, attempt.entry.trigger.rule)
        for run in (*plan.runs.get(applied.customer, ()), *ears.past.get(applied.customer, ())):
            waking.ask(questions, ears, applied, run)
    return questions


async def _load(tx: Transaction, questions: Questions, now: datetime, account: Account) -> Knowledge:
    """Loads what was asked for."""
    knowledge = Knowledge(now, account)
    if questions.rules:
        needed = needs(questions.rules.values())
        knowledge.facts = await facts.load_many(tx, questions.customers, needed, now=now, account=account)
    if questions.runs:
        knowledge.reactions = await facts.load_reactions(tx, questions.customers, questions.runs)
    return knowledge
