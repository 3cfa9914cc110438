"""What tests of operations ask a whole system."""

from typing import Any

import pytest

from tests.fixtures.world import World


class Operator:
    """A person at the admin API."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = await self.world.admin.post(path, json=body)
        assert answer.is_success, answer.text
        said: dict[str, Any] = answer.json()
        return said

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = await self.world.admin.get(path, params=query)
        assert answer.is_success, answer.text
        said: dict[str, Any] = answer.json()
        return said

    async def refusal(self, path: str, **body: Any) -> tuple[int, str]:
        """Status and code with which the API says no."""
        answer = await self.world.admin.post(path, json=body)
        return answer.status_code, answer.json().get("code", "")

    async def operation_in(self, operation: str, status: str) -> dict[str, Any]:
        """The operation, once it has that status."""

        async def found() -> dict[str, Any] | None:
            shown = await self.get(f"/v1/operations/{operation}")
            return shown if shown["status"] == status else None

        return await self.world.until(found, f"operation that is {status}")

    async def items(self, operation: str, **query: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.get(f"/v1/operations/{operation}/items", limit=200, **query))["items"]
        return items

    async def held(self, path: str, runs: int) -> dict[str, Any]:
        """The resume plan of a journey or channel, once so many runs rest."""

        async def found() -> dict[str, Any] | None:
            plan = await self.get(f"{path}/resume-plan")
            return plan if plan["runs"] == runs else None

        return await self.world.until(found, f"{runs} runs that rest at {path}")

    async def begin(self, *names: str, event: str = "Begun", **properties: Any) -> None:
        """Each of these people does what starts the journey."""
        for name in names:
            await self.world.identify(name, email=self.world.address(name))
            await self.world.track(name, event, **properties)

    async def mails(self, name: str) -> int:
        """How many mails have reached them."""
        return len(await self.world.mails(name, 0))


@pytest.fixture
def operator(world: World) -> Operator:
    return Operator(world)
