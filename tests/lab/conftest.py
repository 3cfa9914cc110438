"""Every lab test has a folder of journeys of its own. No server is started for any of them."""

from pathlib import Path

import pytest

from tests.lab.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)
