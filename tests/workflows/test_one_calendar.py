"""Months with calendar waits, in the lab and on a Temporal server that skips time: the same decisions at the same moments."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lab.library import library_of
from lab.reading import read_scenarios
from lab.running import programs_of
from lab.trial import try_out
from runtime.settings import Settings
from tests.fixtures.world import World

JOURNEY = """
journey: calendar
entry: {event: Signed Up}
quiet_hours: ["21:00", "08:00"]
steps:
  - id: weeks
    repeat:
      every: 30d
      times: 3
      steps:
        - {id: monday, wait: {until: "09:00", days: [mon]}}
        - {id: hello, send: {template: hello, channel: email, at: "09:30"}}
        - {id: office, wait: {business_days: 2}}
        - {id: night, wait: {until: "23:00"}}
        - {id: again, send: email/hello}
  - id: which
    branch:
      - if: {plan: pro}
        steps: [{id: more, score: +5}]
  - {id: window, wait: {window: ["12:00", "13:00"]}}
  - {id: event, wait_for: {event: Never, within: 10d}, else: [{id: last, send: email/hello}]}
"""
SCENARIO = """
- scenario: three months
  start: "{start}"
  customer: {{plan: pro, timezone: Europe/Berlin}}
  when: [{{at: 0, event: Signed Up}}]
  expect: [{{ended: finished}}]
"""


@pytest.fixture
def world_settings(world_settings: Settings, skipping_temporal: str, skipping_time: None) -> Settings:
    return world_settings.model_copy(update={"temporal_address": skipping_temporal, "temporal_namespace": "default"})


Seen = tuple[str, str, str, str]


def seen(kind: str, outcome: str, step: str | None, detail: dict[str, Any]) -> Seen:
    """A decision, with the calendar moment that was decided on, to the minute. Of spans, the start differs by what handing over
    takes."""
    until = detail.get("until") if "zone" in detail else None
    moment = datetime.fromisoformat(until).strftime("%Y-%m-%d %H:%M") if isinstance(until, str) else ""
    return kind, outcome, step or "", moment


def told(entry: dict[str, Any]) -> Seen:
    """A decision as the timeline has it."""
    kind, _, outcome = entry["title"].partition(": ")
    return seen(kind, outcome, entry["step"], entry["detail"])


async def test_calendar_waits_end_at_the_same_moments(world: World, tmp_path: Path) -> None:
    await world.template("hello")
    await world.publish(JOURNEY)
    await world.identify("ada", email=world.address("ada"), timezone="Europe/Berlin", plan="pro")
    await world.track("ada", "Signed Up")
    run = await world.run_in("calendar", "ended")
    live = [told(entry) for entry in await world.timeline("ada", "decision")]
    (tmp_path / "calendar.yaml").write_text(JOURNEY, encoding="utf-8")
    folder = tmp_path / "templates" / "email"
    folder.mkdir(parents=True)
    (folder / "hello.txt").write_text("---\nsubject: hello\n---\nHello\n", encoding="utf-8")
    file = tmp_path / "calendar.test.yaml"
    file.write_text(SCENARIO.format(start=run["entered_at"]), encoding="utf-8")
    [written] = read_scenarios(file)
    library = library_of(tmp_path)
    trial = try_out(written.scenario, programs_of(written, library), library)
    lab = [
        seen(one.decision.kind, one.decision.outcome, one.decision.step, one.decision.detail)
        for one in trial.world.record.decisions
    ]
    assert lab == live
    assert len(await world.mails("ada", 7)) == 7
