"""The installation that commands work on directly: by the settings, or the running stack of this folder."""

import os

from cli.server import stack_environment
from domain.errors import InvalidInput
from runtime.settings import Settings, load_settings


def installation() -> Settings:
    """The settings of the environment; where it is silent, those of the stack here.

    Raises InvalidInput when a setting is wrong, or when nobody says where the database is.
    """
    for name, value in stack_environment().items():
        os.environ.setdefault(name, value)
    settings = load_settings()
    if not settings.database_url:
        raise InvalidInput("no database is named. Run `sojourn up` in this folder, or set DATABASE_URL.")
    return settings


def database_url() -> str:
    """A `postgresql://…` URL. Raises as `installation` does."""
    return installation().database_url
