"""Tells a database that is away from one that says no, and a no to the data from any other."""

from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, TimeoutError

OUTAGES = (OperationalError, InterfaceError, TimeoutError)
"""What a call of the store may raise when PostgreSQL is away, and `is_outage` looks into."""

REFUSALS = (DataError,)
"""What a call raises for a value that PostgreSQL does not take, such as a text with NUL."""

_AWAY = ("08", "53", "57P")
"""SQLSTATE (PostgreSQL, appendix A): connection lost; out of connections, disk or memory; shutting down or starting up."""
_DATA = ("22", "54")
"""Data exception; beyond a limit of the program."""


def is_outage(error: BaseException) -> bool:
    """Whether the cause is that PostgreSQL cannot be reached or cannot work now, so that the same call may do later."""
    if isinstance(error, TimeoutError):
        return True
    state = _state(error)
    return state.startswith(_AWAY) if state else isinstance(error, OUTAGES)


def is_refusal(error: BaseException) -> bool:
    """Whether PostgreSQL cannot store these values, now or later."""
    return isinstance(error, REFUSALS) or _state(error).startswith(_DATA)


def _state(error: BaseException) -> str:
    state: str | None = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return state or ""
