"""`python -m tests.abuse.fuzz NAME [SECONDS]`: feeds a target with what leads into new places of the code."""

import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

atheris: Any = import_module("atheris")  # from requirements-security.lock, which only `make fuzz` installs

with atheris.instrument_imports(include=["api", "channels", "content", "domain"]):
    from tests.abuse.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
LONGEST = 4096


def main(name: str, seconds: int) -> None:
    """Ends after that many seconds, or with the input that broke something in `crash-…` in the current folder."""
    found = tempfile.mkdtemp(prefix=f"fuzz-{name}-")
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=10", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *options, found, str(CORPUS / name)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 60)
