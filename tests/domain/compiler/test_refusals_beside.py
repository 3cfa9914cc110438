"""What the compiler refuses of branches side by side, of other journeys, and of approvals."""

from dataclasses import replace

import pytest

from tests.domain.compiler.writing import KNOWN, refused, whole


@pytest.mark.parametrize(
    ("steps", "place", "code"),
    [
        ("- start_journey: nowhere", "steps[0].start_journey", "unknown_journey"),
        ("- stop_journey: nowhere", "steps[0].stop_journey", "unknown_journey"),
        ("- start_journey: by-event", "steps[0].start_journey", "not_manual"),
        ("- start_journey: trial", "steps[0].start_journey.inputs.ends_at", "missing"),
        (
            "- start_journey: {journey: trial, inputs: {ends_at: soon}}",
            "steps[0].start_journey.inputs.ends_at",
            "invalid",
        ),
        (
            "- start_journey: {journey: trial, inputs: {ends_at: {ref: event.at}, more: 1}}",
            "steps[0].start_journey.inputs.more",
            "invalid",
        ),
        ("- start_journey: {journey: other, await: true}", "steps[0].start_journey", "endless_wait"),
        ("- start_journey: {journey: other, within: 3d}", "steps[0].start_journey", "invalid"),
        ("- {start_journey: other, then: [{wait: 1d}]}", "steps[0]", "invalid"),
        ("- approve: {to: legal, title: May it?, of: nothing, within: 1d}", "steps[0].approve.of", "unknown_step"),
        (
            "- {id: nap, wait: 1d}\n- approve: {to: legal, title: May it?, of: nap, within: 1d}",
            "steps[1].approve.of",
            "unknown_step",
        ),
        ("- parallel: {branches: {one: [{wait: 1d}]}}", "steps[0].parallel.branches", "invalid"),
        ("- parallel: {branches: {one: [{wait: 1d}], two: []}}", "steps[0].parallel.branches.two", "invalid"),
        (
            "- parallel: {join: some, branches: {one: [{wait: 1d}], two: [{wait: 2d}]}}",
            "steps[0].parallel.join",
            "invalid",
        ),
    ],
)
def test_what_other_journeys_people_and_branches_need_is_checked(steps: str, place: str, code: str) -> None:
    known = replace(
        KNOWN,
        journeys=frozenset({"by-event", "other", "trial"}),
        inputs={"other": {}, "trial": {"ends_at": "datetime"}},
    )
    assert (place, code) in [(problem.path, problem.code) for problem in refused(whole(steps), known)]
