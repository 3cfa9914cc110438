"""Webhooks and notifications, over real sockets (semantics 20; Standard Webhooks)."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.webhook_http import derived_secret
from runtime.settings import Settings
from tests.fixtures.loopback import serving
from tests.fixtures.world import World

CALL = """
journey: lead
entry: {{event: Signed Up}}
steps:
  - id: call
    webhook: {{url: "{url}/leads", data: {{plan: {{ref: event.plan}}, source: web}}, as: reply}}
    else: [{{id: refused, exit: refused}}]
  - id: tier
    branch:
      - if: {{run.reply.tier: gold}}
        steps: [{{id: gold, exit: gold}}]
"""

pytestmark = pytest.mark.usefixtures("impatient")


@dataclass
class Crm:
    """Answers in turn what it is told, then always the last of it."""

    statuses: list[int] = field(default_factory=lambda: [200])
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: Request) -> Response:
        self.calls.append((dict(request.headers), await request.body()))
        self.paths.append(request.url.path)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return Response(b'{"tier": "gold"}' if status == 200 else b"", status)


@pytest.fixture
async def crm() -> AsyncIterator[Crm]:
    crm = Crm()
    async with serving(Starlette(routes=[Route("/{path:path}", crm.answer, methods=["POST"])])) as url:
        crm.url = url
        yield crm


@pytest.fixture
def world_settings(world_settings: Settings) -> Settings:
    return world_settings.model_copy(update={"trusted_webhook_hosts": ("127.0.0.1",)})


async def sign_up(world: World, document: str) -> None:
    await world.publish(document)
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Signed Up", plan="pro")


async def test_a_webhook_is_signed_and_its_answer_is_read_by_the_next_branch(world: World, crm: Crm) -> None:
    await sign_up(world, CALL.format(url=crm.url))
    run = await world.run_in("lead", "ended")
    assert run["ended_reason"] == "exit:gold"
    ((headers, body),) = crm.calls
    secret = derived_secret(world.settings.secret_key.get_secret_value())
    said = Webhook(secret).verify(body, headers)
    assert said["data"] == {"plan": "pro", "source": "web"}
    assert (said["journey"], said["step"], said["run_id"]) == ("lead", "call", run["id"])


async def test_a_receiver_that_is_down_is_called_again_under_the_same_id(world: World, crm: Crm) -> None:
    crm.statuses = [503, 429, 200]
    await sign_up(world, CALL.format(url=crm.url))
    assert (await world.run_in("lead", "ended"))["ended_reason"] == "exit:gold"
    assert len(crm.calls) == 3
    assert len({headers["webhook-id"] for headers, _ in crm.calls}) == 1


async def test_a_receiver_that_refuses_leads_to_the_else(world: World, crm: Crm) -> None:
    crm.statuses = [422]
    await sign_up(world, CALL.format(url=crm.url))
    assert (await world.run_in("lead", "ended"))["ended_reason"] == "exit:refused"
    assert len(crm.calls) == 1


async def test_a_colleague_is_told_by_mail(world: World) -> None:
    await sign_up(
        world,
        f"journey: tell\nentry: {{event: Signed Up}}\nsteps:\n"
        f"  - {{id: tell, notify: {{email: {world.address('sales')}, title: Hot, text: Please call.}}}}\n",
    )
    (mail,) = await world.mails("sales", 1)
    assert mail["subject"] == "Hot"
    assert "Please call." in mail["text"]
    run = await world.run_in("tell", "ended")
    assert run["id"] in mail["text"]


async def test_colleagues_are_told_by_webhook(world: World, crm: Crm) -> None:
    await sign_up(
        world,
        "journey: tell\nentry: {event: Signed Up}\nsteps:\n"
        f'  - {{id: tell, notify: {{webhook: "{crm.url}/chat", text: A demo please.}}}}\n',
    )
    await world.run_in("tell", "ended")
    ((_, body),) = crm.calls
    assert json.loads(body)["text"] == "A demo please."


class TestStrangers:
    """Without a trusted host."""

    @pytest.fixture
    def world_settings(self, world_settings: Settings) -> Settings:
        return world_settings.model_copy(update={"trusted_webhook_hosts": ()})

    async def test_a_private_address_is_never_called(self, world: World, crm: Crm) -> None:
        await sign_up(world, CALL.format(url=crm.url))
        assert (await world.run_in("lead", "ended"))["ended_reason"] == "exit:refused"
        assert crm.calls == []
