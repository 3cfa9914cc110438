"""Operations: how far they are, what became of each run, and what operators say to them."""

from uuid import UUID, uuid4

import pytest

from domain.operations import NewOperation
from routing.bulk import launching
from routing.bulk.launching import launch
from store.access import audit
from tests.fixtures.world import World
from tests.operating.conftest import Operator

WAITING = "journey: waiting\nentry: {event: Begun, again: always}\nsteps: [{id: rest, wait: 30d}]\n"


async def runs_that_wait(world: World, operator: Operator, count: int) -> list[str]:
    await world.publish(WAITING)
    await operator.begin(*(f"p{number}" for number in range(count)))
    await world.waiting("waiting", "rest", count)
    return [run["id"] for run in await world.runs("waiting")]


async def test_an_operation_is_listed_audited_and_says_why_runs_were_left_alone(
    world: World, operator: Operator
) -> None:
    runs = await runs_that_wait(world, operator, 2)
    unknown = uuid4()
    new = NewOperation(kind="pause", by="ada", journey="waiting", reason="a look at it")
    made = await launch(world.db, world.client, new, [*map(UUID, runs), unknown, UUID(runs[0])])
    done = await operator.operation_in(str(made.id), "done")
    assert (done["total"], done["done"], done["skipped"]) == (3, 2, 1)
    assert {run["status"] for run in await world.runs("waiting")} == {"paused"}
    (left,) = await operator.items(str(made.id), outcome="skipped")
    assert (left["run"], left["note"]) == (str(unknown), f"There is no run {unknown}.")
    listed = (await operator.get("/v1/operations", journey="waiting", status="done"))["items"]
    assert [one["id"] for one in listed] == [str(made.id)]
    async with world.db.transaction() as tx:
        lines = [(line.action, line.actor) for line in await audit.recent(tx) if line.subject == str(made.id)]
    assert lines == [("operation.done", "ada"), ("operation.pause", "ada")]
    again = await launch(world.db, world.client, new, [UUID(runs[0])])
    await operator.operation_in(str(again.id), "done")
    (left,) = await operator.items(str(again.id))
    assert (left["outcome"], left["note"]) == ("skipped", "The run is paused already.")
    resume = await launch(
        world.db, world.client, new.model_copy(update={"kind": "resume"}), [UUID(run) for run in runs]
    )
    assert (await operator.operation_in(str(resume.id), "done"))["done"] == 2


async def test_an_operation_can_be_held_taken_up_again_and_cancelled(world: World, operator: Operator) -> None:
    runs = await runs_that_wait(world, operator, 6)
    new = NewOperation(kind="end", by="ada", journey="waiting", rate=2)
    made = str((await launch(world.db, world.client, new, [UUID(run) for run in runs])).id)
    await operator.post(f"/v1/operations/{made}/pause")
    held = await operator.operation_in(made, "paused")
    assert held["done"] < 6
    assert await operator.refusal(f"/v1/operations/{made}/pause") == (409, "operation_settled")
    await operator.post(f"/v1/operations/{made}/resume")
    await operator.operation_in(made, "running")
    cancelled = await operator.post(f"/v1/operations/{made}/cancel")
    assert cancelled["status"] == "cancelled"

    async def all_settled() -> bool:
        shown = await operator.get(f"/v1/operations/{made}")
        return bool(shown["done"] + shown["skipped"] == 6)

    await world.until(all_settled, "operation of which every run is listed")
    notes = {item["note"] for item in await operator.items(made, outcome="skipped")}
    assert len(notes) == 1
    assert "was cancelled by" in notes.pop()


async def test_an_operation_whose_start_was_lost_is_begun_by_a_worker(
    world: World, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = await runs_that_wait(world, operator, 1)
    await world.stop_worker()
    made = await lost_operation(world, runs, monkeypatch)
    world.start_worker()
    assert (await operator.operation_in(made, "done"))["done"] == 1


async def lost_operation(world: World, runs: list[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The process dies between the commit and the start of the workflow."""

    async def die(*_: object) -> None:
        return None

    monkeypatch.setattr(launching, "FORGOTTEN_SECONDS", 0.0)
    with monkeypatch.context() as dying:
        dying.setattr(launching, "begin", die)
        new = NewOperation(kind="end", by="ada")
        return str((await launch(world.db, world.client, new, [UUID(run) for run in runs])).id)


async def test_what_is_asked_wrongly_is_refused(operator: Operator, world: World) -> None:
    nobody = uuid4()
    assert await operator.refusal(f"/v1/operations/{nobody}/cancel") == (404, "unknown_operation")
    assert (await world.admin.get(f"/v1/operations/{nobody}")).json()["code"] == "unknown_operation"
    runs = await runs_that_wait(world, operator, 1)
    made = await launch(world.db, world.client, NewOperation(kind="end", by="ada"), [UUID(run) for run in runs])
    answer = await world.admin.get(f"/v1/operations/{made.id}/items", params={"cursor": "ten"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")
