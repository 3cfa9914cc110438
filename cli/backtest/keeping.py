"""What is kept while a back-test runs: everybody's story, if it is wanted, and how far it has come, so that it can go on after
Ctrl-C, after `kill -9`, and after the machine was switched off."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cli.backtest.checkpoint import Checkpoint, Question
from cli.backtest.running import Progress
from cli.backtest.working import Part
from domain.errors import InvalidInput

EVERY = 10.0
"""Seconds between two checkpoints: so much work is lost at most."""


class Keeping:
    """Keeps stories in `listing` and the checkpoint in `file`, which is removed when there is nothing to go on with any more."""

    def __init__(self, file: Path, question: Question, listing: BinaryIO | None) -> None:
        self.file = file
        self.question = question
        self.listing = listing
        self._kept_at = time.monotonic()
        self._is_ours = False

    def take(self, progress: Progress, part: Part) -> None:
        """Takes what came of some people, who are in `progress` already."""
        if self.listing is not None:
            self.listing.writelines(f"{story}\n".encode() for story in part.stories)
        if time.monotonic() - self._kept_at >= EVERY:
            self.keep(progress)

    def keep(self, progress: Progress) -> bool:
        """Writes the checkpoint; False when nobody is done yet. The stories are written first: those behind the checkpoint are
        cut off when it goes on."""
        if progress.after is None:
            return False
        listed = None
        if self.listing is not None:
            self.listing.flush()
            listed = self.listing.tell()
        Checkpoint(self.question, progress.after, progress.done, progress.result, listed).write(self.file)
        self._is_ours = True
        self._kept_at = time.monotonic()
        return True

    def finish(self) -> None:
        """Everybody is done."""
        if self._is_ours:
            self.file.unlink(missing_ok=True)


@contextmanager
def listing(file: Path | None, known: Checkpoint | None) -> Iterator[BinaryIO | None]:
    """The file of stories, to be written on; a back-test that goes on begins where its checkpoint has left it.

    Raises InvalidInput when that is not the file of the checkpoint.
    """
    if file is None:
        yield None
        return
    try:
        opened = file.open("wb" if known is None else "r+b")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror}.") from None
    with opened:
        if known is not None:
            _cut(opened, file, known.listed)
        yield opened


def _cut(opened: BinaryIO, file: Path, length: int | None) -> None:
    """Back to this length in bytes."""
    if length is None:
        raise InvalidInput("the checkpoint was left by a back-test without --people: leave it out, or start anew.")
    if opened.seek(0, 2) < length:
        raise InvalidInput(f"{file} is not the file that the checkpoint speaks of: it is too short.")
    opened.truncate(length)
    opened.seek(length)
