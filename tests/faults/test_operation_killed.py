"""A worker dies in the middle of an operation: another goes on with it, and every run is acted on once."""

from pathlib import Path
from typing import Any

from runtime.settings import Settings
from tests.faults.installation import Installation, installed
from tests.fixtures.mailbox import Mailbox

PEOPLE = 30
JOURNEY = """
journey: renewal
entry: {event: Begun}
steps:
  - {id: reminder, send: email/broken}
"""


async def test_a_retry_goes_on_after_its_worker_was_killed_and_each_run_sends_once(
    world_settings: Settings, tmp_path: Path, mailbox: Mailbox
) -> None:
    async with installed(world_settings, tmp_path, mailbox) as sojourn:
        world = sojourn.world
        await world.template("broken", "{{ customer.plan }}")
        await world.publish(JOURNEY)
        sojourn.start("worker")
        for number in range(PEOPLE):
            await world.identify(f"p{number}", email=world.address(f"p{number}"))
            await world.track(f"p{number}", "Begun")
        await world.run_in("renewal", "parked", PEOPLE)
        await world.template("broken", "{{ customer.plan | default: 'free' }}")
        answer = await world.admin.post("/v1/parked/retry", json={"journey": "renewal", "rate": 5})
        assert answer.is_success, answer.text
        operation = answer.json()["id"]

        async def has_begun() -> bool:
            return int((await _shown(sojourn, operation))["done"]) >= 5

        async def is_done() -> dict[str, Any] | None:
            shown = await _shown(sojourn, operation)
            return shown if shown["status"] == "done" else None

        await world.until(has_begun, "operation that has begun")
        sojourn.kill("worker")
        left = await _shown(sojourn, operation)
        assert left["done"] < PEOPLE
        sojourn.start("worker")
        done = await world.until(is_done, "operation that is done")
        assert (done["done"], done["skipped"], done["failed"]) == (PEOPLE, 0, 0)
        await world.run_in("renewal", "ended", PEOPLE)
        for number in range(PEOPLE):
            states = [one["state"] for one in await world.messages(f"p{number}")]
            assert states == ["handed_over"]


async def _shown(sojourn: Installation, operation: str) -> dict[str, Any]:
    answer = await sojourn.world.admin.get(f"/v1/operations/{operation}")
    shown: dict[str, Any] = answer.json()
    return shown
