"""Journeys over the API: drafts with their problems, immutable versions, step ids that keep their meaning."""

import json
from typing import Any

import pytest
from httpx import AsyncClient, Response

from domain.compiler import Known, compile_journey
from domain.errors import InvalidDocument
from store.access import audit
from store.database import Database
from store.journey.catalog import Catalog

WELCOME = """\
journey: welcome
title: Welcome   # a comment that stays
entry: {event: Signed Up}
topic: news
steps:
  - send: email/welcome
  - wait: 3d
"""
TEMPLATE = (
    "---\nsubject: Welcome to our house\n---\nGood to have you here, {{ customer.first_name | default: 'friend' }}.\n"
)


async def stock(admin: AsyncClient) -> None:
    """A template and a topic, so that WELCOME can be published."""
    assert (await admin.put("/v1/templates/email/welcome", content=TEMPLATE)).status_code == 200
    assert (await admin.put("/v1/topics/news", json={"title": "News"})).status_code == 200


async def put(admin: AsyncClient, text: str = WELCOME, journey: str = "welcome") -> dict[str, Any]:
    answer = await admin.put(f"/v1/journeys/{journey}", content=text, headers={"Content-Type": "application/yaml"})
    assert answer.status_code == 200, answer.text
    draft: dict[str, Any] = answer.json()
    return draft


async def publish(admin: AsyncClient, text: str = WELCOME) -> Response:
    await put(admin, text)
    return await admin.post("/v1/journeys/welcome/publish")


def problems(answer: Response) -> dict[str, str]:
    return {problem["field"]: problem["message"] for problem in answer.json()["errors"]}


async def test_a_draft_is_answered_with_its_problems_and_stored_nevertheless(admin: AsyncClient) -> None:
    draft = await put(admin)
    assert {problem["path"] for problem in draft["problems"]} == {"steps[0].send.template", "topic"}
    assert (await admin.get("/v1/journeys/welcome")).json()["draft"] == WELCOME


async def test_step_ids_are_written_into_a_good_draft_and_comments_stay(admin: AsyncClient) -> None:
    await stock(admin)
    draft = await put(admin)
    assert draft["problems"] == []
    assert [step["id"] for step in draft["document"]["steps"]] == ["send-welcome", "wait-3d"]
    assert "# a comment that stays" in draft["source"]
    assert "- id: send-welcome" in draft["source"]
    assert (await admin.get("/v1/journeys/welcome")).json()["draft"] == draft["source"]


async def test_json_is_the_same_document(admin: AsyncClient) -> None:
    await stock(admin)
    document = {
        "journey": "welcome",
        "entry": {"event": "Signed Up"},
        "topic": "news",
        "steps": [{"send": "email/welcome"}],
    }
    draft = (await admin.put("/v1/journeys/welcome", json=document)).json()
    assert draft["problems"] == []
    assert json.loads(draft["source"])["steps"][0]["id"] == "send-welcome"


async def test_publishing_makes_the_first_version_with_ids_in_its_text(admin: AsyncClient, db: Database) -> None:
    await stock(admin)
    published = (await publish(admin)).json()
    assert (published["version"], published["changed"]) == (1, True)
    assert "id: send-welcome" in published["source"]
    shown = (await admin.get("/v1/journeys/welcome")).json()
    assert (shown["status"], shown["live_version"], shown["draft"]) == ("live", 1, None)
    assert shown["source"] == published["source"]
    catalog = Catalog()
    async with db.transaction() as tx:
        [program] = await catalog.live(tx)
    assert (program.journey, program.version, program.title) == ("welcome", 1, "Welcome")


async def test_publishing_the_same_again_makes_no_version_whatever_its_layout(admin: AsyncClient) -> None:
    await stock(admin)
    await publish(admin)
    again = (await publish(admin, WELCOME.replace("# a comment that stays", ""))).json()
    assert (again["version"], again["changed"]) == (1, False)
    assert (await admin.post("/v1/journeys/welcome/publish")).json()["version"] == 1


async def test_a_changed_version_needs_the_ids_of_its_steps(admin: AsyncClient) -> None:
    await stock(admin)
    await publish(admin)
    refused = await publish(admin, WELCOME.replace("3d", "4d"))
    assert refused.status_code == 422
    assert set(problems(refused)) == {"steps[0]", "steps[1]"}
    assert "sojourn journeys fmt" in refused.json()["errors"][0]["remedy"]


async def test_a_changed_version_with_ids_is_the_next_and_the_old_one_stays_readable(admin: AsyncClient) -> None:
    await stock(admin)
    first = (await publish(admin)).json()
    second = (await publish(admin, first["source"].replace("wait: 3d", "wait: 4d"))).json()
    assert (second["version"], second["changed"]) == (2, True)
    old = (await admin.get("/v1/journeys/welcome?version=1")).json()
    assert "3d" in old["source"]
    assert [version["version"] for version in old["versions"]] == [2, 1]


async def test_publishing_a_draft_with_problems_names_them_all_and_changes_nothing(admin: AsyncClient) -> None:
    refused = await publish(admin)
    assert refused.status_code == 422
    assert refused.json()["code"] == "invalid_document"
    assert set(problems(refused)) == {"steps[0].send.template", "topic"}
    assert (await admin.get("/v1/journeys/welcome")).json()["live_version"] is None


async def test_a_template_that_needs_what_the_run_does_not_have_is_refused(admin: AsyncClient) -> None:
    await stock(admin)
    await admin.put("/v1/templates/email/welcome", content=TEMPLATE + "Your code is {{ run.code }}.\n")
    draft = await put(admin)
    assert "run.code" in draft["problems"][0]["message"]
    by_hand = WELCOME.replace("{event: Signed Up}", "[{event: Signed Up}, {manual: true}]").replace(
        "topic: news", "topic: news\ninputs: {code: text}"
    )
    assert (await put(admin, by_hand))["problems"] == []


