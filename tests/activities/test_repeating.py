"""Every effect once (semantics 18 and B): whatever Temporal repeats finds what was done, and does it no second time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.outside import OutsideActivities
from activities.progress import ProgressActivities
from activities.sending.send import SendActivities
from domain.effects import Reply, Request
from runtime.settings import Settings
from tests.doubles.smtp import SmtpScript, smtp_double
from tests.fixtures.world import World

EFFECTS = [(ProgressActivities, "_once"), (SendActivities, "_send"), (OutsideActivities, "_notify")]
JOURNEY = """
journey: all
entry: {event: Signed Up}
steps:
  - {id: hello, send: email/hello}
  - {id: visit, increment: {visits: 1}}
  - {id: points, score: +20}
  - {id: tell, notify: {email: COLLEAGUE, text: Somebody came.}}
  - {id: pause, wait: 30d}
  - id: which
    branch: [{if: {visits: 1, score: 20}, steps: [{id: bye, send: email/bye}]}]
"""
Attempt = Callable[[Any, Request], Awaitable[Reply]]


def repeat(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, how: Callable[[Attempt], Attempt]) -> None:
    monkeypatch.setattr(owner, name, how(getattr(owner, name)))


def after_its_end(attempt: Attempt) -> Attempt:
    """As when a worker dies after its commit, and before it could say so."""

    async def twice(self: Any, request: Request) -> Reply:
        first = await attempt(self, request)
        assert await attempt(self, request) == first
        return first

    return twice


def at_the_same_time(attempt: Attempt) -> Attempt:
    """As when the server takes a worker for dead that still works."""

    async def both(self: Any, request: Request) -> Reply:
        answers = await asyncio.gather(attempt(self, request), attempt(self, request), return_exceptions=True)
        replies = [answer for answer in answers if isinstance(answer, Reply)]
        errors = [answer for answer in answers if not isinstance(answer, Reply)]
        assert all(isinstance(error, ApplicationError) and error.type == "claimed" for error in errors), errors
        return replies[0]

    return both


async def walk(world: World) -> None:
    for name in ("hello", "bye"):
        await world.template(name)
    await world.publish(JOURNEY.replace("COLLEAGUE", world.address("sales")))
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Signed Up")
    run = await world.waiting("all", "pause")
    await world.insist(run["id"], "skip-wait")
    await world.run_in("all", "ended")


async def test_what_is_repeated_after_its_commit_is_done_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name in EFFECTS:
        repeat(monkeypatch, owner, name, after_its_end)
    await walk(world)
    assert [mail["subject"] for mail in await world.mails("ada", 2)] == ["hello", "bye"]
    assert len(await world.mails("sales", 1)) == 1
    customer = await world.customer("ada")
    assert (customer["attributes"]["visits"], customer["score"]) == (1, 20)
    told = [line["title"] for line in await world.timeline("ada", "decision")]
    assert len([title for title in told if title.startswith("send: ")]) == 2
    assert len(await world.events("ada", "Score Changed")) == 1


class TestSlowly:
    """The mail server takes its time, so that two attempts meet."""

    @pytest.fixture
    def post(self) -> SmtpScript:
        return SmtpScript(pause=0.2)

    @pytest.fixture
    async def world_settings(self, world_settings: Settings, post: SmtpScript) -> Any:
        async with smtp_double(post):
            yield world_settings.model_copy(update={"smtp_port": post.port})

    async def test_two_attempts_at_once_hand_over_once(
        self, world: World, post: SmtpScript, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repeat(monkeypatch, SendActivities, "_send", at_the_same_time)
        await walk(world)
        assert [str(mail["Subject"]) for mail in post.parsed() if "ada" in str(mail["To"])] == ["hello", "bye"]
        assert [(m["attempt"], m["unknown_count"]) for m in await world.messages("ada")] == [(1, 0), (1, 0)]
