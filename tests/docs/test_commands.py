"""Every command in the documents is run, or stands in the table below with the reason why not, and exists."""

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from benchmarks.names import NAMES
from cli.main import create_cli
from tests.docs.blocks import PAGES, ROOT, Block, blocks, code_words, name_of
from tests.docs.shell import BlockFailed, Shell

NOT_RUN = {
    # the first line of a block: why it is not run
    "make up": "it stays until Ctrl-C; the stack that the tests use is what it starts",
    "make demo": "it takes half a minute, and has tests of its own",
    "git clone <the repository's URL> sojourn": "there is no network in a test, and it ends with `make test`",
    "curl -s -X POST -H \"Authorization: Bearer $SOJOURN_ADMIN_KEY\" -H 'Content-Type: application/json' \\": (
        "it needs a hand-over of which nobody knows what became"
    ),
    "docker compose build": "there is no Docker in a test; tests/runtime/test_compose.py checks the file",
    "docker compose up --detach --build": "needs Docker",
    "docker compose up --detach postgres": "needs Docker",
    "docker compose exec -T postgres pg_dump -U sojourn -d sojourn --format custom > sojourn.dump": "needs Docker",
}
"""Their words are checked all the same: targets of make, commands and options of `sojourn`, services of the compose file."""

MAKE = re.compile(r"^([a-z]+):", re.MULTILINE)
CALL = re.compile(r"^(?:[A-Z]+=\$\()?((?:make|sojourn)(?: [^|>)]+?)?) *(?:[|>)].*|  #.*)?$")
"""A line that calls one of ours, by itself or for a variable; what it is piped into does not count."""


@pytest.fixture(scope="module")
def targets() -> set[str]:
    named = set(MAKE.findall((ROOT / "Makefile").read_text()))
    return named | {f"bench-{name.replace('_', '-')}" for name in NAMES}


@pytest.fixture(scope="module")
def sojourn() -> TyperGroup:
    command = typer.main.get_command(create_cli())
    assert isinstance(command, TyperGroup)
    return command


def all_blocks() -> Iterator[Block]:
    for page in PAGES:
        yield from blocks(page)


def test_every_command_in_the_documents_works(reader: tuple[Path, dict[str, str]]) -> None:
    """Page after page, each in a terminal of its own, against one running stack."""
    folder, environment = reader
    ran = 0
    try:
        for page in PAGES:
            ran += _run(page, folder, environment)
    except BlockFailed as failed:
        pytest.fail(f"{failed}\n--- the stack says ---\n{(folder / 'up.log').read_text()[-4000:]}")
    assert ran > 20


def _run(page: Path, folder: Path, environment: dict[str, str]) -> int:
    wanted = [block for block in blocks(page) if block.first not in NOT_RUN]
    if wanted:
        path = f"{folder / '.venv/bin'}:{environment['PATH']}"
        with Shell(folder, environment | {"PATH": path}) as shell:
            shell.run(Block(name_of(page), 0, "set -a; . .sojourn/dev.env; set +a", ()))
            for block in wanted:
                shell.run(block)
    return len(wanted)


def test_every_command_that_is_not_run_stands_in_a_document() -> None:
    assert set(NOT_RUN) <= {block.first for block in all_blocks()}


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every line that calls `make` or `sojourn`, in blocks and between backticks, with its place."""
    for page in PAGES:
        lines = [line for block in blocks(page) for line in block.commands.replace("\\\n", " ").splitlines()]
        for line in (*lines, *code_words(page)):
            found = CALL.match(line)
            if found:
                yield name_of(page), _words(found[1])


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def test_every_make_target_exists(targets: set[str]) -> None:
    named = [(page, words[1]) for page, words in commands() if words[0] == "make" and len(words) > 1]
    assert named
    assert [(page, target) for page, target in named if "=" not in target and target not in targets] == []


def test_every_sojourn_command_and_option_exists(sojourn: TyperGroup) -> None:
    named = [(page, words[1:]) for page, words in commands() if words[0] == "sojourn" and len(words) > 1]
    assert len(named) > 20
    assert [fault for page, words in named if (fault := _fault(sojourn, page, words))] == []


def _fault(root: TyperGroup, page: str, words: list[str]) -> str | None:
    """What does not exist in `words`; None if all of it does."""
    command: object = root
    for number, word in enumerate(words):
        if isinstance(command, TyperGroup):
            if word not in command.commands:
                return f"{page}: there is no command `sojourn {' '.join(words[: number + 1])}`"
            command = command.commands[word]
        elif word.startswith("--"):
            assert isinstance(command, TyperCommand)
            options = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
            if word.partition("=")[0] not in options | {"--help"}:
                return f"{page}: `sojourn {' '.join(words)}` has no option {word}"
    return None


def test_no_document_names_a_machine_path() -> None:
    assert [name_of(page) for page in PAGES if os.fspath(ROOT) in page.read_text()] == []
