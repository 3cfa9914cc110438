"""`python -m benchmarks [NAME]`: runs one benchmark, or all; prints a table and writes `benchmarks/results/NAME.json`."""

import json
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import event_to_mail

RESULTS = Path(__file__).parent / "results"
BENCHMARKS: dict[str, Callable[[], dict[str, Any]]] = {"event_to_mail": event_to_mail.measure}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}.", file=sys.stderr)  # noqa: T201
        return 2
    RESULTS.mkdir(exist_ok=True)
    for name in names or BENCHMARKS:
        figures = BENCHMARKS[name]()
        machine = f"{platform.processor() or platform.machine()}, Python {platform.python_version()}"
        (RESULTS / f"{name}.json").write_text(json.dumps({"machine": machine, **figures}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
