"""The terminal's view of the children's logs: warnings and worse, with the child's name before them."""

import re
from collections.abc import Callable
from pathlib import Path

LONGEST = 300

_PATTERNS = {
    "postgres": re.compile(r"\b(WARNING|FATAL|PANIC):"),
    "temporal": re.compile(r"\blevel=ERROR\b"),
}
_OTHERS = re.compile(
    r'^(WARNING|ERROR|CRITICAL)\b|"level": ?"(warning|error|critical)"|\[(warning|error|critical) *\]|^Traceback'
)


class LogTail:
    """Follows one log file from its end on."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self._log = log
        self._pattern = _PATTERNS.get(name, _OTHERS)
        self._position = 0
        self._rest = b""

    def show_new(self, show: Callable[[str, str], None]) -> None:
        """Calls `show(name, line)` for each new line that a person should see. Long lines are cut."""
        if not self._log.exists():
            return
        with self._log.open("rb") as file:
            file.seek(self._position)
            fresh = self._rest + file.read()
            self._position = file.tell()
        *lines, self._rest = fresh.split(b"\n")
        for raw in lines:
            line = raw.decode(errors="replace")
            if self._pattern.search(line):
                show(self.name, line[:LONGEST])
