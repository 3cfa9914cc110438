"""Journeys that take a year, in seconds: the right things at the right moments (semantics 12, 13)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from runtime.settings import Settings
from tests.fixtures.world import World

MONTHLY = """
journey: monthly
entry: {event: Signed Up}
steps:
  - {id: months, repeat: {every: 30d, times: 12, steps: [{id: hello, send: email/hello}]}}
"""
MONDAYS = """
journey: mondays
entry: {event: Signed Up}
steps:
  - id: months
    repeat:
      every: 28d
      times: 8
      steps:
        - {id: monday, wait: {until: "09:00", days: [mon]}}
        - {id: hello, send: {template: hello, channel: email, at: "09:30"}}
"""
DATED = """
journey: dated
entry: {event: Booked}
steps:
  - wait: {until: event.starts_at, offset: -30d, if_past: exit}
    id: month-before
    then: [{id: early, send: email/hello}]
  - {id: day-before, wait: {until: event.starts_at, offset: -1d, if_past: exit}}
  - {id: soon, send: email/hello}
  - id: comes
    wait_for: {event: Attended, within: 14d}
    else: [{id: missed, send: email/hello}]
"""


@pytest.fixture
def world_settings(world_settings: Settings, skipping_temporal: str, skipping_time: None) -> Settings:
    return world_settings.model_copy(update={"temporal_address": skipping_temporal, "temporal_namespace": "default"})


async def claims(world: World, count: int) -> list[datetime]:
    """When the mails were claimed, by the workflow's clock."""
    messages = await world.messages("ada")
    assert len(messages) == count
    assert {message["state"] for message in messages} == {"handed_over"}
    return [datetime.fromisoformat(message["claimed_at"]) for message in messages]


async def start(world: World, journey: str, event: str, **properties: str) -> None:
    await world.template("hello")
    await world.publish(journey)
    await world.identify("ada", email=world.address("ada"), timezone="Europe/Berlin")
    await world.track("ada", event, **properties)


async def test_a_year_of_months_passes_in_seconds_and_keeps_its_distances(world: World) -> None:
    await start(world, MONTHLY, "Signed Up")
    run = await world.run_in("monthly", "ended")
    times = await claims(world, 12)
    for before, after in pairwise(times):
        assert abs(after - before - timedelta(days=30)) < timedelta(seconds=2)
    assert datetime.fromisoformat(run["ended_at"]) - times[0] > timedelta(days=329)
    assert len(await world.mails("ada", 12)) == 12


async def test_mondays_stay_mondays_at_nine_when_the_clocks_change(world: World) -> None:
    await start(world, MONDAYS, "Signed Up")
    await world.run_in("mondays", "ended")
    times = [time.astimezone(ZoneInfo("Europe/Berlin")) for time in await claims(world, 8)]
    assert {(time.weekday(), time.hour, time.minute) for time in times} == {(0, 9, 30)}
    assert len({time.utcoffset() for time in times}) == 2
    assert all(after - before == timedelta(days=28) for before, after in pairwise([time.date() for time in times]))


async def test_a_date_in_half_a_year_is_announced_a_month_and_a_day_before(world: World) -> None:
    starts_at = datetime.now(UTC) + timedelta(days=180)
    await start(world, DATED, "Booked", starts_at=starts_at.isoformat())
    await world.run_in("dated", "ended")
    told = [starts_at - time for time in await claims(world, 3)]
    for distance, days in zip(told, (30, 1, -13), strict=True):
        assert abs(distance - timedelta(days=days)) < timedelta(seconds=5)
