"""Decisions travel with requests and stand in histories: their JSON stays as it is."""

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.decisions import Decision

TRAVELLING: TypeAdapter[Decision] = TypeAdapter(Decision)
WRITTEN = (
    b'{"kind":"gate","outcome":"go","step":"hello","visit":2,"detail":{"asked":[{"channel":"email","until":null}]}}'
)


def test_a_decision_is_read_and_written_as_ever() -> None:
    decision = Decision("gate", "go", "hello", 2, {"asked": [{"channel": "email", "until": None}]})
    assert TRAVELLING.dump_json(decision) == WRITTEN
    assert TRAVELLING.validate_json(WRITTEN) == decision
    assert TRAVELLING.validate_json(b'{"kind":"end","outcome":"goal"}') == Decision("end", "goal")


def test_a_decision_with_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        TRAVELLING.validate_json(b'{"kind":"end","outcome":"goal","who":"ada"}')
