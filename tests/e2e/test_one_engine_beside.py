"""One engine, also where a run goes several ways, starts other journeys and asks people: the same decisions in the lab and live."""

from pathlib import Path
from textwrap import dedent

import pytest

from lab.library import forget, library_of
from lab.reading import read_scenarios
from lab.running import programs_of
from lab.trial import try_out
from runtime.settings import Settings
from tests.e2e.test_one_engine import SCALE, by_run, on_the_real_system
from tests.fixtures.world import World

OTHER = """
    journey: other
    entry: {manual: true, again: never}
    steps: [{id: nap, wait: 2d}, {id: enough, exit: enough}]
"""
BESIDE = """
    journey: beside
    entry: {event: Begun}
    topic: news
    steps:
      - id: ways
        parallel:
          branches:
            mail: [{id: hello, send: email/hello}, {id: nap, wait: 3d}, {id: kept, set: {seen: true}}]
            bell: [{id: ring, wait_for: {event: Rang, within: 90d}, then: [{id: rang, score: 5}]}]
            other:
              - {id: first, start_journey: {journey: other, await: true, within: 90d}}
              - {id: again, start_journey: {journey: other, await: true, within: 90d}, else: [{id: in-vain, add_tags: in-vain}]}
      - id: race
        parallel:
          join: any
          branches:
            slow: [{id: long, wait: 90d}]
            quick: [{id: short, wait: 1d}]
      - {id: ok, approve: {to: legal, title: May it?, of: bye, within: 1d}}
      - {id: bye, send: email/bye}
"""
SCENARIO = """
    - scenario: goes every way
      journey: [beside, other]
      when: [{at: 0, event: Begun}, {after: 1d, event: Rang}]
      expect: [{ended: finished}]
"""


@pytest.fixture
def world_settings(world_settings: Settings) -> Settings:
    return world_settings.model_copy(update={"time_scale": SCALE})


async def test_branches_and_journeys_decide_the_same_in_the_lab_and_live(world: World, tmp_path: Path) -> None:
    forget()
    (tmp_path / "templates/email").mkdir(parents=True)
    for name in ("hello", "bye"):
        (tmp_path / f"templates/email/{name}.html").write_text(f"---\nsubject: {name}\n---\n{name}\n")
        await world.template(name, name)
    (tmp_path / "topics.yaml").write_text("news: {title: News}\n")
    await world.admin.put("/v1/topics/news", json={"title": "News"})
    for name, document in (("other", OTHER), ("beside", BESIDE)):
        (tmp_path / f"{name}.yaml").write_text(dedent(document))
        await world.publish(dedent(document))
    test = tmp_path / "beside.test.yaml"
    test.write_text(dedent(SCENARIO))
    [written] = read_scenarios(test)
    library = library_of(tmp_path)
    trial = try_out(written.scenario, programs_of(written, library), library, time_scale=SCALE)
    assert trial.stumbles == []
    lines = [(one.subject.run, one.decision) for one in trial.world.record.decisions]
    expected = by_run([(run, (line.kind, line.outcome, line.step, line.visit)) for run, line in lines])
    told = await on_the_real_system(world, "ada", written, ["beside", "other"])
    assert [sorted(run, key=str) for run in told] == [sorted(run, key=str) for run in expected]
