"""What holds for every journey, whatever happens to the customer."""

from datetime import timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.decisions import Decision
from domain.engine.advance import advance, begin, command_of
from domain.engine.commands import Sleep, Stop
from domain.engine.inputs import Leave, Lifted, Order
from domain.engine.lanes import listens_in, views
from domain.engine.state import State
from domain.program import Program
from tests.domain.engine.documents import programs
from tests.domain.engine.walk import Walk

ORDERS = ("pause", "resume", "skip_wait", "retry", "skip_step")
HOLD = UUID(int=7)

quickly = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def live(program: Program, data: st.DataObject, turns: int = 60) -> Walk:
    """A life: time passes, listened-for things happen or not, operators interfere, until the run is over or turns run out."""
    walk = Walk(program, choose=lambda count: data.draw(st.integers(0, count - 1)))
    walk.go()
    for _ in range(turns):
        if isinstance(walk.command, Stop):
            break
        hears = sorted({name for view in views(walk.state) for name in listens_in(program, view)})
        kind = data.draw(st.sampled_from(["time", "time", "event", "order", "early", "hold"]))
        if kind == "event" and hears:
            walk.happen(data.draw(st.sampled_from(hears)))
        elif kind == "order":
            order = data.draw(st.sampled_from(ORDERS))
            walk.give(Order.model_validate({"moment": walk.moment, "order": order, "by": "op", "due": "skip"}))
        elif kind == "hold":
            _pause_or_lift(walk, data)
        elif kind == "early":
            walk.sleep(timedelta(minutes=7))
        else:
            walk.sleep()
        walk.go()
    return walk


def _pause_or_lift(walk: Walk, data: st.DataObject) -> None:
    """The run's journey is paused, or resumed: the run is told, as workers tell it."""
    if walk.hold is None:
        walk.hold = HOLD
        return
    walk.hold = None
    due = data.draw(st.sampled_from(["catch_up", "skip"]))
    until = walk.now + timedelta(hours=data.draw(st.integers(0, 4)))
    walk.give(Lifted.model_validate({"moment": walk.moment, "hold": HOLD, "due": due, "until": until}))


@quickly
@given(programs, st.data())
def test_a_run_always_waits_or_ends(program: Program, data: st.DataObject) -> None:
    walk = live(program, data)
    assert isinstance(walk.command, Sleep | Stop)
    if isinstance(walk.command, Sleep):
        assert walk.command.until is not None or walk.state.parked_at or walk.state.is_paused or walk.state.rests_at


@quickly
@given(programs, st.data())
def test_once_every_pause_is_lifted_nothing_rests(program: Program, data: st.DataObject) -> None:
    walk = live(program, data)
    walk.hold = None
    walk.give(Lifted(moment=walk.moment, hold=HOLD))
    if walk.state.is_paused:
        walk.give(Order(moment=walk.moment, order="resume"))
    walk.go()
    assert walk.state.rests_at is None


@quickly
@given(programs, st.data())
def test_nothing_is_sent_twice_for_one_visit_of_a_step(program: Program, data: st.DataObject) -> None:
    walk = live(program, data)
    assert len(walk.sent) == len(set(walk.sent))


@quickly
@given(programs, st.data())
def test_the_same_inputs_give_the_same_decisions(program: Program, data: st.DataObject) -> None:
    walk = live(program, data)
    state = begin(program, walk.run)
    decided: list[Decision] = []
    for given_input in walk.inputs:
        state, _, more = advance(program, state, given_input)
        decided += more
    assert state == walk.state
    assert decided == walk.decisions[len(walk.decisions) - len(decided) :]


@quickly
@given(programs, st.data())
def test_continuing_as_new_at_any_point_changes_nothing(program: Program, data: st.DataObject) -> None:
    """The state, written and read at every point, and the program, written and read once, lead the same way."""
    walk = live(program, data)
    reread = Program.model_validate_json(program.model_dump_json())
    state = begin(program, walk.run)
    for given_input in walk.inputs:
        restored = State.model_validate_json(state.model_dump_json(exclude_defaults=True))
        assert restored == state
        assert command_of(reread, restored) == command_of(program, state)
        state, command, _ = advance(program, state, given_input)
        assert advance(reread, restored, given_input)[:2] == (state, command)


@quickly
@given(programs, st.data())
def test_leaving_ends_the_run_wherever_it_is(program: Program, data: st.DataObject) -> None:
    walk = live(program, data, turns=data.draw(st.integers(0, 8)))
    was_over = isinstance(walk.command, Stop)
    sent_before = list(walk.sent)
    walk.give(Leave(moment=walk.moment, reason="goal"))
    walk.go()
    assert isinstance(walk.command, Stop)
    assert was_over or walk.state.reason == "goal"
    assert walk.sent == sent_before
