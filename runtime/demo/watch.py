"""What a spectator sees: on a terminal a table that lives, elsewhere a line for everything that happens."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from runtime.demo.people import Person
from runtime.demo.runs import Run
from runtime.demo.verdict import Got
from runtime.demo.wording import message_of

_LINES = 14
_SIGNS = {"enters": "green", "waits": "blue", "gets": "yellow", "ends": "magenta"}


class Watch:
    """Shows runs entering, waiting, sending and ending. Times are days since the opening."""

    def __init__(self, console: Console, customers: int) -> None:
        self._console = console
        self._customers = customers
        self._day = 0.0
        self._runs: dict[str, Run] = {}
        self._mail = 0
        self._texts = 0
        self._lines: deque[Text] = deque(maxlen=_LINES)
        self._live: Live | None = None

    @contextmanager
    def showing(self) -> Iterator[None]:
        """The table is on the screen, if there is one."""
        if not self._console.is_terminal:
            yield
            return
        with Live(self._picture(), console=self._console, auto_refresh=False) as self._live:
            yield
        self._live = None

    def update(self, day: float, *, runs: Sequence[Run] = (), post: Sequence[tuple[Person, Got]] = ()) -> None:
        """Shows what is new on this day."""
        self._day = day
        for run in runs:
            self._tell_of_run(run)
        for person, got in post:
            self._mail += got.channel == "email"
            self._texts += got.channel == "sms"
            known = message_of(got.text, person) or got.channel
            self._tell(person, "gets", f"{known}  “{got.text[:60]}”")
        if self._live is not None:
            self._live.update(self._picture(), refresh=True)

    def _tell_of_run(self, run: Run) -> None:
        before = self._runs.get(run.id)
        self._runs[run.id] = run
        if before is None:
            self._tell(run.person, "enters", run.journey)
        if run.status == "ended":
            self._tell(run.person, "ends", f"{run.journey}  {run.ended_reason}")
        elif run.is_waiting and (before is None or run.place != before.place):
            self._tell(run.person, "waits", f"{run.journey}  at {run.place}")

    def _tell(self, person: Person, what: str, words: str) -> None:
        line = Text.assemble(
            (f"day {self._day:5.1f}  ", "dim"), f"{person.name:<18} ", (f"{what:<7}", _SIGNS[what]), words
        )
        if self._live is None:
            self._console.print(line, soft_wrap=True)
        else:
            line.truncate(self._console.width, overflow="ellipsis")
            self._lines.append(line)

    def _picture(self) -> Group:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("journey", "entered", "under way", "finished", "goal", "left"):
            table.add_column(column, justify="left" if column == "journey" else "right")
        for journey in sorted({run.journey for run in self._runs.values()}):
            ends = Counter(_end(run) for run in self._runs.values() if run.journey == journey)
            counts = (ends.total(), ends["under way"], ends["finished"], ends["goal"], ends["left"])
            table.add_row(journey, *map(str, counts))
        came = len({run.person.user_id for run in self._runs.values()})
        title = Text.assemble(
            (f"Day {self._day:.1f} of the shop", "bold"),
            f"   {came} of {self._customers} customers are or were on a journey   {self._mail} mails   {self._texts} texts",
        )
        return Group(title, Text(), table, Text(), *self._lines)


def _end(run: Run) -> str:
    if run.status != "ended":
        return "under way"
    return run.ended_reason if run.ended_reason in ("finished", "goal") else "left"
