"""A whole installation in a thread of its own, with something of everything in it: what attacks it is not asynchronous."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from runtime.settings import Settings
from store.database import Database
from tests.fixtures.loopback import serving
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.world import World, open_world

JOURNEYS = {
    "letters": """
journey: letters
inputs: {day: datetime}
entry: [{event: Signed Up}, {manual: true, again: always}]
steps:
  - {id: greet, send: {template: letter, channel: email, topic: news}}
  - {id: rest, wait: 30d}
  - {id: remind, send: email/letter}
""",
    "quick": """
journey: quick
entry: {event: Ordered, again: always}
steps:
  - {id: greet, send: email/letter}
""",
}


@dataclass(frozen=True)
class Installation:
    """Where it is, keys to it, and a name of each kind of thing that exists in it."""

    url: str
    write_key: str
    admin_key: str
    settings: Settings
    known: dict[str, str]


@contextmanager
def running(settings: Settings, mailbox: Mailbox) -> Iterator[Installation]:
    """The installation, for as long as the block lasts."""
    ready: Future[Installation] = Future()
    enough = threading.Event()

    async def live() -> None:
        database = Database(settings.database_url, pool_size=3)
        async with open_world(settings, database, mailbox) as world, serving(world.app) as url:
            ready.set_result(await _filled(world, url))
            await asyncio.to_thread(enough.wait)
        await database.close()

    with ThreadPoolExecutor(1) as thread:
        living = thread.submit(asyncio.run, live())
        either: list[Future[Any]] = [ready, living]
        wait(either, return_when=FIRST_COMPLETED)
        try:
            yield ready.result(timeout=0) if ready.done() else living.result()  # type: ignore[misc]
        finally:
            enough.set()
        living.result()


async def _filled(world: World, url: str) -> Installation:
    answer = await world.admin.put("/v1/topics/news", json={"title": "News"})
    assert answer.is_success, answer.text
    await world.template("letter", "Hello {{ customer.first_name }}: https://shop.test/ {{ message.unsubscribe_url }}")
    for document in JOURNEYS.values():
        await world.publish(document)
    await world.identify("ada", email=world.address("ada"), first_name="Ada")
    await world.track("ada", "Signed Up", plan="pro")
    await world.track("ada", "Ordered", total=12.5)
    run = await world.waiting("letters", "rest")
    await world.run_in("quick", "ended")
    messages = await world.messages("ada")
    known = {
        "journey": "letters",
        "run": run["id"],
        "customer": (await world.customer("ada"))["id"],
        "message": messages[0]["id"],
        "message_id": messages[0]["id"],
        "topic": "news",
        "channel": "email",
        "name": "letter",
    }
    keys = [client.headers["Authorization"].removeprefix("Bearer ") for client in (world.shop, world.admin)]
    return Installation(url, keys[0], keys[1], world.settings, known)
