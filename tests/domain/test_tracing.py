"""What a provider's list says about an unknown hand-over."""

from collections.abc import Sequence

import pytest

from domain.tracing import NotSent, Sent, Taken, trace

OURS, OTHER = Taken(provider_id="SM1", text="Hi Ada"), Taken(provider_id="SM2", text="Your code is 1")
TRIAL = Taken(provider_id="SM3", text="Sent from your Twilio trial account - Hi Ada")


@pytest.mark.parametrize(
    ("listed", "known", "has_rivals", "is_late", "found"),
    [
        pytest.param([OURS], (), False, False, Sent(provider_id="SM1"), id="it is there"),
        pytest.param([TRIAL], (), False, False, Sent(provider_id="SM3"), id="with the words of a trial account"),
        pytest.param([OURS, OTHER], ("SM2",), False, False, Sent(provider_id="SM1"), id="beside one we know"),
        pytest.param([], (), False, False, None, id="not yet there"),
        pytest.param([], (), False, True, NotSent(), id="never there"),
        pytest.param([OTHER], ("SM2",), True, True, NotSent(), id="only what we know"),
        pytest.param([OURS], (), True, True, None, id="it may be that of another hand-over"),
        pytest.param([OURS, OTHER], (), False, True, None, id="two that nobody knows"),
        pytest.param([OTHER], (), False, True, None, id="other words"),
    ],
)
def test_only_what_is_beyond_doubt_is_said(
    listed: Sequence[Taken], known: tuple[str, ...], has_rivals: bool, is_late: bool, found: Sent | NotSent | None
) -> None:
    assert trace("Hi Ada", listed, known, has_rivals=has_rivals, is_late=is_late) == found
