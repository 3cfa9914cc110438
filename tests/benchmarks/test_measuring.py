"""What the benchmarks measure by: CPU by process, latencies, goals, comparisons."""

import os
import subprocess
import sys
import time

import pytest

from benchmarks.__main__ import benchmark
from benchmarks.measuring.cpu import Processes
from benchmarks.measuring.machine import machine
from benchmarks.measuring.results import Goal, Measured, Result, Row, goal, percentiles, quietest, together
from benchmarks.measuring.size import Size
from benchmarks.measuring.table import show
from benchmarks.names import NAMES

CHILD = "t = __import__('time'); b = t.process_time()\nwhile t.process_time() - b < 0.3: pass"
"""Uses 0.3 s of CPU."""

PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}]); print('done', flush=True); sys.stdin.read()"


def test_the_cpu_of_a_tree_counts_children_that_have_ended() -> None:
    command, pipe = [sys.executable, "-c", PARENT], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as parent:
        processes = Processes({"parent": parent.pid})
        with processes.measure() as span:
            assert parent.stdout is not None
            assert parent.stdout.readline() == "done\n"
        assert processes.memory()["parent"] > 1_000_000
        parent.communicate("")
    assert 0.25 < span.cpu["parent"] < 1


def test_a_program_that_measures_itself_does_not_count_what_it_has_started() -> None:
    began = time.process_time()
    with Processes({"me": os.getpid()}).measure() as span:
        subprocess.run([sys.executable, "-c", CHILD], check=True)
    assert span.cpu["me"] == pytest.approx(time.process_time() - began, abs=0.1)
    assert span.cpu["me"] < 0.25


def test_percentiles_are_in_milliseconds() -> None:
    assert percentiles([0.001 * number for number in range(1, 102)]) == {"median": 51.0, "p90": 91.0, "p99": 100.0}
    assert percentiles([1.0]) == {}


@pytest.mark.parametrize(("measured", "is_met"), [(1.5, True), (1.6, False)])
def test_a_goal_is_a_limit_from_above(measured: float, is_met: bool) -> None:
    assert goal("ratio", measured, "most", 1.5).is_met is is_met


@pytest.mark.parametrize(("measured", "is_met"), [(3000, True), (2999, False)])
def test_or_from_below(measured: float, is_met: bool) -> None:
    assert goal("rate", measured, "least", 3000).is_met is is_met


def test_a_floor_of_several_parts_is_their_sum_per_item() -> None:
    both = together("both", a_row("one", api=0.1), a_row("other", postgres=0.02, client=0.01))
    assert both.total_ms == pytest.approx(0.13)


def test_the_round_is_chosen_by_its_floors_whatever_was_measured_beside_them() -> None:
    rounds = [
        Measured(rows=(a_row("ours", api=ours).model_copy(update={"floor": "floor"}), a_row("floor", api=floor)))
        for ours, floor in ((0.1, 0.3), (0.5, 0.1), (0.2, 0.2))
    ]
    assert quietest(rounds) is rounds[1]


def test_the_table_compares_with_the_last_result_of_the_same_size_only(capsys: pytest.CaptureFixture[str]) -> None:
    show(a_result("full", api=0.3), a_result("full", api=0.2), "Title")
    assert "1.50" in capsys.readouterr().out
    show(a_result("full", api=0.3), a_result("quick", api=0.2), "Title")
    assert "1.50" not in capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_says_what_it_measures(name: str) -> None:
    module = benchmark(name)
    assert module.TITLE
    assert isinstance(module.NOTE, str)
    assert "loor" in (module.__doc__ or "")


def test_a_size_is_quick_full_or_a_number() -> None:
    assert [Size().of(10, 2), Size(is_quick=True).of(10, 2), Size(number=5).of(10, 2)] == [10, 2, 5]
    assert [Size().name, Size(is_quick=True).name, Size(number=5).name] == ["full", "quick", "5"]


def a_row(name: str, **cpu: float) -> Row:
    return Row(name=name, items=10, seconds=1, cpu_ms=cpu)


def a_result(size: str, **cpu: float) -> Result:
    return Result(
        name="x",
        size=size,
        at="2026-01-01",
        revision="",
        machine=machine(),
        rows=(a_row("one", **cpu),),
        goals=(Goal(what="it", measured=1, limit=2),),
    )
