"""From what is typed to the report: which draft, which window, whom; runs it, and shows what came of it."""

from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cli.backtest import checkpoint
from cli.backtest.checkpoint import Question
from cli.backtest.choosing import Chosen, choose
from cli.backtest.keeping import Keeping, listing
from cli.backtest.running import Progress, run
from cli.backtest.window import known_window, moment
from cli.backtest.working import Part, Task
from cli.installation import installation
from cli.reporting import progress_bar, say, show
from content.folder import read_text
from content.yaml import read_documents
from domain.durations import parse_duration
from domain.errors import InvalidDocument, InvalidInput, Unavailable
from domain.rules.parse import parse_rule
from domain.rules.rule import Rule
from lab.backtest.hearing import entries_of
from lab.backtest.replaying import Draft
from lab.backtest.reporting import report_of
from store.database import Database
from store.recorded.people import Window, recorded_from

if TYPE_CHECKING:
    from cli.backtest.command import Wish

SINCE = "90d"


@dataclass(frozen=True)
class Asked:
    """What is asked of the database, and what has to be said beside the answer."""

    chosen: Chosen
    task: Task
    window: Window
    question: Question
    notes: tuple[str, ...]


async def ask(wish: "Wish", now: datetime) -> bool:
    """Runs the back-test and shows the report; False when it was interrupted. Raises what the parts raise."""
    if wish.html is not None and not wish.html.parent.is_dir():
        raise InvalidInput(f"there is no folder {wish.html.parent} for the page.")
    known = checkpoint.read(wish.resume) if wish.resume is not None else None
    asked = await _prepare(wish, known.question if known else None, now)
    if known is not None and wish.resume is not None:
        checkpoint.refuse_other(wish.resume, known.question, asked.question)
    progress = Progress(known.result, known.done, after=known.after) if known else Progress()
    file = wish.checkpoint or wish.resume or Path(f"{asked.question.journey}.backtest.json")
    with listing(wish.people, known) as stories:
        keeping = Keeping(file, asked.question, stories)
        await _run(asked, progress, keeping, wish.jobs)
        if progress.interrupted:
            _leave(keeping, progress)
            return False
    report = report_of(
        asked.chosen.program,
        asked.task.draft,
        asked.task.days,
        progress.result,
        tried=asked.chosen.named,
        against=wish.against,
        notes=asked.notes,
    )
    show(report, as_json=wish.as_json, html=wish.html)
    keeping.finish()
    return True


async def _run(asked: Asked, progress: Progress, keeping: Keeping, jobs: int) -> None:
    """Runs it. What goes wrong takes nothing of what has been done: that can be gone on with."""
    with progress_bar("people") as bar:

        def told(at: Progress, part: Part) -> None:
            bar(at.done, at.total)
            keeping.take(at, part)

        try:
            await run(asked.task, asked.window, progress, jobs, told, asked.question.asked_at)
        except BrokenProcessPool:
            _leave(keeping, progress)
            raise Unavailable(
                "a process of the back-test was ended from outside, perhaps for want of memory."
            ) from None
        except Exception:
            _leave(keeping, progress)
            raise


def _leave(keeping: Keeping, progress: Progress) -> None:
    if keeping.keep(progress):
        done = f"{progress.done} of {progress.total} people are done"
        say(f"Interrupted: {done}. Add `--resume {keeping.file}` to go on.")
    else:
        say("Interrupted before anybody was done.")


async def _prepare(wish: "Wish", known: Question | None, now: datetime) -> Asked:
    settings = installation()
    database = Database(settings.database_url, pool_size=1)
    try:
        async with database.transaction() as tx:
            chosen = await choose(tx, wish.draft, wish.journey)
            first = await recorded_from(tx)
    finally:
        await database.close()
    now = known.asked_at if known else now
    wanted = known.wanted if known and wish.since is None else moment(wish.since or SINCE, now)
    until = known.until if known and wish.until is None else moment(wish.until, now) if wish.until else now
    since, notes = known_window(wanted, until, first)
    rule, narrowed = _rule(wish)
    try:
        tolerance = parse_duration(wish.tolerance) / settings.time_scale
    except ValueError as error:
        raise InvalidInput(f"--tolerance: {error}.") from None
    draft = Draft(
        chosen.program, chosen.stock, chosen.account, chosen.topics, since, until, time_scale=settings.time_scale
    )
    window = Window(chosen.program.journey, since, until, entries_of(chosen.program), where=rule)
    question = Question(
        journey=chosen.program.journey,
        checksum=chosen.checksum,
        since=since,
        until=until,
        asked_at=now,
        wanted=wanted,
        narrowed=narrowed,
        against=wish.against,
        time_scale=settings.time_scale,
        tolerance=tolerance.total_seconds(),
    )
    task = Task(settings.database_url, draft, tolerance, wish.against, wish.people is not None)
    return Asked(chosen, task, window, question, tuple(notes))


def _rule(wish: "Wish") -> tuple[Rule | None, str]:
    """The rule that narrows the customers, and its text. Raises InvalidInput and InvalidDocument."""
    if wish.segment is not None and wish.where is not None:
        raise InvalidInput("--segment and --where say the same: use one of them.")
    if wish.segment is None and wish.where is None:
        return None, ""
    if wish.segment is not None and not wish.segment.is_file():
        raise InvalidInput(f"there is no file {wish.segment}.")
    text = read_text(wish.segment) if wish.segment is not None else wish.where or ""
    place = str(wish.segment) if wish.segment is not None else "--where"
    try:
        documents = read_documents(text)
        if len(documents) != 1:
            raise InvalidInput(f"{place}: one rule is expected, as in 'country: DE'.")
        return parse_rule(documents[0], path=place), text
    except InvalidDocument as error:
        told = "; ".join(str(problem) for problem in error.problems)
        raise InvalidInput(f"{place}: {told}") from None
