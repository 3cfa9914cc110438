"""Temporal loses everything in the middle of 500 runs. PostgreSQL alone brings them back: everybody ends as if nothing had
happened, and nobody gets a message twice (semantics B: a run rebuilt from its row misses nothing and repeats nothing)."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from routing.audit import audit
from routing.restoring import Restored, Restoring
from runtime.settings import Settings
from store.database import Database
from store.journey.catalog import Catalog
from tests.doubles.smtp import SmtpScript, smtp_double
from tests.faults.passages import (
    NAPS,
    PARKED,
    PAUSED,
    RESTING,
    SAID_AFTERWARDS,
    SAID_BEFORE,
    SAID_MEANWHILE,
    SENDING,
    UNSAID,
    Passage,
)
from tests.faults.temporal_on_disk import TemporalServer
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.world import World, open_world

SECOND_A_DAY = 86_400
THINKING = 0.4
"""Seconds that the mail server thinks about a mail while Temporal is lost: some are always on their way."""

SIDE_BY_SIDE = 8
PATIENCE = 180.0
"""Seconds; on a machine of one's own a tenth of them is enough."""

NEWCOMERS = 20
"""People who begin while the others are restored."""

EVERYBODY = [(passage, number) for passage in (*RESTING, SENDING) for number in range(passage.people)]


@dataclass
class Standing:
    run: str
    status: str
    step: str | None
    ended_reason: str | None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TemporalServer]:
    server = TemporalServer(tmp_path)
    yield server
    server.stop()


def test_five_hundred_runs_go_on_after_temporal_has_lost_its_database(
    world_settings: Settings, database_url: str, mailbox: Mailbox, server: TemporalServer
) -> None:
    """The server is started outside an event loop, since preparing it needs one of its own."""
    assert len(EVERYBODY) == 500
    settings = world_settings.model_copy(
        update={
            "temporal_address": server.address,
            "temporal_namespace": "default",
            "time_scale": SECOND_A_DAY,
            "send_lease": 8,
            "worker_pollers": 5,
        }
    )
    asyncio.run(_loss(settings, database_url, mailbox, server))


async def _loss(settings: Settings, database_url: str, mailbox: Mailbox, server: TemporalServer) -> None:
    db = Database(database_url, pool_size=4)
    async with smtp_double(SmtpScript()) as post:
        settings = settings.model_copy(update={"smtp_port": post.port})
        async with open_world(settings, db, mailbox) as world:
            world.patience = PATIENCE
            await settle_in(world)
            await lose(world, post, server)
            await speak_meanwhile(world)
            await asyncio.to_thread(server.start)
            await restore(world)
            post.pause = 0
            await go_on(world)
            await check(world, post)
    await db.close()


async def settle_in(world: World) -> None:
    """Everybody is at their place: some wait, some are paused, some are parked."""
    for name in ("hello", "bye", "thanks", "tip", "more"):
        await world.template(name)
    await world.template("offer", "{{ customer.plan }}")
    for passage in (*RESTING, SENDING):
        await world.publish(passage.document)
    for passage in (*RESTING[1:], NAPS):
        await begin(world, passage, range(passage.people))
    for passage in RESTING:
        await world.until(partial(all_at, world, passage), f"{passage.people} at {passage.at}")
    paused = [(PAUSED, number) for number in range(PAUSED.people)]
    await order(world, paused, "pause")


async def lose(world: World, post: SmtpScript, server: TemporalServer) -> None:
    """While mails are being handed over."""
    post.pause = THINKING
    await begin(world, SENDING, range(SENDING.people))
    await world.until(lambda: is_sending(world), "hand-overs under way")
    await asyncio.to_thread(server.kill)
    server.forget()


async def speak_meanwhile(world: World) -> None:
    """Events come in. Of those that were said before, Temporal had taken the signals and lost them, unheard."""
    await say(world, SAID_BEFORE)
    await world.until(lambda: is_routed(world), "empty inbox")
    async with world.db.transaction() as tx:
        taken = await tx.execute(text("DELETE FROM command WHERE kind = 'signal'"))
        assert taken.rowcount >= 4 * 15
    await say(world, SAID_MEANWHILE)
    await world.until(lambda: is_routed(world), "empty inbox")


async def restore(world: World) -> None:
    """Twice at once, and once more: nobody is started twice. New people begin meanwhile."""
    lost = await restored(world, is_rehearsal=True)
    assert lost.restored > 450
    one, other, _ = await asyncio.gather(
        restored(world), restored(world), begin(world, NAPS, range(NAPS.people, NAPS.people + NEWCOMERS))
    )
    assert one.restored + other.restored >= lost.restored - 10
    assert one.restored < lost.restored + 10
    assert (one.failed, other.failed) == ((), ())
    assert (await restored(world)).restored == 0


async def restored(world: World, *, is_rehearsal: bool = False) -> Restored:
    return await Restoring(world.db, Catalog(), world.client).run(is_rehearsal=is_rehearsal)


