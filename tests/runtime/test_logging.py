"""Logs are one line each, whoever writes them."""

import json
import logging
from collections.abc import Iterator

import httpx
import pytest
import structlog
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import SecretStr
from temporalio.exceptions import ApplicationError

from runtime.logging import configure_logging
from runtime.settings import Environment, Settings
from store.customer.identities import split
from tests.fixtures.loopback import serving


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_production_writes_json_for_our_lines_and_for_those_of_libraries(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_format="json"))
    structlog.get_logger("routing").info("routed", events=3)
    logging.getLogger("library").warning("slow %s", "query")
    ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["events"], ours["level"], ours["logger"]) == ("routed", 3, "info", "routing")
    assert (theirs["event"], theirs["level"]) == ("slow query", "warning")


def test_lines_below_the_level_and_chatter_of_libraries_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_level="info"))
    structlog.get_logger("routing").debug("detail")
    logging.getLogger("httpx").info("GET http://localhost")
    assert capsys.readouterr().err == ""


def test_a_failure_that_we_raised_ourselves_is_one_line_with_its_type(capsys: pytest.CaptureFixture[str]) -> None:
    """Tracebacks in colour take a worker seconds: a provider that refuses a hundred messages would stall it."""
    configure_logging(Settings(log_format="console"))
    try:
        raise ApplicationError("Not handed over: 451.", type="451")
    except ApplicationError:
        logging.getLogger("temporalio.activity").warning("Completing activity as failed", exc_info=True)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "[451]" in lines[0]


def production() -> Settings:
    return Settings(
        environment=Environment.PRODUCTION,
        secret_key=SecretStr("a secret for tests, long enough to sign"),
        database_url="postgresql://localhost/none",
        temporal_address="localhost:1",
    )


def test_in_production_an_unforeseen_error_is_told_by_its_kind_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(production())
    try:
        split(b"ada@example.com")  # type: ignore[arg-type]
    except TypeError:
        logging.getLogger("temporalio.worker").error("Failed activation of %s", "run", exc_info=True)
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert line["event"].startswith("Failed activation of run [TypeError at store/customer/identities.py:")


async def test_an_error_of_an_endpoint_quotes_nobody_in_production(capsys: pytest.CaptureFixture[str]) -> None:
    async def stumble() -> None:
        raise KeyError("ada@example.com")

    app = FastAPI(routes=[APIRoute("/", stumble)])
    async with serving(app) as url, httpx.AsyncClient() as client:
        configure_logging(production())
        assert (await client.get(url)).status_code == 500
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"].partition(" at ")[0] for line in lines] == ["Exception in ASGI application [KeyError"]
