"""A process whose clock is wrong: whatever of ours asks the system for the time gets another one. SKEW_SECONDS says by how much."""

import os
import sys
from datetime import datetime, timedelta, tzinfo
from types import ModuleType

VARIABLE = "SKEW_SECONDS"


class Skewed(datetime):
    """`datetime` whose `now` is off."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + timedelta(seconds=float(os.environ[VARIABLE]))


def skew(*packages: str) -> None:
    """Moves the clock of every module of these packages that is imported and reads it, if the environment says so."""
    if VARIABLE not in os.environ:
        return
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in packages and _reads_the_clock(module):
            setattr(module, "datetime", Skewed)  # noqa: B010


def _reads_the_clock(module: ModuleType) -> bool:
    return getattr(module, "datetime", None) is datetime and "now(UTC)" in _source(module)


def _source(module: ModuleType) -> str:
    if not module.__file__:
        return ""
    with open(module.__file__, encoding="utf-8") as file:
        return file.read()
