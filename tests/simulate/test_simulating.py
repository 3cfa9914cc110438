"""`sojourn simulate`: seeded, repeatable, the same in any number of processes, and with figures that follow from the model."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Sojourn, folder, offline
from tests.lab.stage import Stage

__all__ = ["folder", "offline"]

STEPS = """
- {id: hello, send: email/hello}
- id: clicks
  wait_for: {reaction: clicked, to: hello, link: shop, within: 2d}
  then: [{id: thanks, send: email/bye}]
  else: [{id: again, send: email/late}]
"""
MODEL = """
days: 20
customers: {attributes: {plan: {choice: {pro: 50%, free: 50%}}}}
events: [{event: Go, at: {uniform: [0, 10d]}}]
reactions:
  - to: hello
    open: {chance: 60%, delay: 1h}
    click: {chance: 50%, delay: 1m, link: shop}
"""


@pytest.fixture
def stage(folder: Path) -> Stage:
    stage = Stage(folder)
    stage.journey(STEPS)
    stage.write("model.yaml", MODEL)
    return stage


async def run(offline: Sojourn, *words: object) -> Any:
    done = await offline("simulate", "journey.yaml", "--events", "model.yaml", "--json", *words)
    assert done.code == 0, done.error
    return done.json


async def test_the_same_seed_gives_the_same_figures_in_any_number_of_processes(stage: Stage, offline: Sojourn) -> None:
    one = await run(offline, "--customers", 450, "--jobs", 1)
    assert await run(offline, "--customers", 450, "--jobs", 3) == one
    other = await run(offline, "--customers", 450, "--seed", "2")
    assert (other["messages"], other["people"]) != (one["messages"], one["people"])


async def test_figures_follow_from_the_model(stage: Stage, offline: Sojourn) -> None:
    report = await run(offline, "--customers", 1_000)
    sent = {one["message"]: one["sent"] for one in report["messages"]}
    assert sent["email/hello"] == report["entered"] == 1_000
    assert 240 < sent["email/bye"] < 360, "30% open and click"
    assert sent["email/bye"] + sent["email/late"] == 1_000
    assert report["per_person"] == [[2, 1_000]]
    assert sum(report["entered_per_day"]) == sum(report["entered_per_day"][:10]) == 1_000
    waiting = next(one["waiting"] for one in report["steps"] if one["step"] == "clicks")
    assert 100 < waiting[5] < 250, "a hundred a day enter, and wait for up to two days"
    assert waiting[19] == 0


async def test_whoever_is_still_waiting_is_counted_where_they_stand(stage: Stage, offline: Sojourn) -> None:
    report = await run(offline, "--customers", 200, "--days", 5)
    standing = {one["step"]: one["standing"] for one in report["steps"]}
    assert standing["clicks"] == report["under_way"] > 0
    assert len(report["days"]) == 5


async def test_caps_and_quiet_hours_of_the_account_hold_messages_back(stage: Stage, offline: Sojourn) -> None:
    stage.write("model.yaml", 'account: {caps: {all: 1/30d}, quiet_hours: {start: "00:00", end: "12:00"}}' + MODEL)
    report = await run(offline, "--customers", 300)
    held = {(one["step"], one["outcome"], one["check"]): one["count"] for one in report["held"]}
    assert 100 < held["hello", "defer", "quiet_hours"] < 200
    assert held.get(("thanks", "skip", "caps"), 0) + held["again", "skip", "caps"] == 300


async def test_events_follow_each_other_with_chances_delays_and_rules(stage: Stage, offline: Sojourn) -> None:
    stage.journey("[{id: hello, send: email/hello}]", head="entry: {event: Paid, per: event.order, again: never}")
    stage.write(
        "model.yaml",
        """
        customers: {attributes: {plan: {choice: {pro: 50%, free: 50%}}}}
        events:
          - {event: Ordered, at: 1d, properties: {order: {text: "o-{number}"}}}
          - {event: Paid, after: Ordered, same: order, delay: {normal: {mean: 2d, sd: 4h}}, chance: 80%, if: {plan: pro}}
          - {identify: {plan: free}, after: Paid}
          - {event: Paid, after: {sent: email/hello}, delay: 1d, if: {plan: pro}, properties: {order: again}}
        """,
    )
    report = await run(offline, "--customers", 500)
    assert 150 < report["entered"] < 250, "four fifths of the half who are pro"
    assert report["per_person"] == [[1, report["entered"]]], "nobody is pro any more when the second payment comes"


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("events: []", "must not be empty"),
        ("events: [{event: Go}]", "exactly one of `at`, `rate` and `after`"),
        ("events: [{event: Go, identify: {a: 1}, at: 0}]", "event and identify happens here"),
        ("events: [{event: Go, at: 3 days}]", "is not a duration"),
        ("events: [{event: Go, at: 0, chance: 150%}]", "is not a share"),
        ("events: [{evnt: Go, at: 0}]", "Did you mean `event`?"),
        ("events: [{event: Go, at: {uniform: [2d, 1d]}}]", "the first of the two is the larger"),
        ("events: [{event: Go, at: 0, if: {plan: {gte: }}}]", "model.yaml:1"),
        ("events: [{event: Go, after: {sent: email/helo}}]", "Did you mean `email/hello`?"),
        ("events: [{enter: other, at: 0}]", "there is no journey `other`"),
        ("events: [{event: Go, at: 0}]\nreactions: [{to: helo, open: 1%}]", "Did you mean `hello`?"),
        ("events: [{event: Go, at: 0}]\ncustomers: {consents: {sns: 10%}}", "there is no channel or topic `sns`"),
        ("start: soon\nevents: [{event: Go, at: 0}]", "is not a date"),
        ("[1]", "model.yaml"),
    ],
)
async def test_a_model_that_is_wrong_is_refused_with_its_place(
    stage: Stage, offline: Sojourn, model: str, told: str
) -> None:
    stage.write("model.yaml", model)
    done = await offline("simulate", "journey.yaml", "--events", "model.yaml")
    assert done.code == 1
    assert told.lower() in done.error.lower()
    assert "model.yaml" in done.error


async def test_files_that_are_not_there_are_named(stage: Stage, offline: Sojourn) -> None:
    assert "nowhere.yaml" in (await offline("simulate", "nowhere.yaml", "--events", "model.yaml")).error
    assert "nowhere.yaml" in (await offline("simulate", "journey.yaml", "--events", "nowhere.yaml")).error


async def test_the_model_beside_the_example_runs(offline: Sojourn) -> None:
    journeys = Path(__file__).parents[2] / "journeys"
    words = (journeys / "welcome.yaml", "--events", journeys / "welcome.model.yaml", "--customers", 200, "--json")
    done = await offline("simulate", *words)
    assert done.code == 0, done.error
    assert done.json["sent"] > 300
