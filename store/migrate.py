"""Brings a database to the newest schema."""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from domain.errors import Unavailable
from store.database import async_url
from store.event.partitions import make_missing

_LOCK = 7_365_001


def migrate(url: str) -> None:
    """Runs every migration that is missing and makes the partitions of this month and the next two.

    Many processes may call it at once: an advisory lock lets one work while the others wait. Raises Unavailable when
    the database cannot be reached.
    """
    engine = create_engine(async_url(url))  # the dialect has the same name for both worlds
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            connection.commit()
            _upgrade(connection)
            make_missing(connection, datetime.now(UTC))
            connection.commit()
    except OperationalError as error:
        raise Unavailable(f"the database cannot be used: {error.orig}", code="database_unavailable") from None
    finally:
        engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()
