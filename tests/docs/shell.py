"""One bash that runs a document's blocks one after the other, as a reader's terminal would."""

import subprocess
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.docs.blocks import Block

PATIENCE = 20.0
"""Seconds that a block may take, and that its output may take to come true."""

_END = "@@ the block is over @@"


class BlockFailed(Exception):
    """A block failed, or did not print what the document shows."""

    def __init__(self, block: Block, printed: str) -> None:
        shown = "".join(f"\n  {line}" for line in block.output)
        super().__init__(f"{block.place}\n{block.commands}\n--- printed ---\n{printed}\n--- is to print ---{shown}")


class Shell:
    """Stops at the first command that fails, whose block is then named."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bash.kill()
        self._bash.communicate()

    def run(self, block: Block) -> None:
        """Runs a block. One whose output is not yet as shown is run again: a reader would look again, too."""
        until = time.monotonic() + PATIENCE
        while not block.is_shown_by(printed := self._run_once(block)):
            if time.monotonic() > until:
                raise BlockFailed(block, printed)
            time.sleep(0.2)

    def _run_once(self, block: Block) -> str:
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        self._bash.stdin.write(f"{{\n{block.commands}\n}} < /dev/null\nprintf '\\n%s\\n' '{_END}'\n")
        self._bash.stdin.flush()
        watch = threading.Timer(PATIENCE, self._bash.kill)
        watch.start()
        printed: list[str] = []
        for line in self._bash.stdout:
            if line == f"{_END}\n":
                watch.cancel()
                return "".join(printed)
            printed.append(line)
        watch.cancel()
        raise BlockFailed(block, "".join(printed))
