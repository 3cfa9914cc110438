"""The stage for plays. `pytest tests/replay --record-histories` keeps the histories of what is played."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from runtime.settings import Settings
from tests.doubles.smtp import SmtpScript, smtp_double
from tests.e2e.conftest import impatient
from tests.fixtures.clocks import hasty_temporal
from tests.fixtures.loopback import serving
from tests.fixtures.world import World
from tests.replay.plays.stage import SECOND_A_DAY, Play, Receiver, Stage

__all__ = ["hasty_temporal", "impatient"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-histories", action="store_true", help="keep the histories of the plays anew")


@pytest.fixture
async def post() -> AsyncIterator[SmtpScript]:
    async with smtp_double() as script:
        yield script


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with serving(Starlette(routes=[Route("/{path:path}", receiver.answer, methods=["POST"])])) as url:
        receiver.url = url
        yield receiver


@pytest.fixture
def world_settings(world_settings: Settings, post: SmtpScript, play: Play, request: pytest.FixtureRequest) -> Settings:
    changes: dict[str, object] = {"smtp_port": post.port, "trusted_webhook_hosts": ("127.0.0.1",)}
    if play.is_fast:
        changes["time_scale"] = SECOND_A_DAY
    if play.is_long:
        changes |= {"temporal_address": request.getfixturevalue("hasty_temporal"), "temporal_namespace": "default"}
    return world_settings.model_copy(update=changes)


@pytest.fixture
def stage(impatient: None, world: World, post: SmtpScript, receiver: Receiver) -> Stage:
    return Stage(world, post, receiver)


@pytest.fixture
def histories() -> Path:
    return Path(__file__).parent / "histories"
