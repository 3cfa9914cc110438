"""Every routing test has a world of its own."""

import pytest

from store.database import Database
from tests.routing.world import World


@pytest.fixture
def world(db: Database) -> World:
    return World(db)
