"""What scenarios may name in the journeys that are live: their steps, templates, ends. Worked out once for many scenarios."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.program import Approve, Exit, Program, Send, Split, StopJourney

Known = dict[str, None]
"""Names in their order, each once."""

_ENDS = ("finished", "goal", "exit:past", "exit:late", "exit:failure", "stopped:scenario", "stopped:restart")


@dataclass(frozen=True, slots=True)
class Names:
    """`steps` and `approvals` also with their journey in front; `arms` are those of each split."""

    journeys: Known
    steps: Known
    arms: dict[str, Known]
    approvals: Known
    templates: Known
    ends: Known
    has_holdout: bool


def names_in(programs: Sequence[Program]) -> Names:
    """The names of these journeys."""
    steps = [(program.journey, step) for program in programs for step in program.steps.values()]
    approvals = [(journey, step) for journey, step in steps if isinstance(step, Approve)]
    plain = [step.id for _, step in steps]
    return Names(
        journeys=dict.fromkeys(program.journey for program in programs),
        steps=dict.fromkeys([*plain, *(f"{journey}/{step.id}" for journey, step in steps)]),
        arms={step.id: dict.fromkeys(arm.name for arm in step.arms) for _, step in steps if isinstance(step, Split)},
        approvals=dict.fromkeys(name for journey, step in approvals for name in (step.id, f"{journey}/{step.id}")),
        templates=dict.fromkeys(_templates(programs)),
        ends=dict.fromkeys([*_ENDS, *_exits(programs)]),
        has_holdout=any(entry.holdout > 0 for program in programs for entry in program.entries),
    )


def _templates(programs: Sequence[Program]) -> Iterator[str]:
    for program in programs:
        for step in program.steps.values():
            if isinstance(step, Send):
                yield from (f"{channel}/{step.template}" for channel in step.channels)


def _exits(programs: Sequence[Program]) -> Iterator[str]:
    for program in programs:
        yield from (f"exit:{trigger.id}" for trigger in program.exits)
        yield from (f"exit:{step.reason}" for step in program.steps.values() if isinstance(step, Exit))
        yield from (f"stopped:{program.journey}" for step in program.steps.values() if isinstance(step, StopJourney))
