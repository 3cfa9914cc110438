"""A larger step is left out with its reason, instead of filling the machine or the afternoon."""

import pytest

from benchmarks.stack.holding import Free, Held, growth, obstacle

FACTS = {"disk KB": 10.0, "memory of temporal KB": 3.0, "memory of postgres KB": 1.0}
PLENTY = Free(memory=16e6, disk=1e9)


def test_nothing_speaks_against_what_fits() -> None:
    assert obstacle(FACTS, rate=200, runs=90_000, left=PLENTY, minutes=15) == ""


@pytest.mark.parametrize(
    ("rate", "left", "why"),
    [
        (50, PLENTY, "at 50 starts a second they take 30 minutes, and 15 are meant for them"),
        (200, Free(memory=500_000, disk=1e9), "they take 352 MB of memory, and 488 MB are free"),
        (200, Free(memory=16e6, disk=1e6), "they take 879 MB of disk, and 977 MB are free"),
    ],
)
def test_why_it_is_not_tried_is_said(rate: float, left: Free, why: str) -> None:
    assert obstacle(FACTS, rate=rate, runs=90_000, left=left, minutes=15) == why


def test_growth_is_per_run_and_the_workers_per_run_in_its_cache() -> None:
    before = Held(memory={"worker": 100.0, "temporal": 50.0, "postgres": 10.0}, tables={"run": 8.0}, temporal=1000.0)
    after = Held(
        memory={"worker": 500.0, "temporal": 250.0, "postgres": 30.0},
        tables={"run": 208.0, "event": 100.0},
        temporal=1500.0,
    )
    facts = growth(before, after, runs=100, cached=20)
    assert (facts["disk KB"], facts["disk of temporal KB"], facts["disk of run KB"]) == (8.0, 5.0, 2.0)
    assert (facts["memory of temporal KB"], facts["memory of worker KB"]) == (2.0, 20.0)
