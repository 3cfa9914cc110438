"""What travels through Temporal can be read by the release before, as long as nothing new is used."""

import inspect
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from domain import effects, operations
from domain.decisions import Decision
from domain.effects import Delivery
from domain.frozen import Frozen
from runtime.settings import Settings
from runtime.temporal import data_converter

CONVERTER = data_converter(Settings()).payload_converter


class LaterDelivery(Delivery):
    """As a later release might have it."""

    urgent: bool | None = None


def models(annotation: Any, known: set[type[Frozen]]) -> None:
    """Adds every model that a value of this type may hold."""
    if inspect.isclass(annotation) and issubclass(annotation, Frozen) and annotation not in known:
        known.add(annotation)
        for field in annotation.model_fields.values():
            models(field.annotation, known)
    for inner in get_args(annotation):
        models(inner, known)


def travelling() -> list[type[Frozen]]:
    known: set[type[Frozen]] = set()
    for module in (effects, operations):
        for value in vars(module).values():
            if inspect.isclass(value) and value.__module__ == module.__name__ and not value.__name__.endswith("Record"):
                models(value, known)
    return sorted(known, key=lambda model: model.__qualname__)


def test_a_field_that_is_not_used_yet_is_not_seen() -> None:
    sent = LaterDelivery(number=1, kind="leave", reason="goal")
    assert CONVERTER.from_payloads(CONVERTER.to_payloads([sent]), [Delivery]) == [
        Delivery(number=1, kind="leave", reason="goal")
    ]


def test_a_field_that_is_used_is_refused_and_not_left_out() -> None:
    sent = LaterDelivery(number=1, kind="leave", reason="goal", urgent=True)
    with pytest.raises(ValueError, match="urgent"):
        CONVERTER.from_payloads(CONVERTER.to_payloads([sent]), [Delivery])


def test_nothing_within_a_value_is_lost() -> None:
    sent = Decision(kind="branch", outcome="else", detail={"values": {"plan": None}})
    assert CONVERTER.from_payloads(CONVERTER.to_payloads([sent, None]), [Decision, str]) == [sent, None]


def nullable() -> Iterator[tuple[str, Any]]:
    for model in travelling():
        for name, field in model.model_fields.items():
            if type(None) in get_args(field.annotation):
                yield f"{model.__name__}.{name}", field.default


def test_what_may_be_none_is_none_where_it_is_not_sent() -> None:
    fields = dict(nullable())
    assert len(fields) > 20
    assert [name for name, default in fields.items() if default is not None] == []
