"""A population lives on the real system; the back-test of the version that they met finds no difference, person by person."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from content.folder import template_files, topics_in
from runtime.settings import Settings
from tests.backtest.town import SCALE, Town, backtest
from tests.fixtures.world import World

FOLDER = Path(__file__).parents[2] / "journeys"
LATE = timedelta(days=4)
"""How late, in the run's time, a busy machine may be: six seconds. Which messages there are is compared all the same."""
PEOPLE = 24


@pytest.fixture
def world_settings(world_settings: Settings) -> Settings:
    return world_settings.model_copy(update={"time_scale": SCALE})


async def publish(world: World) -> None:
    for topic, words in topics_in([FOLDER]).items():
        assert (await world.admin.put(f"/v1/topics/{topic}", json=words)).is_success
    for template in template_files([FOLDER]):
        if template.channel == "email" and not template.locale:
            path = f"/v1/templates/{template.channel}/{template.name}"
            assert (await world.admin.put(path, content=template.text.encode())).is_success
    await world.publish((FOLDER / "whitepaper-nurture.yaml").read_text(encoding="utf-8"))


async def test_the_same_version_makes_no_difference_and_a_changed_draft_exactly_its_own(
    world: World, tmp_path: Path
) -> None:
    began = datetime.now(UTC)
    await publish(world)
    town = Town(world, began)
    await town.grow(PEOPLE, "seed")

    until = datetime.now(UTC) + timedelta(minutes=1)
    asked: Any = {"until": until, "time_scale": SCALE, "tolerance": LATE}
    result, everybody = await backtest(world.db, "whitepaper-nurture", began, **asked)

    assert [one for person in everybody for one in person.differences] == []
    assert result.draft.people["looked_at",] == PEOPLE
    assert result.draft.people["alike",] == result.draft.people["entered",] > PEOPLE / 2
    assert result.draft.sends.total() == result.real.sends.total() > PEOPLE / 2
    assert result.draft.ends == result.real.ends
    assert result.draft.held == result.real.held
    assert result.draft.held["thanks", "skip", "topic"] > 0
    assert result.draft.misses == result.real.misses
    assert result.draft.misses["filter",] > 0

    live = (FOLDER / "whitepaper-nurture.yaml").read_text(encoding="utf-8")
    draft = tmp_path / "whitepaper-nurture.yaml"
    draft.write_text(live.replace("send: email/three-tips", "score: +1") + "  - {id: more, send: email/first-order}\n")
    changed, everybody = await backtest(world.db, str(draft), began, **asked)

    tips = result.real.sends.total() - sum(
        count for (message, _, _), count in result.real.sends.items() if message != "email/three-tips"
    )
    told = [
        (person.customer, course)
        for person in everybody
        for course in person.real
        if course.ended == "finished" and course.sent
    ]
    assert changed.draft.apart["does_not_send", "email/three-tips"] == tips > 0
    assert changed.draft.apart["sends", "email/first-order"] == len(told) > 0
    assert {kind for kind, _ in changed.draft.apart} == {"does_not_send", "sends"}
    assert {person.customer for person in everybody if person.differences} == {customer for customer, _ in told}
