"""Two releases on the same task queues: runs go from one to the other and back. The later one has a timer more in its workflow.

What is shown needs real workers that come and go, six of them: half a minute of processor time for the only test of this promise.
"""

from collections.abc import Mapping
from pathlib import Path

from runtime.settings import Settings
from tests.faults.changed import VARIABLE as CHANGED
from tests.faults.handovers import carried_runs
from tests.faults.installation import NOTHING_MORE, Installation, installed
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.world import World

BESIDE = {CHANGED: "1", "SOJOURN_MIXED_RELEASES": "true"}
ALONE = {CHANGED: "1"}
NON_DETERMINISTIC = "WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR"

JOURNEY = """
journey: in-turn
entry: {event: Signed Up}
steps:
  - {id: hello, send: email/hello}
  - {id: one, wait_for: {event: One, within: 30d}}
  - {id: two, wait_for: {event: Two, within: 30d}}
  - {id: bye, send: email/bye}
"""
OURS = "JourneyId = 'in-turn'"
FIRST, SECOND, LATER = ("p0", "p1", "p2"), ("p3", "p4", "p5"), ("p6",)


async def test_runs_go_from_one_release_to_the_other_and_back(
    world_settings: Settings, tmp_path: Path, mailbox: Mailbox
) -> None:
    async with installed(world_settings, tmp_path, mailbox) as sojourn:
        world = sojourn.world
        for name in ("hello", "bye"):
            await world.template(name)
        await world.publish(JOURNEY)
        older, newer = await carried_in_turn(sojourn)
        carried = await carried_runs(world.client, OURS)
        assert carried.refused == []
        assert carried.shared(older, newer) == len(FIRST) + len(SECOND)
        await a_forgotten_setting_delays_and_loses_nothing(sojourn)
        for person in (*FIRST, *SECOND, *LATER):
            assert [message["step"] for message in await world.messages(person)] == ["hello", "bye"]


async def carried_in_turn(sojourn: Installation) -> tuple[set[int], set[int]]:
    """The process ids of the older release, and of the newer one."""
    world = sojourn.world
    older = {start(sojourn, "older")}
    await begin(world, FIRST, standing=3)
    newer = {start(sojourn, "newer", BESIDE)}
    sojourn.stop("older")
    await begin(world, SECOND, standing=6)
    await say(world, "One", FIRST)
    await world.waiting("in-turn", "two", len(FIRST))
    older.add(start(sojourn, "older"))
    sojourn.stop("newer")
    await say(world, "One", SECOND)
    await say(world, "Two", FIRST)
    await world.run_in("in-turn", "ended", len(FIRST))
    await world.waiting("in-turn", "two", len(SECOND))
    sojourn.stop("older")
    newer.add(start(sojourn, "newer", ALONE))
    await say(world, "Two", SECOND)
    await world.run_in("in-turn", "ended", len(FIRST) + len(SECOND))
    return older, newer


async def a_forgotten_setting_delays_and_loses_nothing(sojourn: Installation) -> None:
    """Without the setting, the older release cannot carry on what the newer one has begun: it waits for the newer one."""
    world = sojourn.world
    await begin(world, LATER, standing=1)
    sojourn.stop("newer")
    start(sojourn, "older")
    await say(world, "One", LATER)
    await world.until(lambda: refused(world), "refusal by the older release")
    sojourn.stop("older")
    start(sojourn, "newer", ALONE)
    await world.waiting("in-turn", "two")
    await say(world, "Two", LATER)
    await world.run_in("in-turn", "ended", len(FIRST) + len(SECOND) + len(LATER))


def start(sojourn: Installation, name: str, variables: Mapping[str, str] = NOTHING_MORE) -> int:
    sojourn.start(name, variables=variables)
    return sojourn.processes[name].pid


async def begin(world: World, people: tuple[str, ...], standing: int) -> None:
    for person in people:
        await world.identify(person, email=world.address(person))
        await world.track(person, "Signed Up")
    await world.waiting("in-turn", "one", standing)


async def say(world: World, word: str, people: tuple[str, ...]) -> None:
    for person in people:
        await world.track(person, word)


async def refused(world: World) -> bool:
    living = await carried_runs(world.client, f"{OURS} AND ExecutionStatus = 'Running'")
    return any(NON_DETERMINISTIC in line for line in living.refused)
