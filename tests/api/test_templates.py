"""Templates, topics and the account over the API."""

import pytest
from httpx import AsyncClient

from tests.api.test_journeys import TEMPLATE, publish, stock


async def test_a_text_is_published_once_and_a_changed_one_is_the_next_version(admin: AsyncClient) -> None:
    first = (await admin.put("/v1/templates/email/welcome", content=TEMPLATE)).json()
    same = (await admin.put("/v1/templates/email/welcome", content=TEMPLATE)).json()
    other = (await admin.put("/v1/templates/email/welcome", content=TEMPLATE + "More.\n")).json()
    assert [(one["version"], one["changed"]) for one in (first, same, other)] == [(1, True), (1, False), (2, True)]


async def test_locales_stand_beside_each_other_in_one_version(admin: AsyncClient) -> None:
    await admin.put("/v1/templates/email/welcome", content=TEMPLATE)
    await admin.put("/v1/templates/email/welcome?locale=zh_hant", content=TEMPLATE.replace("Good", "Very good"))
    shown = (await admin.get("/v1/templates/email/welcome")).json()
    assert [text["locale"] for text in shown["texts"]] == ["", "zh-Hant"]
    [listed] = (await admin.get("/v1/templates?channel=email")).json()["items"]
    assert listed["locales"] == ["", "zh-Hant"]


async def test_a_wrong_template_is_refused_with_its_line(admin: AsyncClient) -> None:
    answer = await admin.put("/v1/templates/email/welcome", content="---\nsubject: Hi\n---\n{{ customer.first_name\n")
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_document"
    assert answer.json()["errors"][0]["field"].startswith("email/welcome")


async def test_a_template_of_a_live_journey_cannot_be_archived(admin: AsyncClient) -> None:
    await stock(admin)
    await publish(admin)
    refused = await admin.post("/v1/templates/email/welcome/archive")
    assert (refused.status_code, refused.json()["code"]) == (409, "template_in_use")
    await admin.post("/v1/journeys/welcome/archive")
    assert (await admin.post("/v1/templates/email/welcome/archive")).json()["archived"] is True
    assert (await admin.get("/v1/templates")).json()["items"] == []


@pytest.mark.parametrize(
    "path", ["/v1/templates/email/unknown", "/v1/templates/email/unknown?version=3", "/v1/topics/unknown"]
)
async def test_unknown_ones_are_not_found(admin: AsyncClient, path: str) -> None:
    assert (await admin.get(path)).status_code == 404


async def test_topics_are_kept(admin: AsyncClient) -> None:
    await admin.put("/v1/topics/news", json={"title": "News", "opt_in": True})
    await admin.put("/v1/topics/news", json={"title": "All news", "opt_in": True})
    assert (await admin.get("/v1/topics")).json()["items"] == [
        {"id": "news", "title": "All news", "description": "", "opt_in": True}
    ]
    assert (await admin.get("/v1/topics/news")).json()["title"] == "All news"


async def test_the_account_has_defaults_and_takes_settings(admin: AsyncClient) -> None:
    before = (await admin.get("/v1/account")).json()
    assert before["timezone"] == "UTC"
    wanted = {**before, "timezone": "Asia/Hong_Kong", "caps": {"email": "3/7d"}}
    assert (await admin.put("/v1/account", json=wanted)).status_code == 200
    after = (await admin.get("/v1/account")).json()
    assert (after["timezone"], after["caps"]) == ("Asia/Hong_Kong", {"email": "3/7d"})


@pytest.mark.parametrize("wrong", [{"timezone": "Mars/Olympus"}, {"caps": {"email": "many"}}, {"nickname": "x"}])
async def test_account_settings_that_cannot_work_are_refused(admin: AsyncClient, wrong: dict[str, object]) -> None:
    answer = await admin.put("/v1/account", json=wanted_with(wrong))
    assert answer.status_code == 422
    assert next(iter(wrong)) in answer.text


def wanted_with(wrong: dict[str, object]) -> dict[str, object]:
    return {"name": "Shop", **wrong}
