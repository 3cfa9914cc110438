"""One engine: scenarios beside the examples come to the same decisions in the lab and on the real system."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from content.folder import template_files, topics_in
from domain.reactions import How
from lab.library import library_of
from lab.reading import Written, read_scenarios
from lab.running import programs_of
from lab.trial import moments, try_out
from runtime.settings import Settings
from store.message import reactions
from store.permission import grant, withdraw
from tests.fixtures.world import World

FOLDER = Path(__file__).parents[2] / "journeys"
SCALE = 57_600
"""A day is a second and a half: what lies a day apart stays apart on a busy machine."""
SAMPLE = {
    "whitepaper-nurture": (
        "looks at pricing on the second day",
        "looks at other pages only",
        "downloads something else",
        "books a demo before looking at prices",
        "closes the account",
        "has left this topic, and gets nothing of it",
    ),
    "after-purchase": ("does not review, and is invited to", "reviews this order", "two orders are two stories"),
    "welcome": (
        "opens the planner and has a balcony",
        "does not click and has a garden",
        "orders on the third day",
        "orders, and the tutorial follows instead of the offer",
    ),
}
"""Whatever happens in these scenarios happens hours before or after what it could collide with."""

Told = tuple[str, str, str | None, int | None]
"""A line of the decision log, without its values: kind, outcome, step, visit."""

_DECISIONS = text("""
    SELECT run_id, kind, outcome, step, visit FROM decision WHERE customer_id = :customer
    AND (journey_id = ANY(:journeys)) ORDER BY at, id
""")
_BUSY = text("""
    SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM command)
         + (SELECT count(*) FROM run WHERE customer_id = :customer AND status <> 'ended' AND waiting_until IS NULL)
""")
_LIVING = text(
    "SELECT count(*) FROM run WHERE customer_id = :customer AND status <> 'ended' AND journey_id = ANY(:journeys)"
)


@pytest.fixture
def world_settings(world_settings: Settings) -> Settings:
    return world_settings.model_copy(update={"time_scale": SCALE})


def sample() -> list[Written]:
    return [
        written
        for name, wanted in SAMPLE.items()
        for written in read_scenarios(FOLDER / f"{name}.test.yaml")
        if written.name in wanted
    ]


def by_run(lines: Sequence[tuple[UUID | None, Told]]) -> list[list[Told]]:
    """The log of each run, and that of nobody's: whose run is whose does not matter, only how each went."""
    runs: dict[UUID | None, list[Told]] = {}
    for run, told in lines:
        runs.setdefault(run, []).append(told)
    return sorted(runs.values(), key=str)


def in_the_lab(written: Written, journeys: Sequence[str]) -> list[list[Told]]:
    library = library_of(FOLDER)
    trial = try_out(written.scenario, programs_of(written, library), library, time_scale=SCALE)
    assert trial.stumbles == []
    lines = [(one.subject.run, one.decision) for one in trial.world.record.decisions if one.subject.journey in journeys]
    return by_run([(run, (line.kind, line.outcome, line.step, line.visit)) for run, line in lines])


async def on_the_real_system(world: World, user: str, written: Written, journeys: Sequence[str]) -> list[list[Told]]:
    """Plays the scenario through the API, at its moments, and reads the log when all of its runs have ended."""
    await _introduce(world, user, written)
    customer = UUID((await world.customer(user))["id"])
    await _permissions(world, customer, written.scenario.consents)
    clock = asyncio.get_running_loop()
    start = clock.time()
    for moment, line in zip(moments(written.scenario), written.scenario.when, strict=True):
        await asyncio.sleep(max(0.0, start + moment.total_seconds() / SCALE - clock.time()))
        if line.reaction is not None:
            await _react(world, user, line.reaction, line.link)
        else:
            await world.track(user, line.event or "", **line.properties)
        await _at_rest(world, customer)
        if not moment:
            start = clock.time()  # the first waits begin when the first message has been handed over
    parameters = {"customer": customer, "journeys": list(journeys)}

    async def over() -> bool:
        async with world.db.transaction() as tx:
            living = (await tx.execute(_LIVING, parameters)).scalar_one()
            return bool(living == 0 and (await tx.execute(_DECISIONS, parameters)).first())

    await world.until(over, f"end of {written.name}")
    async with world.db.transaction() as tx:
        rows = (await tx.execute(_DECISIONS, parameters)).all()
    return by_run([(row.run_id, (row.kind, row.outcome, row.step, row.visit)) for row in rows])


async def _introduce(world: World, user: str, written: Written) -> None:
    given = {name: value for name, value in written.scenario.customer.items() if name != "score"}
    await world.identify(user, **{"email": world.address(user), "phone": "+14155550123"} | given)


async def _at_rest(world: World, customer: UUID) -> None:
    """Waits until what follows from an event is done, so that the next one does not overtake it on a slow machine."""

    async def rests() -> bool:
        async with world.db.transaction() as tx:
            return bool((await tx.execute(_BUSY, {"customer": customer})).scalar_one() == 0)

    await world.until(rests, "rest after the event")


async def _permissions(world: World, customer: UUID, consents: Mapping[str, bool]) -> None:
    topics = topics_in([FOLDER])
    async with world.db.transaction() as tx:
        for name, granted in consents.items():
            about: dict[str, Any] = {"topic" if name in topics else "channel": name}
            now = (await tx.execute(text("SELECT now()"))).scalar_one()
            await (grant if granted else withdraw)(tx, customer, **about, source="test", at=now)


async def _react(world: World, user: str, reaction: tuple[How, str], link: str | None) -> None:
    how, step = reaction
    message = next(message for message in await world.messages(user) if message["step"] == step)
    async with world.db.transaction() as tx:
        now = (await tx.execute(text("SELECT now()"))).scalar_one()
        await reactions.record(tx, UUID(message["id"]), how, at=now, link=link)


async def _publish(world: World) -> None:
    """Everything that the sampled journeys need, as it stands in the folder."""
    for topic, words in topics_in([FOLDER]).items():
        assert (await world.admin.put(f"/v1/topics/{topic}", json=words)).is_success
    for template in template_files([FOLDER]):
        if template.channel == "email":
            params = {"locale": template.locale} if template.locale else {}
            path = f"/v1/templates/{template.channel}/{template.name}"
            answer = await world.admin.put(path, content=template.text.encode(), params=params)
            assert answer.is_success, answer.text
    for name in SAMPLE:
        await world.publish((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


async def test_the_lab_decides_what_the_real_system_decides(world: World) -> None:
    await _publish(world)
    library = library_of(FOLDER)
    written = sample()
    assert len(written) == sum(len(names) for names in SAMPLE.values())
    journeys = [[program.journey for program in programs_of(one, library)] for one in written]
    live = await asyncio.gather(
        *(
            on_the_real_system(world, f"person-{number}", one, names)
            for number, (one, names) in enumerate(zip(written, journeys, strict=True))
        )
    )
    for one, names, decided in zip(written, journeys, live, strict=True):
        assert in_the_lab(one, names) == decided, one.name
