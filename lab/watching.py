"""Waits for files to change, by looking at them."""

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

PAUSE = 0.3
"""Seconds between two looks."""

Seen = dict[Path, int]


def seen(folders: Iterable[Path]) -> Seen:
    """When every file below these folders was last changed."""
    found: Seen = {}
    for folder in folders:
        for file in folder.rglob("*"):
            try:
                if file.is_file():
                    found[file] = file.stat().st_mtime_ns
            except OSError:
                continue  # it is gone again
    return found


def changes(folders: Iterable[Path], *, sleep: Callable[[float], None] = time.sleep) -> Iterator[list[Path]]:
    """The files that are new, changed or gone, whenever there are some."""
    watched = list(folders)
    before = seen(watched)
    while True:
        sleep(PAUSE)
        now = seen(watched)
        changed = [file for file in {**before, **now} if before.get(file) != now.get(file)]
        before = now
        if changed:
            yield changed
