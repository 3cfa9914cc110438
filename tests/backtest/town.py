"""A small town whose people live on the real system, and the back-test of what was recorded there."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from cli.backtest.choosing import choose
from domain.calendar import zone_of
from lab.backtest.assessing import Assessor, Result
from lab.backtest.comparing import Comparison
from lab.backtest.hearing import entries_of, names_of
from lab.backtest.replaying import Draft, replay
from lab.backtest.telling import Person
from lab.figures.calendar import DAY, Days
from store.database import Database
from store.message import reactions
from store.recorded import people
from store.recorded.lives import Reach, lives
from store.recorded.people import Window
from store.recorded.snapshot import snapshot
from tests.fixtures.world import World

SCALE = 57_600
"""A day is a second and a half, as in tests/e2e/test_one_engine.py."""


@dataclass
class Town:
    """Who lives here, and when life began."""

    world: World
    began: datetime
    people: list[str] = field(default_factory=list)

    async def live(self, number: int, seed: str) -> None:
        """One seeded person: downloads something, may look at prices, book a demo, click, leave a topic."""
        dice = random.Random(f"{seed}/{number}")
        user = f"person-{number}"
        self.people.append(user)
        world = self.world
        await world.identify(user, email=world.address(user), first_name=f"P{number}", age=dice.randint(18, 80))
        if dice.random() < 0.2:
            customer = UUID((await world.customer(user))["id"])
            await _say_no(world.db, customer)
        title = dice.choice(["Marketing automation", "Marketing automation", "Home gardening"])
        await world.track(user, "Whitepaper Downloaded", title=title)
        if dice.random() < 0.4:
            await _days(1)
            await self._click(user)
        if dice.random() < 0.5:
            await _days(1)
            await world.track(user, "Page Viewed", path=dice.choice(["/pricing", "/about"]))
        if dice.random() < 0.3:
            await _days(1)
            await world.track(user, dice.choice(["Demo Booked", "Account Closed"]))
        if dice.random() < 0.2:
            await _days(1)
            await world.track(user, "Whitepaper Downloaded", title="Marketing automation again")

    async def _click(self, user: str) -> None:
        for message in await self.world.messages(user):
            async with self.world.db.transaction() as tx:
                now = (await tx.execute(text("SELECT now()"))).scalar_one()
                await reactions.record(tx, UUID(message["id"]), "clicked", at=now, link="more")

    async def grow(self, count: int, seed: str) -> None:
        """All of them at once, until nobody is under way."""
        await asyncio.gather(*(self.live(number, seed) for number in range(count)))

        async def over() -> bool:
            async with self.world.db.transaction() as tx:
                busy = "SELECT (SELECT count(*) FROM run WHERE status <> 'ended') + (SELECT count(*) FROM inbox)"
                return bool((await tx.execute(text(busy))).scalar_one() == 0)

        await self.world.until(over, "end of all runs")


async def _days(count: int) -> None:
    await asyncio.sleep(count * 86_400 / SCALE)


async def _say_no(db: Database, customer: UUID) -> None:
    async with db.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO consent (id, customer_id, topic, granted, source, at)"
                " VALUES (gen_random_uuid(), :customer, 'for-professionals', false, 'form', now())"
            ),
            {"customer": customer},
        )


async def backtest(
    db: Database,
    named: str,
    since: datetime,
    *,
    until: datetime | None = None,
    time_scale: float = 1.0,
    tolerance: timedelta = timedelta(minutes=15),
    against: int | None = None,
) -> tuple[Result, list[Person]]:
    """What `sojourn backtest` does, in this process: the totals, and everybody's story."""
    until = until or datetime.now(UTC)
    result, everybody = Result(), []
    async with snapshot(db) as tx:
        chosen = await choose(tx, named, None)
        draft = Draft(chosen.program, chosen.stock, chosen.account, chosen.topics, since, until, time_scale=time_scale)
        days = Days(since, zone_of({}, chosen.account)[0], DAY / time_scale)
        assessor = Assessor(draft, days, Comparison(until, tolerance / time_scale), against)
        program = chosen.program
        window = Window(program.journey, since, until, entries_of(program))
        ids = [customer async for customer in people.ids(tx, window, chosen.account, until)]
        assert len(ids) == await people.count(tx, window, chosen.account, until)
        reach = Reach(program.journey, since, until, names_of(program), chosen.account.default_country)
        async for person in lives(tx, ids, reach):
            everybody.append(assessor.add(replay(person, draft), result))
    return result, everybody
