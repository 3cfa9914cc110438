"""How a run ends: for the reason that came first, and `finished` only while there is none (semantics 19, 22)."""

import pytest

from domain.engine.commands import Finish
from domain.engine.inputs import Finished, Leave
from domain.engine.standing import finished
from domain.engine.state import Moment
from tests.domain.engine.walk import START

NOW = Moment(at=START, position=1)


@pytest.mark.parametrize("reason", ["finished", "exit:done"])
def test_a_run_that_is_leaving_ends_for_that_reason_and_not_because_its_plan_is_used_up(reason: str) -> None:
    assert finished(Finish(reason=reason), "goal", NOW) == Leave(moment=NOW, reason="goal")


@pytest.mark.parametrize("leaving", [None, "exit:done"])
def test_otherwise_it_ends_as_it_was_about_to(leaving: str | None) -> None:
    assert finished(Finish(reason="exit:done"), leaving, NOW) == Finished(moment=NOW)
