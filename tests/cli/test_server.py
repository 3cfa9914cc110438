"""The API as the command line sees it: how long it is waited for, and what is said when it does not answer."""

import httpx
import pytest

from cli.server import LONG_SECONDS, TIMEOUT_SECONDS, Server
from domain.errors import Unavailable


def silent(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("timed out", request=request)


def test_an_answer_over_everybody_is_waited_for_longer_and_any_other_is_not() -> None:
    asked: list[dict[str, float]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.extensions["timeout"])
        return httpx.Response(200, json={})

    with Server("http://api.test", "key", transport=httpx.MockTransport(answer)) as server:
        server.post("/v1/journeys/welcome/migrate/forecast", {}, patience=LONG_SECONDS)
        server.get("/v1/journeys")
    assert [one["read"] for one in asked] == [LONG_SECONDS, TIMEOUT_SECONDS]
    assert {one["connect"] for one in asked} == {TIMEOUT_SECONDS}


def test_a_server_that_is_slow_is_not_said_to_be_away() -> None:
    with (
        Server("http://api.test", "key", transport=httpx.MockTransport(silent)) as server,
        pytest.raises(Unavailable, match="has not answered for 30 seconds"),
    ):
        server.get("/v1/journeys")


def test_a_list_in_a_query_is_given_once_for_each_value() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"map": request.url.params.get_list("map"), "from": request.url.params["from"]})

    with Server("http://api.test", "key", transport=httpx.MockTransport(answer)) as server:
        assert server.get("/diff", map=["a=b", "c=d"], **{"from": 1}) == {"map": ["a=b", "c=d"], "from": "1"}
