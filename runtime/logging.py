"""Logging: one line per event to stderr, JSON in production, coloured in development.

Never log an address, a phone number, a name, a property's value or free text of a customer: ids and counts only.
"""

import logging
import sys

import structlog
from temporalio.exceptions import ApplicationError

from domain.faults import fault
from runtime.settings import Settings

_QUIET = ("httpx", "httpcore", "urllib3", "aiosmtpd", "twilio")
"""Libraries whose lines below warning would repeat what we log ourselves, or name addresses."""


_SERVER = ("uvicorn", "uvicorn.error")
"""Loggers of the HTTP server, which bring a handler of their own."""


def _without_known_traceback(record: logging.LogRecord) -> bool:
    """An activity's failure that we raise ourselves names its cause in its type; a hundred at once must not stall the worker."""
    if record.exc_info and isinstance(record.exc_info[1], ApplicationError):
        _shorten(record, str(record.exc_info[1].type))
    return True


def _without_text_of_errors(record: logging.LogRecord) -> bool:
    """An unforeseen error by its kind and place alone."""
    if record.exc_info and record.exc_info[1]:
        _shorten(record, " at ".join(fault(record.exc_info[1]).values()))
    return True


def _shorten(record: logging.LogRecord, error: str) -> None:
    record.msg, record.args = f"{record.getMessage().strip()} [{error}]", ()
    record.exc_info = None


def configure_logging(settings: Settings) -> None:
    """Sends structlog and the standard library through one formatter. Call it once, first thing in a process.

    In production the text of an error, which may quote a customer's data (semantics 26), is left out.
    """
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
    if settings.is_production:
        handler.addFilter(_without_text_of_errors)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _SERVER:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
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
