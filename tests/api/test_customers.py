"""Customers, runs, messages and why, over the API."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from store.database import Database
from tests.fixtures.history import NOW, History


@pytest.fixture
def history(db: Database) -> History:
    return History(db)


async def ids(admin: AsyncClient, path: str, **query: object) -> list[str]:
    answer = await admin.get(path, params={name: str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def all_pages(admin: AsyncClient, path: str, **query: str) -> list[str]:
    """Every id of a list that is read two at a time."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await admin.get(path, params={"limit": "2", **query, **cursor})
        page = answer.json()
        assert len(page["items"]) <= 2
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def test_customers_are_found_by_id_and_by_address(admin: AsyncClient, history: History) -> None:
    ada = await history.customer("42", email="Ada@Example.com", phone="+4917012345")
    bob = await history.customer("43", email="bob@example.com")
    assert await ids(admin, "/v1/customers", user_id="42") == [str(ada)]
    assert await ids(admin, "/v1/customers", email="ada@example.COM") == [str(ada)]
    assert await ids(admin, "/v1/customers", phone="+4917012345") == [str(ada)]
    assert await ids(admin, "/v1/customers", email="bob@example.com", user_id="42") == []
    assert bob != ada


async def test_a_customer_shows_ids_consents_and_suppressed_addresses(
    admin: AsyncClient, history: History, db: Database
) -> None:
    ada = await history.customer("42", email="Ada@example.com", plan="pro")
    async with db.transaction() as tx:
        for granted, days in ((True, 2), (False, 1)):
            await tx.execute(
                text(
                    "INSERT INTO consent (id, customer_id, channel, granted, source, at)"
                    " VALUES (:id, :who, 'email', :granted, 'form', :at)"
                ),
                {"id": uuid4(), "who": ada, "granted": granted, "at": NOW - timedelta(days=days)},
            )
        await tx.execute(
            text(
                "INSERT INTO suppression (channel, address, reason, source) VALUES ('email', 'ada@example.com', 'bounced', '')"
            )
        )
    shown = (await admin.get(f"/v1/customers/{ada}")).json()
    assert shown["attributes"] == {"email": "Ada@example.com", "plan": "pro"}
    assert shown["identities"] == [{"kind": "user_id", "value": "42"}]
    assert [(consent["channel"], consent["granted"]) for consent in shown["consents"]] == [("email", False)]
    assert [suppression["reason"] for suppression in shown["suppressions"]] == ["bounced"]


async def test_a_merged_customer_is_answered_as_who_they_are_now(
    admin: AsyncClient, history: History, db: Database
) -> None:
    old, new = await history.customer(), await history.customer("42")
    async with db.transaction() as tx:
        await tx.execute(text("UPDATE customer SET merged_into = :new WHERE id = :old"), {"old": old, "new": new})
    assert (await admin.get(f"/v1/customers/{old}")).json()["id"] == str(new)


async def test_the_timeline_is_newest_first_and_pages_without_gaps(admin: AsyncClient, history: History) -> None:
    ada = await history.customer("42")
    run = await history.run(ada, "welcome", ago=10)
    expected = [
        await history.event(ada, "Signed Up", ago=10, plan="pro"),
        await history.decision(ada, "entry", "entered", ago=9, journey_id="welcome", version=1, run_id=run),
        await history.message(ada, run, "welcome", ago=8),
        await history.event(ada, "Page Viewed", ago=7),
        await history.event(ada, "Page Viewed", ago=7),
    ][::-1]
    expected[:2] = sorted(expected[:2], reverse=True)
    assert await all_pages(admin, f"/v1/customers/{ada}/timeline") == [str(one) for one in expected]
    entries = (await admin.get(f"/v1/customers/{ada}/timeline")).json()["items"]
    assert [entry["title"] for entry in entries[2:]] == ["email/welcome", "entry: entered", "Signed Up"]
    assert entries[4]["detail"]["properties"] == {"plan": "pro"}


async def test_runs_are_filtered_and_pages_are_stable_while_others_enter(admin: AsyncClient, history: History) -> None:
    await admin.put("/v1/journeys/welcome", content="journey: welcome\nentry: {manual: true}\nsteps: [{wait: 1d}]\n")
    ada, bob = await history.customer("42"), await history.customer("43")
    waiting = [await history.run(ada, "welcome", ago=ago, step="wait-1d") for ago in (1, 2, 3)]
    parked = await history.run(bob, "welcome", ago=4, status="parked", step="send", parked={"code": "smtp_auth"})
    await history.run(bob, "other", ago=5)
    path = "/v1/journeys/welcome/runs"
    assert await all_pages(admin, path) == [str(run) for run in (*waiting, parked)]
    assert await ids(admin, path, status="parked") == [str(parked)]
    assert await ids(admin, path, customer=ada, step="wait-1d") == [str(run) for run in waiting]
    assert len(await ids(admin, "/v1/runs")) == 5
    first = (await admin.get(path, params={"limit": 2})).json()
    await history.run(ada, "welcome")
    rest = (await admin.get(path, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in rest["items"]] == [str(waiting[2]), str(parked)]


async def test_a_run_is_shown_with_its_path_and_what_it_hears(admin: AsyncClient, history: History) -> None:
    ada = await history.customer("42")
    listens = {"listens": [{"id": "hear/0", "events": ["Order Completed"]}]}
    run = await history.run(ada, "welcome", state={"path": ["a", "b"]}, listens=listens, gathered={"code": "x"})
    shown = (await admin.get(f"/v1/runs/{run}")).json()
    assert shown["workflow_id"] == f"journey/welcome/{run}"
    assert (shown["path"], shown["gathered"]) == (["a", "b"], {"code": "x"})
    assert shown["listens"][0]["events"] == ["Order Completed"]


async def test_messages_are_filtered(admin: AsyncClient, history: History) -> None:
    ada = await history.customer("42")
    run = await history.run(ada, "welcome")
    sent = await history.message(ada, run, "welcome", ago=2)
    unknown = await history.message(ada, run, "welcome", ago=1, state="unknown", visit=2)
    assert await all_pages(admin, "/v1/messages", customer=str(ada)) == [str(unknown), str(sent)]
    assert await ids(admin, "/v1/messages", run=run, state="unknown") == [str(unknown)]
    assert (await admin.get(f"/v1/messages/{sent}")).json()["template"] == "welcome"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/customers",
        "/v1/customers?name=Ada",
        "/v1/runs?status=lost",
        "/v1/runs?color=red",
        "/v1/runs?limit=1000",
        "/v1/runs?cursor=nonsense",
        "/v1/runs?cursor=MjAyNi0xMS0wMw",
        "/v1/messages?state=lost",
        "/v1/messages?customer=Ada",
    ],
)
async def test_filters_that_do_not_exist_are_refused(admin: AsyncClient, path: str) -> None:
    answer = await admin.get(path)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("kind", ["customers", "runs", "messages"])
