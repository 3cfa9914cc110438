"""Logging: one line per event to stderr, JSON in production, coloured in development.

Never log an address, a phone number, a name, a property's value or free text of a customer: ids and counts only.
"""

import logging
import sys

import structlog
from temporalio.exceptions import ApplicationError

from runtime.settings import Settings

_QUIET = ("httpx", "httpcore", "urllib3", "aiosmtpd", "twilio")
"""Libraries whose lines below warning would repeat what we log ourselves, or name addresses."""


def _without_known_traceback(record: logging.LogRecord) -> bool:
    """An activity's failure that we raise ourselves names its cause in its type; a hundred at once must not stall the worker."""
    if record.exc_info and isinstance(record.exc_info[1], ApplicationError):
        record.msg = f"{record.msg} [{record.exc_info[1].type}]"
        record.exc_info = None
    return True


def configure_logging(settings: Settings) -> None:
    """Sends structlog and the standard library through one formatter. Call it once, first thing in a process."""
    as_json = (settings.log_format or ("json" if settings.is_production else "console")) == "json"
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    ending: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if as_json
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    handler = logging.StreamHandler()
    handler.addFilter(_without_known_traceback)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
