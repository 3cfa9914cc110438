"""What plays are played on: the whole of Sojourn, a mail server that obeys, a receiver of webhooks, and one customer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tests.doubles.smtp import SmtpScript
from tests.fixtures.world import World

SECOND_A_DAY = 86_400
SECRETS = {
    "first_name": "Adelgunde",
    "last_name": "Lovelacensis",
    "phone": "+14155550123",
    "plan": "plan-nobody-may-see",
}
"""What is known about the customer. None of it may be read in Temporal (semantics 26)."""

CODE = "code-nobody-may-see"
"""What the event that starts the run says; where `per` counts by it, it is the run's key."""


@dataclass
class Receiver:
    """Takes webhooks and answers with one status; 200 brings a field that the next branch reads."""

    status: int = 200
    url: str = ""

    async def answer(self, request: Request) -> Response:
        await request.body()
        return Response(b'{"tier": "tier-nobody-may-see"}' if self.status == 200 else b"", self.status)


@dataclass
class Stage:
    world: World
    post: SmtpScript
    receiver: Receiver

    async def open(self, journey: str, steps: str, top: str = "", **properties: Any) -> None:
        """Publishes a journey that starts with `Begun`, and has the customer begin it."""
        for name in ("hello", "bye"):
            await self.world.template(name)
        entry = "entry: {event: Begun, again: always}\n" if "entry:" not in top else ""
        await self.world.publish(f"journey: {journey}\n{entry}{top}\nsteps:\n{steps}")
        await self.world.identify("ada", email=self.world.address("adelgunde"), **SECRETS)
        await self.world.track("ada", "Begun", code=CODE, **properties)

    async def waiting(self, journey: str, step: str) -> str:
        """The id of the run, once it waits at that step."""
        return str((await self.world.waiting(journey, step))["id"])

    async def order(self, run: str, action: str, **body: str) -> None:
        await self.world.insist(run, action, **body)


@dataclass(frozen=True)
class Play:
    """`act` leaves the runs of journey `name` ended for `reason`. A day is a second where `is_fast`."""

    name: str
    act: Callable[[Stage], Awaitable[None]] = field(compare=False)
    reason: str = "finished"
    is_fast: bool = False
    is_long: bool = False
    """Needs a server that soon suggests to continue as new."""


def play(reason: str = "finished", *, fast: bool = False, long: bool = False) -> Callable[..., Play]:
    """Makes a play of a function; it is called like it, with hyphens."""

    def made(act: Callable[[Stage], Awaitable[None]]) -> Play:
        return Play(act.__name__.replace("_", "-"), act, reason, fast, long)

    return made
