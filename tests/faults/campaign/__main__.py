"""The long campaign: `make faults`. The same seed brings the same people, troubles and lengths."""

import argparse
import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

from rich.console import Console

from tests.faults.campaign.chronicle import show, write
from tests.faults.campaign.play import Calm, Report, play
from tests.faults.campaign.trouble import TROUBLES

DISK_MIB = 700
RESULT = Path(__file__).parents[3] / "benchmarks" / "results" / "faults.json"
PAGE = Path(__file__).parents[3] / "docs" / "reliability.md"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="people, order and lengths of the troubles")
    parser.add_argument("--rounds", type=int, default=3, help="how often every trouble comes")
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--waves", type=int, default=15, help="how often the same comes afterwards, to see what grows")
    parser.add_argument("--wave", type=int, default=100, help="people in a wave")
    parser.add_argument("--only", action="append", choices=sorted(TROUBLES), help="this trouble only (may be repeated)")
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md and its figures")
    given = parser.parse_args()
    console = Console()
    names = list(given.only or TROUBLES) * given.rounds
    Random(given.seed).shuffle(names)
    report = asyncio.run(_play(given.seed, given.people, names, Calm(given.waves, given.wave), console))
    show(report, console)
    if given.write:
        write(report, RESULT, PAGE)
    sys.exit(1 if report.verdict.wrong else 0)


async def _play(seed: int, people: int, names: list[str], calm: Calm, console: Console) -> Report:
    with _folder(console) as folder:
        tell = partial(console.print, " ")
        return await play(folder, seed=seed, people=people, names=names, calm=calm, tell=tell)


@contextlib.contextmanager
def _folder(console: Console) -> Iterator[Path]:
    """A folder whose `postgres` is a small file system of its own where that can be had."""
    folder = Path(tempfile.mkdtemp(prefix="sojourn-faults-"))
    folder.chmod(0o711)
    disk = folder / "postgres"
    disk.mkdir()
    options = f"size={DISK_MIB}m,mode=711"
    mounted = os.geteuid() == 0 and _run("mount", "-t", "tmpfs", "-o", options, "sojourn-faults", str(disk))
    try:
        yield folder
    finally:
        if mounted and not _run("umount", str(disk)):
            console.print(f"{disk} is still mounted; `umount {disk}` frees it.")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    main()
