"""Approvals by API: asked for by a run, bound to the content, answered once."""

import pytest

from runtime.settings import Settings
from tests.fixtures.world import World

SECOND_A_DAY = 86_400
JOURNEY = """
journey: careful
entry: {event: Begun}
steps:
  - id: ok
    approve: {to: legal, title: May this go out?, of: hello, within: 90d}
    rejected: [{id: out, exit: rejected}]
  - {id: pause, wait: 1d}
  - {id: hello, send: email/hello}
"""


@pytest.fixture
def world_settings(world_settings: Settings) -> Settings:
    return world_settings.model_copy(update={"time_scale": SECOND_A_DAY})


async def asked(world: World, body: str = "first") -> dict[str, str]:
    """The question of a run that has just begun."""
    await world.template("hello", body)
    await world.publish(JOURNEY)
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Begun")

    async def found() -> dict[str, str] | None:
        items = (await world.admin.get("/v1/approvals", params={"status": "open"})).json()["items"]
        return items[0] if items else None

    return await world.until(found, "question")


async def test_what_is_approved_of_is_sent_and_the_answer_is_on_record(world: World) -> None:
    question = await asked(world)
    assert (question["to"], question["journey"], question["step"]) == ("legal", "careful", "ok")
    answer = await world.admin.post(f"/v1/approvals/{question['id']}/approve", json={"note": "fine"})
    assert answer.is_success, answer.text
    assert (answer.json()["status"], answer.json()["note"]) == ("approved", "fine")
    await world.message_in("ada", "handed_over")
    again = await world.admin.post(f"/v1/approvals/{question['id']}/reject")
    assert (again.status_code, again.json()["code"]) == (409, "answered")


async def test_what_is_rejected_is_not_sent(world: World) -> None:
    question = await asked(world)
    assert (await world.admin.post(f"/v1/approvals/{question['id']}/reject")).is_success
    assert (await world.run_in("careful", "ended"))["ended_reason"] == "exit:rejected"
    assert await world.messages("ada") == []


async def test_content_that_was_changed_is_asked_for_again_before_anybody_can_approve_of_it(world: World) -> None:
    question = await asked(world)
    await world.template("hello", "second")
    refused = await world.admin.post(f"/v1/approvals/{question['id']}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "content_changed")
    seen = (await world.admin.get("/v1/approvals")).json()["items"][0]
    assert seen["digest"] != question["digest"]
    stale = await world.admin.post(f"/v1/approvals/{question['id']}/approve", json={"digest": question["digest"]})
    assert stale.status_code == 409
    assert (
        await world.admin.post(f"/v1/approvals/{question['id']}/approve", json={"digest": seen["digest"]})
    ).is_success
    message = await world.message_in("ada", "handed_over")
    assert message["template_version"] == 2


async def test_content_that_was_changed_after_the_approval_parks_the_run_until_it_is_approved_anew(
    world: World,
) -> None:
    question = await asked(world)
    assert (await world.admin.post(f"/v1/approvals/{question['id']}/approve")).is_success
    await world.waiting("careful", "pause")
    await world.template("hello", "second")
    run = await world.run_in("careful", "parked")
    lapsed = (await world.admin.get("/v1/approvals", params={"status": "lapsed"})).json()["items"]
    assert [one["id"] for one in lapsed] == [question["id"]]
    assert (await world.admin.post(f"/v1/approvals/{question['id']}/approve")).is_success
    await world.insist(run["id"], "retry")
    assert (await world.message_in("ada", "handed_over"))["template_version"] == 2


async def test_an_unknown_question_is_not_found(world: World) -> None:
    answer = await world.admin.post("/v1/approvals/00000000-0000-0000-0000-000000000000/approve")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_approval")
