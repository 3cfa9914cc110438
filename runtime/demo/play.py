"""The demo from the opening of the shop to the verdict."""

import asyncio
import secrets
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console

from domain.errors import Unavailable
from runtime.demo import books, report
from runtime.demo.actions import LogsIn
from runtime.demo.calls import Calls
from runtime.demo.expectations import length
from runtime.demo.people import Person
from runtime.demo.population import Customer, population
from runtime.demo.post import Post
from runtime.demo.runs import Runs
from runtime.demo.shop import Shop
from runtime.demo.stage import Stage, check_journeys, open_stage
from runtime.demo.verdict import Outcome, judge
from runtime.demo.watch import Watch

PATIENCE = 30.0
"""Seconds over and above, for machines that are slow or busy."""

TICK = 0.04
LOOK = 0.1
LONG_LOOK = 0.3
"""Seconds between two looks at what there is to do, at what has come to the customers, and at the runs."""


@dataclass(frozen=True)
class Options:
    """`day`: how many seconds a day takes; None: as fits. `home`: the folder whose running stack may be used.

    `stay`: an own stack stays until Ctrl-C.
    """

    home: Path
    customers: int = 60
    seed: int = 1
    day: float | None = None
    stay: bool = False


def play(options: Options, console: Console) -> bool:
    """Plays the demo and tells how it went: whether every promise was kept and the books balance.

    Raises Unavailable when the stack does not start or stops answering.
    """
    console.print("Looking for a stack on which time flies …")
    with open_stage(options.home, options.day) as stage:
        console.print(
            f"{'A stack of its own has started' if stage.is_own else 'The running stack is used'}: {stage.url}"
        )
        customers = population(options.seed, options.customers, tag=secrets.token_hex(3))
        try:
            check_journeys(stage)
            is_good = _play_on(stage, customers, console)
        except httpx.HTTPError as error:
            raise Unavailable(f"the stack does not answer any more: {error}") from error
        if options.stay and stage.is_own:
            _stay(console)
    return is_good


def _play_on(stage: Stage, customers: list[Customer], console: Console) -> bool:
    people = [customer.person for customer in customers]
    calls = Calls(stage.url, stage.write_key)
    with (
        closing(calls),
        closing(Post(stage.inbox_url, stage.phone_url, people)) as post,
        closing(Runs(stage.url, stage.admin_key, people)) as runs,
    ):
        _opt_in([person for person in people if person.texts], calls, post, runs)
        shop = Shop(calls, post, customers, day=stage.day)
        console.print(f"The shop opens: {len(customers)} customers, and a day takes {stage.day:g} s.\n")
        latest = max(one.arrives + length(one) * stage.day for one in customers) + PATIENCE
        in_time = _run(stage, shop, post, runs, Watch(console, len(customers)), latest)
        calls.flush()
        faults = [f"a call failed: {failure}" for failure in calls.failures]
        if not in_time:
            faults += ["the time was up before everything had ended", *shop.unfinished()]
        outcome = Outcome(
            broken=tuple(judge(customers, post.got)),
            imbalance=tuple(books.differences(asyncio.run(books.compare(stage)), stage, runs, post.got)),
            faults=tuple(faults),
        )
        report.show(console, stage, customers, runs, post.got, outcome)
        return outcome.is_good


def _opt_in(people: list[Person], calls: Calls, post: Post, runs: Runs) -> None:
    """The regulars, who text START to the shop before it opens. Raises Unavailable when Sojourn does not get to know them."""
    for person in people:
        calls.make(person, [LogsIn()])
    calls.flush()
    deadline = time.monotonic() + PATIENCE
    for person in people:
        while not runs.has_phone(person):
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"after {PATIENCE:.0f} s Sojourn does not know the first customers: is a worker running?"
                )
            time.sleep(TICK)
        post.text(person, "START")


def _run(stage: Stage, shop: Shop, post: Post, runs: Runs, watch: Watch, latest: float) -> bool:
    """Lets time pass until everything has ended. False if it has not within `latest` seconds."""
    opening = time.monotonic()
    shop.open(opening)
    next_look = next_long_look = opening
    with watch.showing():
        while (now := time.monotonic()) < opening + latest:
            shop.act(now)
            if now >= next_look:
                watch.update((now - opening) / stage.day, post=post.collect())
                next_look = now + LOOK
            if now >= next_long_look:
                is_routed = shop.is_over and not runs.living and asyncio.run(books.is_all_routed(stage))
                watch.update((now - opening) / stage.day, runs=runs.collect())
                if is_routed and not runs.living:
                    watch.update((now - opening) / stage.day, post=post.collect())
                    return True
                next_long_look = now + LONG_LOOK
            time.sleep(TICK)
    return False


def _stay(console: Console) -> None:
    console.print("\nThe stack stays until you press Ctrl-C.")
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)
