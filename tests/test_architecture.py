"""What `docs/` says about the shape of the code is true: imports point down, files are small, names say something."""

import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = (
    *("activities", "api", "benchmarks", "channels", "cli", "content", "domain"),
    *("lab", "routing", "runtime", "store", "tests", "workflows"),
)
LONGEST_FILE = 300
EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}


def sources() -> Iterator[Path]:
    yield ROOT / "worker.py"
    for folder in FOLDERS:
        yield from (ROOT / folder).rglob("*.py")


def test_imports_point_down() -> None:
    lint_imports = Path(sysconfig.get_path("scripts")) / "lint-imports"
    done = subprocess.run([sys.executable, lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_runtime_and_routing_hold_a_temporal_client() -> None:
    named = {
        str(file.relative_to(ROOT)) for file in sources() if "temporalio.client" in file.read_text(encoding="utf-8")
    }
    assert {name for name in named if not name.startswith(("routing/", "runtime/", "tests/", "benchmarks/"))} == set()


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines()) for file in sources()}
    assert {file: length for file, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    parts = {part for file in sources() for part in (*file.relative_to(ROOT).parts[:-1], file.stem)}
    assert parts & EMPTY_WORDS == set()
