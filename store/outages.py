"""Tells a database that is away or does not fit from one that says no, and a no to the data from any other."""

from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, TimeoutError

from domain.errors import Conflict, Unavailable

OUTAGES = (OperationalError, InterfaceError, TimeoutError)
"""What a call of the store may raise when PostgreSQL is away, and `is_outage` looks into."""

REFUSALS = (DataError,)
"""What a call raises for a value that PostgreSQL does not take, such as a text with NUL."""

_AWAY = ("08", "53", "57P")
"""SQLSTATE (PostgreSQL, appendix A): connection lost; out of connections, disk or memory; shutting down or starting up."""
_DATA = ("22", "54")
"""Data exception; beyond a limit of the program."""
_UNFIT = ("25006", "28", "3D", "3F", "42P01", "42501", "42703", "42704", "42883", "58")
"""Read-only; no admission; no such database, schema, table, column, type or function; no right to it; a fault of the system."""
_NOT_THE_SCHEMA = ("25006", "28", "42501", "58")
_BROKEN_OFF = ("25P", "40", "55P03", "57014")
"""A time limit of the session; a deadlock, a conflict with the standby's master; a lock; a query that was cancelled."""


def is_outage(error: BaseException) -> bool:
    """Whether the cause is that PostgreSQL cannot be reached or cannot work now, so that the same call may do later."""
    if isinstance(error, TimeoutError):
        return True
    state = sqlstate(error)
    return state.startswith(_AWAY) if state else isinstance(error, OUTAGES)


def is_refusal(error: BaseException) -> bool:
    """Whether PostgreSQL cannot store these values, now or later."""
    return isinstance(error, REFUSALS) or sqlstate(error).startswith(_DATA)


def is_unfit(error: BaseException) -> bool:
    """Whether the database as it stands fits no data at all: a migration is missing, or a right, or it only stands by."""
    return sqlstate(error).startswith(_UNFIT)


def in_words(error: BaseException) -> Unavailable | Conflict | None:
    """What to tell whoever has run a command; None for what is neither an outage nor a database that does not fit."""
    if not isinstance(error, (DBAPIError, TimeoutError)):
        return None
    said = str(error.orig if isinstance(error, DBAPIError) else "no connection became free").partition("\n")[0]
    if is_outage(error) or sqlstate(error).startswith(_BROKEN_OFF):
        return Unavailable(f"the database cannot be used: {said}", code="database_unavailable")
    if is_unfit(error):
        remedy = "" if sqlstate(error).startswith(_NOT_THE_SCHEMA) else ". Run `sojourn migrate`"
        return Conflict(f"the database does not fit this release: {said}{remedy}.", code="database_unfit")
    return None


def sqlstate(error: BaseException) -> str:
    """The code of PostgreSQL's error (appendix A of its manual), which names no data; empty for any other error."""
    state: str | None = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return state or ""
