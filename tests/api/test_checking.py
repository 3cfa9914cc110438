"""The checker's warnings in the answers to drafts, validations and publications, each at its line."""

from httpx import AsyncClient

from tests.api.test_journeys import put, stock

TEXT = """\
journey: welcome
entry: {event: Signed Up}
topic: news
steps:
  - id: hello
    send: email/welcome
  - id: way
    branch:
      - if: {score: {gte: 80, lt: 20}}
        steps: [{id: a, wait: 1d}]
"""


async def test_drafts_validations_and_publications_are_answered_with_warnings(admin: AsyncClient) -> None:
    await stock(admin)
    draft = await put(admin, TEXT)
    assert draft["problems"] == []
    [warning] = draft["warnings"]
    assert (warning["code"], warning["path"]) == ("never_holds", "steps[1].branch[0].if.score")
    assert (warning["line"], warning["column"]) == (9, 14)
    validated = await admin.post("/v1/journeys/welcome/validate", content=TEXT)
    assert validated.json()["warnings"] == draft["warnings"]
    published = await admin.post("/v1/journeys/welcome/publish")
    assert published.status_code == 200, published.text
    assert published.json()["warnings"] == draft["warnings"]


async def test_problems_have_their_line_too(admin: AsyncClient) -> None:
    draft = await put(admin, TEXT)
    assert {(problem["path"], problem["line"]) for problem in draft["problems"]} == {
        ("steps[0].send.template", 6),
        ("topic", 3),
    }


async def test_a_comment_in_the_text_allows_a_warning(admin: AsyncClient) -> None:
    await stock(admin)
    draft = await put(admin, TEXT.replace("lt: 20}}", "lt: 20}}  # allow: never_holds"))
    assert draft["warnings"] == []


async def test_the_links_of_the_template_are_known(admin: AsyncClient) -> None:
    await stock(admin)
    steps = "  - wait_for: {reaction: clicked, to: hello, link: planner, within: 1d}\n"
    draft = await put(admin, TEXT + steps)
    assert [one["code"] for one in draft["warnings"]] == ["never_holds", "unknown_link"]


async def test_the_accounts_limit_and_caps_count(admin: AsyncClient) -> None:
    await stock(admin)
    daily = TEXT.partition("steps:")[0] + "steps: [{repeat: {every: 1d, times: 9, steps: [{send: email/welcome}]}}]\n"
    assert [one["code"] for one in (await put(admin, daily))["warnings"]] == ["too_many_messages"]
    await admin.put("/v1/account", json={"messages_per_week": 9})
    assert (await put(admin, daily))["warnings"] == []
    await admin.put("/v1/account", json={"caps": {"all": "2/7d"}})
    assert (await put(admin, daily))["warnings"] == []


async def test_what_one_customer_can_get_from_all_live_journeys(admin: AsyncClient) -> None:
    await stock(admin)
    nothing = (await admin.get("/v1/journeys/check")).json()
    assert (nothing["most"], nothing["journeys"], nothing["warnings"]) == (0, [], [])
    await put(admin, TEXT.replace("Signed Up}", "Signed Up, per: event.id}"))
    await admin.post("/v1/journeys/welcome/publish")
    week = (await admin.get("/v1/journeys/check")).json()
    assert (week["most"], week["limit"]) == (None, 5)
    assert week["journeys"] == [{"journey": "welcome", "most": None, "why": "every `id` has a run of its own"}]
    assert [one["code"] for one in week["warnings"]] == ["too_many_messages_together"]
    await admin.put("/v1/account", json={"caps": {"all": "3/7d"}})
    assert (await admin.get("/v1/journeys/check")).json()["most"] == 3
