"""Runs that were under way when the window begins. They stay as they were: the draft neither drives them nor sends for them."""

from datetime import datetime

from domain.engine.inputs import Input
from domain.engine.state import Moment
from domain.program import Program
from domain.recorded import RecordedRun
from lab.driver import LabRun
from lab.world import World
from store.run.rows import RunRow


class StandingRun(LabRun):
    """A run that only stands in the way of others: repeats meet it, exits and goals end it, and so does its recorded end."""

    def __init__(self, world: World, program: Program, row: RunRow, ends_at: datetime | None) -> None:
        super().__init__(world, program, row)
        self._ends_at = ends_at

    @property
    def due(self) -> datetime | None:
        """When it really ended."""
        return self._ends_at if self.row.status != "ended" else None

    def take(self, given: Input) -> None:
        """Whatever is delivered: it is over, or goes on as before."""
        if given.kind == "leave":
            self._end()

    def time_up(self) -> None:
        self._end()

    def _end(self) -> None:
        self.row.status, self.row.ended_at = "ended", self.world.now

    @property
    def inexact(self) -> Moment:
        return Moment(at=self.world.now, position=self.row.entry_position, is_exact=False)


def standing_run(world: World, program: Program, run: RecordedRun) -> StandingRun:
    """The run as the window finds it."""
    row = RunRow(
        id=run.id,
        journey=program.journey,
        version=program.version,
        customer=world.customer.id,
        key=run.key,
        status="running",
        entered_at=run.entered_at,
        ghost=run.ghost,
        entry=run.entry,
        gathered=run.gathered,
    )
    return StandingRun(world, program, row, run.ended_at)
