"""How the people act: as clients that repeat what was not answered with 2xx, under the same message id."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from httpx import HTTPError

from tests.faults.campaign.people import Person, Quiz
from tests.faults.campaign.rig import Rig

REST = 0.1


class Grudging(dict[str, str]):
    """The mail server's answers to recipients: some are refused for good, some put off a few times as greylisting does."""

    def __init__(self, people: list[Person], *, is_put_off: bool) -> None:
        super().__init__()
        self._dead = {person.email for person in people if person.is_dead}
        self._left = {person.email: person.grudges for person in people if is_put_off}

    def get(self, address: str, default: Any = None) -> Any:
        if address in self._dead:
            return "550 5.1.1 no such user"
        if self._left.get(address, 0) > 0:
            self._left[address] -= 1
            return "450 4.2.1 not now, try again"
        return default


class Crowd:
    """`accepted` has the message id of everything that was answered with 2xx."""

    def __init__(self, rig: Rig, people: list[Person], seed: int, *, is_put_off: bool) -> None:
        self.rig = rig
        self.people = people
        self.accepted: set[str] = set()
        self._random = Random(seed)
        rig.post.answers = Grudging(people, is_put_off=is_put_off)

    async def act(self, people: Sequence[Person]) -> None:
        """Those of them live their part."""
        async with asyncio.TaskGroup() as tasks:
            for person in people:
                tasks.create_task(self._live(person))

    async def _live(self, person: Person) -> None:
        await asyncio.sleep(person.arrives)
        traits = {"email": person.email, "phone": person.phone, "plan": person.plan}
        await self._send("identify", f"{person.id}-id", person, userId=person.id, traits=traits)
        await self._track(person, "Subscribed", f"{person.id}-s")
        for number, hours in enumerate(person.ticks):
            await self._track(person, "Ticked", f"{person.id}-t{number}", hours)
        for quiz in person.quizzes:
            await self._take(person, quiz)

    async def _take(self, person: Person, quiz: Quiz) -> None:
        await self._track(person, "Quiz Started", f"{quiz.id}-s", quiz=quiz.id)
        if quiz.answer == "cancels":
            while not await self._is_asked(person, quiz):  # noqa: ASYNC110 (another process asks)
                await asyncio.sleep(4 * REST)
            await self._track(person, "Quiz Cancelled", f"{quiz.id}-c", quiz=quiz.id)
        else:
            await self._track(person, "Quiz Answered", f"{quiz.id}-a", quiz.hours, quiz=quiz.id, says=quiz.answer)

    async def _is_asked(self, person: Person, quiz: Quiz) -> bool:
        """Whether the run waits for the answer: only somebody who has got the question cancels."""
        try:
            answer = await self.rig.sojourn.world.admin.get(
                "/v1/runs", params={"journey": "quiz", "key": quiz.id, "step": "answer"}
            )
            return answer.is_success and bool(answer.json()["items"])
        except HTTPError:
            return False

    async def _track(self, person: Person, event: str, message: str, hours: float = 0, **properties: str) -> None:
        """Tells what happened that many hours ago. Some clients repeat everything, in a hurry or long after."""
        body: dict[str, Any] = {"userId": person.id, "event": event, "properties": properties}
        if hours:
            body["timestamp"] = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
        await self._send("track", message, person, **body)

    async def _send(self, call: str, message: str, person: Person, **body: Any) -> None:
        for _ in range(2 if person.repeats else 1):
            while not await self._post(f"/v1/{call}", {**body, "messageId": message}):  # noqa: ASYNC110
                await asyncio.sleep(REST * self._random.uniform(0.5, 2))
        self.accepted.add(message)

    async def _post(self, path: str, body: dict[str, Any]) -> bool:
        try:
            answer = await self.rig.sojourn.world.shop.post(path, json=body)
        except HTTPError:
            return False
        assert answer.is_success or answer.status_code in (500, 503), answer.text
        return answer.is_success
