"""The worker: `python worker.py`, or `sojourn worker`. Everything it does is put together in `runtime/workers.py`."""

import uvloop

from runtime.logging import configure_logging
from runtime.settings import load_settings
from runtime.workers import run


def main() -> None:
    """Works until SIGTERM or SIGINT."""
    settings = load_settings()
    configure_logging(settings)
    uvloop.run(run(settings))


if __name__ == "__main__":
    main()