@pytest.mark.parametrize("suffix", ["", "/explain"])
async def test_unknown_ones_are_not_found(admin: AsyncClient, kind: str, suffix: str) -> None:
    assert (await admin.get(f"/v1/{kind}/{uuid4()}{suffix}")).status_code == 404


@pytest.mark.parametrize("path", ["/v1/customers?user_id=1", "/v1/runs", "/v1/messages", "/v1/account", "/v1/topics"])
async def test_everything_needs_the_admin_key(client: AsyncClient, shop: AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 401
    assert (await shop.get(path)).status_code == 403


async def test_a_run_cannot_be_acted_on_while_temporal_is_away(admin: AsyncClient, history: History) -> None:
    run = await history.run(await history.customer("42"), "welcome")
    answer = await admin.post(f"/v1/runs/{run}/pause")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert (await admin.post(f"/v1/runs/{run}/dance")).status_code == 422


@pytest.fixture
async def ada(history: History, admin: AsyncClient) -> UUID:
    """A customer in Berlin who has been through a version of `welcome`."""
    await admin.put(
        "/v1/journeys/welcome", content="journey: welcome\nentry: {event: Signed Up}\nsteps: [{wait: 1h}]\n"
    )
    assert (await admin.post("/v1/journeys/welcome/publish")).status_code == 200
    return await history.customer("42", first_name="Ada", timezone="Europe/Berlin")


async def test_the_story_of_a_customer_names_event_version_and_zone(
    admin: AsyncClient, history: History, ada: UUID
) -> None:
    event = await history.event(ada, "Signed Up", ago=5)
    run = await history.run(ada, "welcome", ago=5, step="wait-1h", waiting_until=NOW)
    known = {"journey_id": "welcome", "version": 1, "run_id": run}
    await history.decision(ada, "entry", "entered", ago=5, detail={"event_id": str(event)}, **known)
    until = {"purpose": "wait", "until": NOW.isoformat()}
    await history.decision(ada, "wait", "until", ago=4, step="wait-1h", visit=1, detail=until, **known)
    story = (await admin.get(f"/v1/customers/{ada}/explain?journey=welcome")).json()
    assert (story["zone"], story["zone_of"], story["journey"]) == ("Europe/Berlin", "customer", "welcome")
    assert 'welcome, version 1, because "Signed Up" of' in story["lines"][0]["sentence"]
    assert story["lines"][1]["sentence"].endswith("(1h).")
    of_run = (await admin.get(f"/v1/runs/{run}/explain")).json()
    assert [line["sentence"] for line in of_run["lines"]] == [line["sentence"] for line in story["lines"]]


async def test_the_story_is_markdown_where_that_is_asked_for(admin: AsyncClient, ada: UUID) -> None:
    path = f"/v1/customers/{ada}/explain?journey=welcome"
    by_header = await admin.get(path, headers={"Accept": "text/markdown"})
    by_query = await admin.get(f"{path}&format=markdown")
    assert by_header.headers["content-type"].startswith("text/markdown")
    assert by_header.text.startswith("# Ada and welcome\n")
    assert 'No event "Signed Up" has ever arrived' in by_query.text


async def test_the_story_of_a_message_tells_what_led_to_it_and_its_reactions(
    admin: AsyncClient, history: History, ada: UUID
) -> None:
    run = await history.run(ada, "welcome", ago=9)
    message = await history.message(ada, run, "welcome", ago=5, provider="smtp", answer={"response": "250 ok"})
    known = {"journey_id": "welcome", "version": 1, "run_id": run}
    await history.decision(ada, "entry", "entered", ago=9, detail={"event": "Signed Up"}, **known)
    sent = {"message_id": str(message), "channel": "email", "template": "welcome", "template_version": 1}
    await history.decision(ada, "send", "handed_over", ago=5, step="send-welcome", visit=1, detail=sent, **known)
    await history.event(
        ada, "Message Clicked", ago=3, message_id=str(message), link="https://example.com/", machine=False
    )
    await history.event(ada, "Message Clicked", ago=2, message_id=str(uuid4()), link="https://other.example/")
    story = (await admin.get(f"/v1/messages/{message}/explain")).json()
    assert [line["kind"] for line in story["lines"]] == ["entry", "send", "reaction"]
    assert story["lines"][1]["sentence"].endswith('to smtp, which answered "250 ok".')
    assert story["message_id"] == str(message)


async def test_the_story_of_an_unknown_journey_is_not_found(admin: AsyncClient, ada: UUID) -> None:
    assert (await admin.get(f"/v1/customers/{ada}/explain?journey=unknown")).status_code == 404
