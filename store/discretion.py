"""Errors of PostgreSQL without people's data: they are logged, and its words quote rows and values."""

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext

_BAD_DATA = "22"
"""SQLSTATE class of data exceptions (PostgreSQL, appendix A): the first line itself quotes the value."""


def keep_values_out_of_errors(engine: Engine) -> None:
    """From now on an error of this engine says what is wrong and names no value; its SQLSTATE stays."""
    event.listen(engine, "handle_error", _shorten)


def _shorten(context: ExceptionContext) -> None:
    error: BaseException | None = context.original_exception
    while error is not None:  # the driver's own error, or one that stands for it
        if isinstance(error, psycopg.Error):
            _keep_first_line(error, context)
            return
        error = error.__cause__ or error.__context__


def without_values(error: psycopg.Error) -> str:
    """What the error may say, which is all that it says from now on."""
    is_about_a_value = (error.sqlstate or "").startswith(_BAD_DATA)
    kept = "a value that cannot be stored" if is_about_a_value else str(error).partition("\n")[0]
    error.args = (kept,)
    return kept


def _keep_first_line(error: psycopg.Error, context: ExceptionContext) -> None:
    kept = without_values(error)
    context.original_exception.args = (kept,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(error).__name__}) {kept}",)
