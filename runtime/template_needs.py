"""What the templates of a journey's sends need from the run, against what the journey supplies."""

from collections.abc import Iterator

from domain.errors import Problem
from domain.program import Program, Send, Silence, Stage, StartJourney, Wait, WaitFor, Webhook
from store.database import Transaction
from store.journey import templates


async def unmet_needs(tx: Transaction, program: Program) -> list[Problem]:
    """A problem for every `run.` name and `item` that a template uses and nothing in the journey supplies.

    Templates that do not exist are the compiler's to report.
    """
    supplied = {*program.inputs, *_gathered(program)}
    has_item = any(entry.each for entry in program.entries)
    problems = []
    for step in program.steps.values():
        if isinstance(step, Send):
            for channel in step.channels:
                problems += await _unmet(tx, step, channel, supplied, has_item)
    return problems


async def _unmet(tx: Transaction, step: Send, channel: str, supplied: set[str], has_item: bool) -> list[Problem]:
    template = await templates.live(tx, channel, step.template)
    if template is None:
        return []
    place = f"step {step.id}: {channel}/{step.template}"
    problems = [
        Problem(
            path=place,
            message=f"the template uses run.{name}, which nothing in this journey supplies.",
            remedy=f"Declare `inputs: {{{name}: text}}`, or keep an event with `as: {name}`.",
            code="unsupplied_variable",
        )
        for name in template.compiled.run_names
        if name not in supplied
    ]
    if template.compiled.needs_item and not has_item:
        remedy = "Write `each: items` beside the entry's trigger."
        message = "the template uses item, and no entry of this journey starts a run for each element."
        problems.append(Problem(path=place, message=message, remedy=remedy, code="unsupplied_variable"))
    return problems


def _gathered(program: Program) -> Iterator[str]:
    for step in program.steps.values():
        match step:
            case WaitFor(listens=listens) | StartJourney(listens=listens):
                yield from (listen.gather_as for listen in listens if listen.gather_as)
            case Stage(until=listen) | Wait(until=Silence(listen=listen)) if listen.gather_as:
                yield listen.gather_as
            case Webhook(gather_as=str() as name):
                yield name
