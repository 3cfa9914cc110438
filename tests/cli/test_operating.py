"""`sojourn parked`, `operations`, `channels`, and the pauses of journeys: what operators see before they confirm."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from cli import waiting
from domain.operations import ItemOutcome, NewOperation
from store.database import Database
from store.operation import holds, operations
from tests.cli.conftest import Sojourn
from tests.fixtures.history import History

JOURNEY = "journey: welcome\nentry: {event: Signed Up}\nsteps: [{id: hello, set: {greeted: true}}]\n"


@pytest.fixture
def history(db: Database) -> History:
    return History(db)


@pytest.fixture
async def journey(sojourn: Sojourn, folder: Path) -> None:
    """A published journey."""
    (folder / "welcome.yaml").write_text(JOURNEY)
    outcome = await sojourn("journeys", "publish", "welcome.yaml")
    assert outcome.code == 0, outcome.error


async def test_parked_runs_are_counted_by_cause_with_what_mends_it(sojourn: Sojourn, history: History) -> None:
    for user in ("1", "2"):
        await parked(history, user)
    outcome = await sojourn("parked", "list", "welcome")
    assert outcome.output.splitlines()[1].split("\t")[:5] == ["2", "welcome", "1", "hello", "template_missing"]
    assert "template_missing: Publish the template, then retry." in outcome.output
    assert (await sojourn("runs", "parked", "--json")).json["items"][0]["people"] == 2
    assert (await sojourn("parked", "list", "another")).output == "No run is parked.\n"


@pytest.mark.parametrize(
    ("choice", "count"),
    [
        ([], 2),
        (["welcome", "--step", "hello"], 2),
        (["--step", "bye"], 0),
        (["--code", "unknown"], 0),
        (["--since", "1h"], 1),
        (["--since", "2020-01-01"], 2),
        (["--limit", "1"], 1),
        (["--sample", "100%"], 2),
    ],
)
async def test_a_dry_run_says_which_parked_runs_are_meant(
    choice: list[str], count: int, sojourn: Sojourn, history: History
) -> None:
    await parked(history, "1")
    await parked(history, "2", since=timedelta(days=2))
    plan = (await sojourn("parked", "skip", *choice, "--dry-run", "--json")).json
    assert plan["runs"] == count


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["parked", "skip", "--since", "lately"], "--since: lately is neither"),
        (["parked", "end", "--sample", "all"], "--sample: all is no share"),
        (["parked", "end", "--sample", "200%"], "--sample: 200% is no share"),
        (["journeys", "resume", "welcome", "--due", "spread"], "--due: spread is not known"),
        (["channels", "resume", "email", "--due", "later"], "--due: later is not known"),
    ],
)
async def test_words_that_mean_nothing_are_refused(words: list[str], said: str, sojourn: Sojourn) -> None:
    outcome = await sojourn(*words)
    assert (outcome.code, said in outcome.error) == (2, True)


async def test_a_journey_is_paused_and_resumed_after_its_plan_was_shown(sojourn: Sojourn, journey: None) -> None:
    paused = await sojourn("journeys", "pause", "welcome", "--reason", "wrong price")
    assert "wrong price" in paused.output
    assert (await sojourn("journeys", "pause", "welcome")).code == 4
    plan = await sojourn("journeys", "resume", "welcome", "--due", "spread:4h", "--dry-run")
    assert "Resting at something that fell due: 0 runs of 0 people." in plan.output
    asked = await sojourn("journeys", "resume", "welcome")
    assert (asked.code, "Resume? [y/N]" in asked.output) == (1, True)
    resumed = await sojourn("journeys", "resume", "welcome", "--due", "spread:4h", "--yes", "--json")
    assert (resumed.json["hold"]["due"], resumed.json["hold"]["over"]) == ("spread", "4h")
    assert (await sojourn("journeys", "resume", "welcome", "--yes")).error == "The journey welcome is not paused."


async def test_a_resume_is_looked_at_until_every_run_that_rested_has_been_told(
    sojourn: Sojourn, journey: None, history: History, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LOOK_SECONDS", 0.01)
    run = await history.run(await history.customer("1"), "welcome")
    await sojourn("journeys", "pause", "welcome")
    async with db.transaction() as tx:
        [hold] = await holds.standing(tx)
        await tx.execute(
            text("UPDATE run SET hold_id = :hold, hold_step = 'hello', held_at = now()"), {"hold": hold.id}
        )
    looking = asyncio.ensure_future(sojourn("journeys", "resume", "welcome", "--yes"))
    told: list[holds.Told] = []
    while not told:
        assert not looking.done(), "the run has not been told"
        async with db.transaction() as tx:
            told = await holds.tell(tx, [run])
    assert (await looking).output == "Resumed. What fell due is done now: 1 run.\n"


async def test_a_resume_need_not_be_looked_at(sojourn: Sojourn, journey: None, history: History, db: Database) -> None:
    await history.run(await history.customer("1"), "welcome")
    await sojourn("journeys", "pause", "welcome")
    async with db.transaction() as tx:
        [hold] = await holds.standing(tx)
        await tx.execute(
            text("UPDATE run SET hold_id = :hold, hold_step = 'hello', held_at = now()"), {"hold": hold.id}
        )
    left = await sojourn("journeys", "resume", "welcome", "--yes", "--no-wait", "--json")
    assert left.json["runs"] == 1


async def test_channels_are_listed_with_their_pause(sojourn: Sojourn) -> None:
    await sojourn("channels", "pause", "email", "--reason", "the server moves")
    lines = (await sojourn("channels", "list")).output.splitlines()
    assert [line.split("\t")[:2] for line in lines[1:]] == [["email", "yes"], ["webhook", "yes"]]
    assert "since" in lines[1]
    outcome = await sojourn("channels", "resume", "email", "--yes")
    assert outcome.output == "Resumed. What fell due is done now: 0 runs.\n"


async def test_operations_say_how_far_they_are_and_why_runs_were_skipped(
    sojourn: Sojourn, history: History, db: Database
) -> None:
    run = await parked(history, "1")
    async with db.transaction() as tx:
        made = await operations.create(tx, NewOperation(kind="retry", by="ada", journey="welcome"), [run])
        await operations.begin(tx, made.id)
        await operations.settle(tx, made.id, {run: ItemOutcome(outcome="skipped", note="It ended.")})
        await operations.finish(tx, made.id)
    (row,) = (await sojourn("operations", "list", "welcome")).output.splitlines()[1:]
    assert row.split("\t")[:6] == [str(made.id), "retry", "welcome", "done", "1", "1"]
    assert f"sojourn operations show {made.id} --items skipped" in (await sojourn("operations", "show", made.id)).output
    items = await sojourn("operations", "show", made.id, "--items", "skipped")
    assert items.output.splitlines()[1] == f"{run}\tskipped\tIt ended."
    assert (await sojourn("operations", "show", made.id, "--items", "failed")).output == "No run is listed as failed.\n"


async def parked(history: History, user: str, since: timedelta = timedelta(0)) -> UUID:
    at = (datetime.now(UTC) - since).isoformat()
    return await history.run(
        await history.customer(user),
        "welcome",
        status="parked",
        step="hello",
        parked={"code": "template_missing", "at": at},
    )


async def test_chosen_runs_are_shown_by_step_before_they_are_paused(
    sojourn: Sojourn, history: History, journey: None
) -> None:
    for user in ("1", "2"):
        await parked(history, user)
    plan = await sojourn("runs", "pause", "--journey", "welcome", "--step", "hello", "--dry-run")
    assert plan.output.splitlines() == ["2 runs.", "runs\tjourney\tversion\tstep\tdue", "2\twelcome\t1\thello\t0"]
    asked = await sojourn("runs", "pause", "--journey", "welcome")
    assert (asked.code, "Do it? [y/N]" in asked.output) == (1, True)
    none = await sojourn("runs", "resume", "--journey", "welcome")
    assert none.output == "No run is meant that could resume.\n"
    assert "which runs?" in (await sojourn("runs", "pause")).error
    assert (
        "either one run by its id, or many by --journey"
        in (await sojourn("runs", "pause", "x", "--journey", "w")).error
    )
