"""The operators' view of a run under way: ids and times only."""

from datetime import timedelta

import pytest

from domain.engine.state import Moment, Run, State, Waiting
from domain.explain import path_markdown
from tests.domain.explain.material import ADA, NOON, PROGRAM, RUN


def state(**changes: object) -> State:
    run = Run(id=RUN, customer=ADA.id, journey="abandoned-cart", version=3, entered=Moment(at=NOON))
    begun = State(
        run=run, entered=Moment(at=NOON), at="hear", visits={"wait-1h": 1, "hear": 1}, path=("wait-1h", "hear")
    )
    return begun.model_copy(update=changes)


def test_the_operators_view_shows_path_wait_and_time_and_no_personal_data() -> None:
    waiting = Waiting(purpose="wait_for", until=NOON + timedelta(days=1), hears={"hear/0": 0})
    text = path_markdown(state(phase="asleep", waiting=waiting), PROGRAM)
    assert "**abandoned-cart**, version 3, entered 2026-11-03 12:00:00 UTC" in text
    assert "Path: `wait-1h` → `hear`" in text
    assert (
        'Listens at `hear` since 2026-11-03 12:00:00 UTC for "Order Completed", until 2026-11-04 12:00:00 UTC.' in text
    )
    assert "Ada" not in text
    assert str(ADA.id) not in text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"phase": "held"}, "**Paused** at `hear`"),
        ({"phase": "asleep", "parked": "smtp_auth"}, "**Parked** at `hear`: smtp_auth."),
        ({"phase": "over", "reason": "goal"}, "Ended: goal."),
        ({"phase": "enter"}, "At `hear` since"),
    ],
)
def test_the_operators_view_says_how_the_run_stands(changes: dict[str, object], expected: str) -> None:
    assert expected in path_markdown(state(**changes), PROGRAM)
