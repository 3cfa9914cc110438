"""What running a version in shadow cannot show, said plainly: in general, and for the steps of this program."""

from collections.abc import Iterator

from domain.program import (
    Approve,
    Branch,
    Program,
    Repeat,
    Score,
    SetAttributes,
    StartJourney,
    StopJourney,
    Subscribe,
    WaitFor,
    Webhook,
)
from domain.rules.needs import needs

ALWAYS = (
    "Nobody can open, click or answer a message that was not sent: reactions to the shadow's own messages never happen, and "
    "reactions to those of the live version are not taken for them.",
    "What people did because of the live version's messages, goals and exits too, happened to the shadow as well.",
)


def unknowable(program: Program) -> tuple[str, ...]:
    """Sentences for people, the general ones first."""
    return (*ALWAYS, *_of_steps(program))


def _of_steps(program: Program) -> Iterator[str]:
    steps = program.steps.values()
    for step in steps:
        match step:
            case WaitFor() if any(listen.kind == "reaction" for listen in step.listens):
                yield f"{step.id} waits for a reaction, which in shadow never comes: it always runs into its time-out."
            case Branch() if needs([case.rule for case in step.cases]).reactions:
                yield f"{step.id} asks about reactions: in shadow the answer is always that there was none."
            case Repeat(until=rule) if rule is not None and needs([rule]).reactions:
                yield f"{step.id} repeats until a reaction, which in shadow never comes."
            case Webhook() if step.gather_as:
                yield f"{step.id} keeps what the webhook answers: in shadow it is not called, and keeps nothing."
            case Approve():
                yield f"{step.id} asks nobody in shadow: what the answer would have been is not known."
            case StartJourney() | StopJourney():
                yield f"{step.id} neither starts nor stops {step.journey} in shadow, and nothing of it is heard."
    changing = sorted(step.id for step in steps if isinstance(step, SetAttributes | Score | Subscribe))
    if changing:
        names = ", ".join(changing)
        yield f"What the shadow would change about people is not changed ({names}): rules see them as the live version left them."