async def go_on(world: World) -> None:
    await say(world, SAID_AFTERWARDS)
    await world.until(lambda: is_routed(world), "empty inbox")
    await world.template("offer", "{{ customer.plan | default: 'none' }}")
    living = [(PAUSED, number) for number in range(PAUSED.people) if number % 4 in (SAID_MEANWHILE, SAID_AFTERWARDS)]
    await order(world, living, "resume")
    for passage in RESTING:
        if passage.order is not None:
            silent = [(passage, number) for number in range(passage.people) if number % 4 == UNSAID]
            await order(world, silent, passage.order)
    await world.until(lambda: all_ended(world), "end of all runs")


async def check(world: World, post: SmtpScript) -> None:
    """Compares with what each person's journey must have come to, which nothing above had a hand in."""
    stood = await standings(world)
    mails: defaultdict[str, list[str]] = defaultdict(list)
    for mail in post.parsed():
        mails[str(mail["To"]).partition(".")[0]].append(str(mail["Subject"]))
    newcomers = [(NAPS, number) for number in range(NAPS.people, NAPS.people + NEWCOMERS)]
    came = {}
    for passage, number in (*EVERYBODY, *newcomers):
        name = passage.person(number)
        came[name] = (tuple(mails.pop(name, ())), (stood[name].ended_reason or "").partition(":sj_")[0])
    assert came == {passage.person(number): passage.endings[number % 4] for passage, number in (*EVERYBODY, *newcomers)}
    assert mails == {}
    async with world.db.transaction() as tx:
        tried = "SELECT state FROM message WHERE state <> 'released'"  # a busy mail server takes it at a later attempt
        ledger = Counter(row[0] for row in await tx.execute(text(tried)))
        unknown = (await tx.execute(text("SELECT sum(unknown_count) FROM message"))).scalar_one()
    assert (set(ledger), unknown) == ({"handed_over"}, 0)
    await world.until(lambda: balances(world), "balance of the books")


async def begin(world: World, passage: Passage, numbers: Iterable[int]) -> None:
    calls: list[dict[str, Any]] = []
    for number in numbers:
        name = passage.person(number)
        calls.append({"type": "identify", "userId": name, "traits": {"email": world.address(name)}})
        calls.append({"type": "track", "userId": name, "event": f"Began {passage.name}"})
    await send(world, calls)


async def say(world: World, when: int) -> None:
    said = [(passage.person(number), passage.words.get(when)) for passage, number in EVERYBODY if number % 4 == when]
    await send(world, [{"type": "track", "userId": name, "event": word} for name, word in said if word is not None])


async def send(world: World, calls: list[dict[str, Any]]) -> None:
    answer = await world.shop.post("/v1/batch", json={"batch": calls})
    assert answer.is_success, answer.text


async def order(world: World, whom: Iterable[tuple[Passage, int]], action: str) -> None:
    """Insists on it. An order that nobody took in time may be obeyed all the same: then it is refused when it is given again."""
    stood = await standings(world)
    gate = asyncio.Semaphore(SIDE_BY_SIDE)

    async def give(run: str) -> None:
        is_given = False
        async with gate:
            while not (answer := await world.order(run, action)).is_success:
                assert answer.status_code in (409, 503), answer.text
                if is_given and answer.status_code == 409:
                    return
                is_given = is_given or answer.json()["code"] == "no_worker"
                await asyncio.sleep(0.1)

    await asyncio.gather(*(give(stood[passage.person(number)].run) for passage, number in whom))


async def standings(world: World) -> dict[str, Standing]:
    """Everybody's only run."""
    query = text("""
        SELECT identity.value, run.id, run.status, run.step, run.ended_reason
        FROM run JOIN identity ON identity.customer_id = run.customer_id AND identity.kind = 'user_id'
    """)
    async with world.db.transaction() as tx:
        return {name: Standing(str(run), *rest) for name, run, *rest in await tx.execute(query)}


async def all_at(world: World, passage: Passage) -> bool:
    query = """
        SELECT count(*) FROM run WHERE journey_id = :name AND (status = 'ended' OR (step = :at AND status = :wanted))
    """
    wanted = "parked" if passage is PARKED else "running"
    return await count(world, query, name=passage.name, at=passage.at, wanted=wanted) == passage.people


async def is_sending(world: World) -> bool:
    return await count(world, "SELECT count(*) FROM message WHERE state = 'claimed'") >= SENDING.people // 6


async def is_routed(world: World) -> bool:
    return await count(world, "SELECT count(*) FROM inbox") == 0


async def all_ended(world: World) -> bool:
    return await count(world, "SELECT count(*) FROM run WHERE status <> 'ended'") == 0


async def count(world: World, query: str, **parameters: str) -> int:
    """What is waited for takes seconds: looking must not take the processor from it."""
    await asyncio.sleep(0.2)
    async with world.db.transaction() as tx:
        return int((await tx.execute(text(query), parameters)).scalar_one())


async def balances(world: World) -> bool:
    found = await audit(world.db, world.client)
    return found.balance and found.living_in_database == found.living_in_temporal == 0