async def test_an_sms_step_is_refused_without_a_provider(admin: AsyncClient) -> None:
    await stock(admin)
    await admin.put("/v1/templates/sms/welcome", content="Welcome!")
    draft = await put(admin, WELCOME.replace("email/welcome", "sms/welcome"))
    assert [problem["path"] for problem in draft["problems"]] == ["steps[0].send.channel"]


async def test_a_journey_that_does_not_exist_can_be_neither_started_nor_stopped(admin: AsyncClient) -> None:
    await stock(admin)
    draft = await put(
        admin, WELCOME + "  - start_journey: nowhere\n  - stop_journey: welcome\n  - stop_journey: nowhere\n"
    )
    assert [(problem["path"], problem["code"]) for problem in draft["problems"]] == [
        ("steps[2].start_journey", "unknown_journey"),
        ("steps[4].stop_journey", "unknown_journey"),
    ]


async def test_validating_stores_nothing(admin: AsyncClient) -> None:
    await stock(admin)
    checked = await admin.post("/v1/journeys/welcome/validate", content=WELCOME)
    assert checked.json()["problems"] == []
    assert (await admin.get("/v1/journeys/welcome")).status_code == 404


async def test_validating_without_a_body_looks_at_the_draft(admin: AsyncClient) -> None:
    await put(admin)
    assert len((await admin.post("/v1/journeys/welcome/validate")).json()["problems"]) == 2
    assert (await admin.post("/v1/journeys/unknown/validate")).status_code == 404


async def test_an_archived_journey_takes_nobody_and_comes_back_when_published(admin: AsyncClient, db: Database) -> None:
    await stock(admin)
    await publish(admin)
    assert (await admin.post("/v1/journeys/welcome/archive")).json()["status"] == "archived"
    assert (await admin.get("/v1/journeys")).json()["items"] == []
    assert [one["status"] for one in (await admin.get("/v1/journeys?archived=true")).json()["items"]] == ["archived"]
    catalog = Catalog()
    async with db.transaction() as tx:
        assert await catalog.live(tx) == []
    again = (await admin.post("/v1/journeys/welcome/publish")).json()
    assert (again["version"], again["changed"]) == (1, False)
    async with db.transaction() as tx:
        assert len(await catalog.live(tx)) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("journey: other\nentry: {manual: true}\nsteps: [wait: 1d]\n", "journey"),
        ("journey: welcome\n---\njourney: second\n", ""),
        ("", ""),
        ("- a list\n", ""),
        ("journey: [unclosed\n", ""),
        ("{" * 5000, ""),
        ('{"a":' * 5000 + "1" + "}" * 5000, ""),
    ],
)
async def test_a_text_that_is_not_this_journey_is_refused_with_its_place(
    admin: AsyncClient, body: str, expected: str
) -> None:
    answer = await admin.put("/v1/journeys/welcome", content=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert expected in "".join(problems(answer))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"x" * 300_000, 413, "too_large"),
        (b"journey: \xff", 422, "not_utf8"),
        (b"journey: a\0b", 422, "nul_character"),
    ],
)
async def test_bodies_that_are_no_text_are_refused(admin: AsyncClient, body: bytes, status: int, code: str) -> None:
    answer = await admin.put("/v1/journeys/welcome", content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/journeys/unknown"),
        ("POST", "/v1/journeys/unknown/publish"),
        ("POST", "/v1/journeys/unknown/archive"),
        ("GET", "/v1/journeys/unknown/runs"),
    ],
)
async def test_unknown_journeys_are_not_found(admin: AsyncClient, method: str, path: str) -> None:
    answer = await admin.request(method, path)
    assert answer.status_code == 404
    assert "unknown" in answer.json()["detail"]


async def test_a_write_key_may_not_publish(shop: AsyncClient) -> None:
    assert (await shop.get("/v1/journeys")).status_code == 403
    assert (await shop.put("/v1/journeys/welcome", content=WELCOME)).status_code == 403


async def test_who_published_what_is_in_the_audit(admin: AsyncClient, db: Database) -> None:
    await stock(admin)
    await publish(admin)
    async with db.transaction() as tx:
        changes = await audit.recent(tx)
    assert [change.action for change in changes][:2] == ["journey.publish", "journey.draft"]
    assert changes[0].actor.startswith("sj_admin_")
    assert changes[0].detail == {"version": 1}


async def test_the_schema_is_served_without_a_key(client: AsyncClient) -> None:
    schema = (await client.get("/v1/journeys/schema")).json()
    assert "steps" in json.dumps(schema)
    model = (await client.get("/v1/journeys/schema/model")).json()
    assert "reactions" in model["properties"]


@pytest.mark.parametrize("name", ["check", "publish", "schema"])
async def test_a_name_under_which_a_journey_could_not_be_read_is_refused(admin: AsyncClient, name: str) -> None:
    document = f"journey: {name}\nentry: {{event: Signed Up}}\nsteps: [{{wait: 1d}}]\n"
    answer = await admin.put(f"/v1/journeys/{name}", content=document)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "journey")
    assert f"`{name}` is an address of the API" in answer.text
    with pytest.raises(InvalidDocument, match=f"`{name}` is an address of the API"):
        compile_journey(
            {"journey": name, "entry": {"event": "x"}, "steps": [{"wait": "1d"}]}, Known(frozenset(), frozenset())
        )
