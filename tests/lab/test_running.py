"""The command, the pytest plugin, watching, parallel files, and the examples that come with Sojourn."""

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import create_cli, exit_code
from domain.errors import SojournError
from lab.parallel import run_files
from lab.reading import scenario_files
from lab.running import coverages
from lab.watching import changes
from tests.lab.stage import Stage

ROOT = Path(__file__).parents[2]
GOOD = "- scenario: goes\n  when: [{at: 0, event: Go}]\n  expect: [{sent: email/hello}]\n"
BAD = "- scenario: fails\n  when: [{at: 0, event: Go}]\n  expect: [{never: {sent: email/hello}}]\n"


def sojourn(*arguments: object) -> tuple[int, str]:
    """Exit code and output of `sojourn test`."""
    result = CliRunner().invoke(create_cli(["test"]), ["test", *map(str, arguments)])
    if isinstance(result.exception, SojournError):
        return exit_code(result.exception), result.exception.message
    return result.exit_code, result.output


@pytest.fixture
def mail(stage: Stage) -> Stage:
    stage.journey("- {id: a, send: email/hello}", head="entry: {event: Go}\nexit: [{event: Left}]")
    stage.write("journey.test.yaml", GOOD)
    return stage


def test_the_exit_code_says_whether_all_is_well(mail: Stage) -> None:
    assert sojourn(mail.folder)[0] == 0
    assert sojourn(mail.folder / "journey.yaml")[0] == 0
    mail.write("journey.test.yaml", GOOD + BAD)
    code, output = sojourn(mail.folder)
    assert code == 1
    assert "email/hello was sent at 0" in output
    assert "1 passed, 1 failed" in output


def test_wrong_usage_is_told_apart_from_failures(mail: Stage) -> None:
    assert sojourn("--jobs", "none")[0] == 2
    assert sojourn("--cover-min", "110", mail.folder)[0] == 2
    assert sojourn(mail.folder / "nowhere")[0] == 4
    assert "there is no file or folder" in sojourn(mail.folder / "nowhere")[1]


def test_a_name_narrows_what_is_run(mail: Stage) -> None:
    mail.write("journey.test.yaml", GOOD + BAD)
    assert sojourn(mail.folder, "-k", "GOES")[0] == 0
    assert "no scenario is called anything like xyz" in sojourn(mail.folder, "-k", "xyz")[1]


def test_coverage_below_the_threshold_fails(mail: Stage) -> None:
    code, output = sojourn(mail.folder, "--cover-min", "90")
    assert code == 1
    assert "is less than the 90% that are wanted" in output
    assert sojourn(mail.folder, "--cover-min", "50")[0] == 0


def test_results_as_json_and_junit(mail: Stage) -> None:
    mail.write("journey.test.yaml", GOOD + BAD)
    report = mail.folder / "report.xml"
    code, output = sojourn(mail.folder, "--json", "--cover", "--junit", report)
    assert code == 1
    told = json.loads(output)
    assert told["passed"] is False
    assert [one["passed"] for one in told["scenarios"]] == [True, False]
    assert told["scenarios"][1]["failures"][0]["line"] == 6
    assert told["coverage"][0]["missing"] == [{"step": None, "way": "exit:left"}]
    assert report.read_text(encoding="utf-8").startswith("<?xml")


def test_files_run_in_parallel_and_come_in_order(mail: Stage) -> None:
    for name in ("one", "two", "three"):
        mail.journey("- {id: a, send: email/hello}", name=name)
        mail.write(f"{name}.test.yaml", GOOD)
    files = scenario_files([mail.folder])
    results = list(run_files(files, jobs=2))
    assert [result.file for result in results] == files
    assert all(verdict.passed for result in results for verdict in result.verdicts)
    assert len(coverages(results)) == 4


def test_watching_tells_what_is_new_changed_or_gone(mail: Stage) -> None:
    file = mail.folder / "journey.test.yaml"
    acts: list[Callable[[], object]] = [
        lambda: mail.write("journey.test.yaml", GOOD + BAD),
        lambda: None,
        lambda: mail.write("other.yaml", "x"),
        file.unlink,
    ]

    def sleep(_: float) -> None:
        acts.pop(0)()

    found = islice(changes([mail.folder], sleep=sleep), 3)
    assert list(found) == [[file], [mail.folder / "other.yaml"], [file]]


def test_pytest_collects_scenarios(mail: Stage) -> None:
    mail.write("journey.test.yaml", GOOD + BAD)
    mail.write("typo.test.yaml", "- scenario: x\n  expcet: []\n")
    command = [sys.executable, "-m", "pytest", "-p", "lab.pytest_plugin", "-p", "no:cacheprovider", "-p", "no:asyncio"]
    command += ["--rootdir", str(mail.folder), "-c", "/dev/null", str(mail.folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert "Did you mean `expect`?" in done.stdout
    done = subprocess.run([*command, "--continue-on-collection-errors"], cwd=ROOT, capture_output=True, text=True)
    assert "1 failed, 1 passed, 1 error" in done.stdout
    assert "- expected  never: {sent: email/hello}" in done.stdout


def test_every_example_passes_and_every_way_of_it_is_taken() -> None:
    results = list(run_files(scenario_files([ROOT / "journeys"])))
    assert [verdict.name for result in results for verdict in result.verdicts if not verdict.passed] == []
    examples = ("abandoned-cart", "after-purchase", "webinar", "welcome", "whitepaper-nurture")
    covered = coverages(results, [ROOT / "journeys"])
    assert {one.journey: one.missing for one in covered} == dict.fromkeys(examples, ())
