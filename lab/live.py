"""The journeys that are live in the lab's world, with what never changes about them worked out once for many customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from domain.program import Program
from lab.coverage import going_on
from lab.names import Names, names_in
from lab.rendering import Renderer
from routing.match.triggers import Triggers, index
from routing.match.waking import goal_triggers


@dataclass(frozen=True)
class Live:
    """Journeys, the way they are asked for by events."""

    programs: Sequence[Program]

    @cached_property
    def by_name(self) -> dict[str, Program]:
        return {program.journey: program for program in self.programs}

    @cached_property
    def by_version(self) -> dict[tuple[str, int], Program]:
        return {(program.journey, program.version): program for program in self.programs}

    @cached_property
    def plain(self) -> dict[str, frozenset[str]]:
        """Of each journey the steps from which there is one way only."""
        return {program.journey: going_on(program) for program in self.programs}

    @cached_property
    def triggers(self) -> Triggers:
        """What an event can start, and the journeys that have it as their goal."""
        goals: dict[str, set[str]] = {}
        for program in self.programs:
            for trigger in goal_triggers(program):
                for name in trigger.events:
                    goals.setdefault(name, set()).add(program.journey)
        return index(list(self.programs), goals)

    @cached_property
    def names(self) -> Names:
        """What scenarios may speak of."""
        return names_in(self.programs)

    @cached_property
    def renderer(self) -> Renderer:
        """Makes the messages of all customers."""
        return Renderer()

    @cached_property
    def endings(self) -> frozenset[str]:
        """The events that may be the goal or an exit of a run."""
        return frozenset(
            name
            for program in self.programs
            for trigger in (*goal_triggers(program), *program.exits)
            for name in trigger.events
        )
