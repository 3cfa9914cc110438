"""Versions over the API: listed, compared in words, rolled back; and what a migration refuses before anything happens."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

TEMPLATE = "---\nsubject: Hello\n---\nHello.\n"
FIRST = "journey: welcome\nentry: {event: Signed Up}\nsteps:\n  - {id: hello, send: email/hello}\n  - {id: rest, wait: 3d}\n"
SECOND = FIRST.replace("wait: 3d", "wait: 2d") + "  - {id: bye, send: email/bye}\n"


async def publish(admin: AsyncClient, *texts: str) -> None:
    for name in ("hello", "bye"):
        assert (await admin.put(f"/v1/templates/email/{name}", content=TEMPLATE)).is_success
    for text in texts:
        assert (await admin.put("/v1/journeys/welcome", content=text)).is_success
        assert (await admin.post("/v1/journeys/welcome/publish")).is_success


async def rollback(admin: AsyncClient, to: int) -> Response:
    return await admin.post("/v1/journeys/welcome/rollback", json={"to": to})


async def test_versions_are_listed_newest_first_with_those_under_way(admin: AsyncClient) -> None:
    await publish(admin, FIRST, SECOND)
    items = (await admin.get("/v1/journeys/welcome/versions")).json()["items"]
    assert [(one["version"], one["is_live"], one["people"]) for one in items] == [(2, True, 0), (1, False, 0)]


async def test_a_rollback_publishes_a_new_version_equal_to_the_old_one_and_keeps_the_draft(admin: AsyncClient) -> None:
    await publish(admin, FIRST, SECOND)
    await admin.put("/v1/journeys/welcome", content=SECOND.replace("2d", "9d"))
    answer = await rollback(admin, 1)
    assert (answer.status_code, answer.json()["version"], answer.json()["source"]) == (200, 3, FIRST)
    versions = (await admin.get("/v1/journeys/welcome/versions")).json()["items"]
    assert versions[0]["checksum"] == versions[2]["checksum"]
    shown = (await admin.get("/v1/journeys/welcome")).json()
    assert (shown["live_version"], shown["draft"]) == (3, SECOND.replace("2d", "9d"))
    assert (await admin.get("/v1/journeys/welcome/diff", params={"from": "1", "to": "3"})).json()["changes"] == []


async def test_what_is_live_already_cannot_be_rolled_back_to(admin: AsyncClient) -> None:
    await publish(admin, FIRST, SECOND)
    assert (await rollback(admin, 2)).status_code == 409
    missing = await rollback(admin, 7)
    assert (missing.status_code, missing.json()["detail"]) == (
        404,
        "The journey welcome has no version 7. It has 1, 2.",
    )


async def test_a_rollback_brings_an_archived_journey_back(admin: AsyncClient) -> None:
    await publish(admin, FIRST)
    await admin.post("/v1/journeys/welcome/archive")
    assert (await rollback(admin, 1)).json()["version"] == 2
    assert (await admin.get("/v1/journeys/welcome")).json()["status"] == "live"


async def test_the_draft_is_compared_with_what_is_live(admin: AsyncClient) -> None:
    await publish(admin, FIRST)
    assert (await admin.get("/v1/journeys/welcome/diff")).status_code == 409
    await admin.put("/v1/journeys/welcome", content=SECOND)
    answer = (await admin.get("/v1/journeys/welcome/diff")).json()
    assert (answer["from_version"], answer["to_version"]) == (1, None)
    assert [change["words"] for change in answer["changes"]] == [
        "delay 3d to 2d at rest",
        "bye (send email/bye) is new after rest",
    ]


@pytest.mark.parametrize(
    ("asked", "status", "word"),
    [
        ({"from": 1, "to": 1}, 422, "nothing to migrate"),
        ({"from": 1, "to": 9}, 404, "no version 9. It has 1, 2."),
        ({"from": 1, "to": 2, "map": {"rset": "rest"}}, 422, "Did you mean rest?"),
        ({"from": 1, "to": 2, "map": {"rest": "nowhere"}}, 422, "version 2 of welcome has no step nowhere"),
        ({"from": 1, "to": 2, "map": {"hello": "rest"}}, 422, "hello is a send, and rest is a wait"),
        ({"from": 1}, 422, "say `from` and `to`"),
        ({"from": 1, "to": 2, "sample": 0}, 422, "greater than 0"),
        ({"rest_of": str(uuid4())}, 404, "There is no operation"),
    ],
    ids=["same", "no version", "typo", "no step", "kind", "half", "no share", "no operation"],
)
@pytest.mark.parametrize("place", ["migrate", "migrate/forecast"])
async def test_a_migration_that_cannot_be_meant_is_refused_with_its_reason(
    admin: AsyncClient, place: str, asked: dict[str, Any], status: int, word: str
) -> None:
    await publish(admin, FIRST, SECOND)
    answer = await admin.post(f"/v1/journeys/welcome/{place}", json=asked)
    assert answer.status_code == status, answer.text
    assert word in answer.text


async def test_the_forecast_of_nobody_is_empty(admin: AsyncClient) -> None:
    await publish(admin, FIRST, SECOND)
    answer = (await admin.post("/v1/journeys/welcome/migrate/forecast", json={"from": 1, "to": 2})).json()
    assert (answer["total"], answer["steps"], answer["sends"], answer["people"]) == (0, [], [], None)


async def test_a_difference_takes_the_map_of_a_migration(admin: AsyncClient) -> None:
    await publish(admin, FIRST, SECOND.replace("id: rest", "id: pause"))
    asked = {"from": "1", "to": "2", "map": "rest=pause"}
    changes = (await admin.get("/v1/journeys/welcome/diff", params=asked)).json()["changes"]
    assert [(change["kind"], change["step"]) for change in changes] == [
        ("renamed", "pause"),
        ("changed", "pause"),
        ("added", "bye"),
    ]
    unknown = await admin.get("/v1/journeys/welcome/diff", params={**asked, "map": "rst=pause"})
    assert (unknown.status_code, "Did you mean rest?" in unknown.text) == (422, True)
    garbled = await admin.get("/v1/journeys/welcome/diff", params={**asked, "map": "rest"})
    assert (garbled.status_code, garbled.json()["code"]) == (422, "invalid_input")
