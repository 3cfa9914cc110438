"""Many scenarios are shared out among processes: nothing is left out, nothing runs twice, and the order stays."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import parallel
from lab.parallel import cut, run_files
from lab.running import Result
from tests.lab.stage import Stage

SCENARIO = "- scenario: number {0}\n  when: [{{at: 0, event: Go}}]\n  expect: [{{sent: email/{1}}}]\n"


@pytest.fixture
def shared(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(parallel, "ALONE", 0)
    stage.journey("- {id: a, send: email/hello}\n- {id: b, wait: 1d}\n- {id: c, send: email/bye}")
    return stage


def written(stage: Stage, name: str, count: int, *, failing: int = -1) -> Path:
    scenarios = (SCENARIO.format(number, "late" if number == failing else "hello") for number in range(count))
    return stage.write(f"{name}.test.yaml", "".join(scenarios))


def told(results: list[Result]) -> list[tuple[Path, list[tuple[str, int, bool]]]]:
    return [(one.file, [(it.name, it.line, it.passed) for it in one.verdicts]) for one in results]


@given(st.lists(st.integers(0, 5_000), max_size=8), st.integers(1, 9), st.integers(0, 40))
def test_every_scenario_is_in_exactly_one_piece(sizes: list[int], jobs: int, count: int) -> None:
    files = [Path(f"{number}.test.yaml") for number in range(len(sizes))]
    pieces = cut(files, sizes, jobs)
    scenarios = list(range(count))
    for file in files:
        own = [piece for piece in pieces if piece.file == file]
        assert [one for piece in own for one in piece.of(scenarios)] == scenarios
        assert own[0].first == 0
        assert all(piece.last == following.first for piece, following in pairwise(own))
    assert [piece.file for piece in pieces] == sorted(piece.file for piece in pieces)
    assert len(pieces) < len(files) + jobs


def test_a_long_file_is_shared_out_and_told_of_as_one(shared: Stage) -> None:
    shared.journey("- {id: a, send: email/hello}", name="other")
    files = [written(shared, "journey", 9, failing=8), written(shared, "other", 2)]
    together = list(run_files(files, jobs=3))
    assert told(together) == told(list(run_files(files, jobs=1)))
    assert [len(result.verdicts) for result in together] == [9, 2]
    assert together[0].steps == {("journey", "a"), ("journey", "b"), ("journey", "c")}


def test_a_long_file_that_cannot_be_read_is_told_of_once(shared: Stage) -> None:
    file = written(shared, "journey", 6)
    file.write_text(re.sub("expect", "expcet", file.read_text(), count=1))
    (result,) = run_files([file], jobs=3)
    assert len(result.verdicts) == 1
    assert "Did you mean `expect`?" in result.verdicts[0].problems[0]


def test_what_is_taken_is_noted_only_for_coverage(shared: Stage) -> None:
    file = written(shared, "journey", 2)
    (result,) = run_files([file], covers=False)
    assert (result.steps, result.edges) == (set(), set())
    assert [verdict.passed for verdict in result.verdicts] == [True, True]
