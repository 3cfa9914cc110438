"""Entering by hand: the request is committed as an event, or refused with the reason."""

from uuid import uuid4

import pytest
from httpx import AsyncClient

from store.database import Database
from tests.api.conftest import Inbox
from tests.fixtures.history import History

BY_HAND = "journey: webinar\nentry: {manual: true}\ninputs: {starts_at: datetime, seats: number}\nsteps: [{wait: 1h}]\n"
BY_EVENT = "journey: by-event\nentry: {event: Signed Up}\nsteps: [{wait: 1h}]\n"
GOOD = {"starts_at": "2026-12-01T18:00:00Z", "seats": 2}


@pytest.fixture
async def published(admin: AsyncClient) -> AsyncClient:
    for journey, text in (("webinar", BY_HAND), ("by-event", BY_EVENT)):
        assert (await admin.put(f"/v1/journeys/{journey}", content=text)).json()["problems"] == []
        assert (await admin.post(f"/v1/journeys/{journey}/publish")).status_code == 200
    return admin


async def test_a_request_is_accepted_as_an_event(published: AsyncClient, inbox: Inbox) -> None:
    body = {"user_id": "42", "inputs": GOOD, "data": {"webinar_id": "w-7"}}
    answer = await published.post("/v1/journeys/webinar/enter", json=body)
    assert (answer.status_code, answer.json()["accepted"]) == (202, True)
    event = await inbox.only()
    assert (event.name, event.type, event.identities) == ("Entry Requested", "internal", ("user_id:42",))
    assert event.properties == {"journey": "webinar", "inputs": GOOD, "data": {"webinar_id": "w-7"}}


async def test_the_same_message_id_is_one_request(published: AsyncClient, inbox: Inbox) -> None:
    body = {"user_id": "42", "inputs": GOOD, "message_id": "m-1"}
    answers = [(await published.post("/v1/journeys/webinar/enter", json=body)).json() for _ in range(2)]
    assert [answer["accepted"] for answer in answers] == [True, False]
    await inbox.only()


async def test_a_customer_can_be_named_by_email_and_by_id(published: AsyncClient, inbox: Inbox, db: Database) -> None:
    ada = await History(db).customer("42", email="Ada@Example.com")
    for who in ({"email": "ada@example.com"}, {"customer_id": str(ada)}):
        assert (await published.post("/v1/journeys/webinar/enter", json={**who, "inputs": GOOD})).status_code == 202
    assert {event.identities for event in await inbox.events()} == {(f"customer_id:{ada}",)}


async def test_an_address_of_several_customers_is_a_conflict(published: AsyncClient, db: Database) -> None:
    for user in ("1", "2"):
        await History(db).customer(user, email="office@example.com")
    answer = await published.post("/v1/journeys/webinar/enter", json={"email": "office@example.com", "inputs": GOOD})
    assert (answer.status_code, answer.json()["code"]) == (409, "ambiguous_customer")


@pytest.mark.parametrize(
    ("journey", "body", "status", "code"),
    [
        ("unknown", {"user_id": "42"}, 404, "unknown_journey"),
        ("by-event", {"user_id": "42"}, 409, "not_manual"),
        ("webinar", {"email": "nobody@example.com", "inputs": GOOD}, 404, "unknown_customer"),
        ("webinar", {"customer_id": str(uuid4()), "inputs": GOOD}, 404, "unknown_customer"),
        ("webinar", {"inputs": GOOD}, 422, "invalid_input"),
        ("webinar", {"user_id": "42", "email": "ada@example.com", "inputs": GOOD}, 422, "invalid_input"),
    ],
)
async def test_requests_that_cannot_be_met_say_why(
    published: AsyncClient, inbox: Inbox, journey: str, body: dict[str, object], status: int, code: str
) -> None:
    answer = await published.post(f"/v1/journeys/{journey}/enter", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await inbox.events() == []


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({"seats": 2}, "inputs.starts_at"),
        ({**GOOD, "seats": "two"}, "inputs.seats"),
        ({**GOOD, "starts_at": "soon"}, "inputs.starts_at"),
        ({**GOOD, "color": "red"}, "inputs.color"),
    ],
)
async def test_inputs_that_do_not_fit_are_named(published: AsyncClient, inputs: dict[str, object], field: str) -> None:
    answer = await published.post("/v1/journeys/webinar/enter", json={"user_id": "42", "inputs": inputs})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_an_archived_journey_takes_no_requests(published: AsyncClient) -> None:
    await published.post("/v1/journeys/webinar/archive")
    answer = await published.post("/v1/journeys/webinar/enter", json={"user_id": "42", "inputs": GOOD})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_live")


@pytest.mark.parametrize("value", ['"\\ud800"', '"\\u0000"', "NaN"])
async def test_values_that_nobody_can_store_are_refused_and_not_a_server_error(
    published: AsyncClient, inbox: Inbox, value: str
) -> None:
    body = f'{{"user_id": "42", "inputs": {{"starts_at": "2026-12-01", "seats": 1}}, "data": {{"a": {value}}}}}'
    headers = {"Content-Type": "application/json"}
    answer = await published.post("/v1/journeys/webinar/enter", content=body, headers=headers)
    assert answer.status_code == 422
    assert await inbox.events() == []
