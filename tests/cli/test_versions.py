"""`sojourn journeys versions, diff, rollback, migrate`."""

from pathlib import Path

import pytest

from tests.cli.conftest import Sojourn

FIRST = "journey: rest\nentry: {event: Signed Up}\nsteps:\n  - {id: pause, wait: 3d}\n"
SECOND = FIRST.replace("3d", "2d")


@pytest.fixture
async def versions(sojourn: Sojourn, folder: Path) -> Sojourn:
    """A journey with two versions."""
    for text in (FIRST, SECOND):
        (folder / "rest.yaml").write_text(text)
        assert (await sojourn("journeys", "publish", folder / "rest.yaml")).code == 0
    return sojourn


async def test_versions_are_told_apart_in_words(versions: Sojourn) -> None:
    assert (await versions("journeys", "diff", "rest", "--from", 1, "--to", 2)).output == "~ delay 3d to 2d at pause\n"
    assert (
        await versions("journeys", "diff", "rest", "--from", 2, "--to", "live")
    ).output == "rest: 2 and live do the same.\n"
    listed = await versions("journeys", "versions", "rest", "--json")
    assert [one["version"] for one in listed.json["items"]] == [2, 1]


async def test_a_rollback_is_a_new_version(versions: Sojourn) -> None:
    outcome = await versions("journeys", "rollback", "rest", "--to", 1)
    assert (outcome.code, outcome.output) == (0, "journey rest version 3, equal to version 1\n")


async def test_a_dry_run_says_what_would_come_of_it_and_changes_nothing(versions: Sojourn) -> None:
    outcome = await versions("journeys", "migrate", "rest", "--from", 1, "--to", 2, "--dry-run", "--people")
    assert (outcome.code, outcome.output.splitlines()[0]) == (0, "rest, version 1 to 2: 0 of 0 people would move.")
    assert (await versions("operations", "list", "--json")).json["items"] == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--from", 1, "--to", 2, "--map", "pause"], 2, "write OLD=NEW"),
        (["--from", 1, "--to", 2, "--map", "a=b", "--map", "a=c"], 2, "a is mapped to b and to c"),
        (["--from", 1, "--to", 2, "--map", "puase=pause"], 1, "Did you mean pause?"),
        (["--from", 1, "--to", 2, "--sample", "some"], 2, "write a share"),
        (["--from", 1, "--to", 1], 2, "nothing to migrate"),
        (["--from", 1, "--to", 5], 4, "It has 1, 2."),
    ],
    ids=["half a map", "twice", "typo", "no share", "same", "no version"],
)
async def test_bad_words_get_a_clear_answer(versions: Sojourn, words: list[object], code: int, said: str) -> None:
    outcome = await versions("journeys", "migrate", "rest", *words)
    assert outcome.code == code
    assert said in outcome.output + outcome.error
