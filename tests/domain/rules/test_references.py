"""Where references lead."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.rules.facts import Facts
from domain.rules.references import look_up, parse_ref
from domain.rules.rule import Ref

FACTS = Facts(
    now=datetime(2026, 3, 2, tzinfo=UTC),
    attributes={"plan": "pro", "address": {"city": "Bonn"}, "a.b": 1, "no": None},
    event={"items": [{"sku": "A", "tags": ["x"]}, {"sku": "B", "tags": ["y", "z"]}, {}, 5], "grid": [[{"sku": "C"}]]},
    run={"order": {"id": 7}},
    item={"sku": "B"},
)


@pytest.mark.parametrize(
    ("ref", "value"),
    [
        ("customer.plan", "pro"),
        ("customer.address.city", "Bonn"),
        ("customer.address", {"city": "Bonn"}),
        ("customer.a.b", None),
        ("customer.no", None),
        ("customer.plan.length", None),
        ("run.order.id", 7),
        ("run.code", None),
        ("item", {"sku": "B"}),
        ("item.sku", "B"),
        ("event.items.sku", ["A", "B"]),
        ("event.items.tags", [["x"], ["y", "z"]]),
        ("event.items.price", []),
        ("event.grid.sku", []),
    ],
)
def test_dots_go_deeper_and_through_a_list_to_every_element(ref: str, value: Any) -> None:
    assert look_up(ref, FACTS) == value


def test_an_item_may_be_a_plain_value() -> None:
    assert look_up("item", Facts(now=FACTS.now, item="red")) == "red"
    assert look_up("item.sku", Facts(now=FACTS.now, item="red")) is None


@pytest.mark.parametrize("text", ["event.cart_id", "run.code", "item", "item.sku", "customer.address.city"])
def test_a_reference_begins_with_its_root(text: str) -> None:
    assert parse_ref(text) == Ref(ref=text)


@pytest.mark.parametrize("text", ["", "plan", "events.x", "event", "event.", "event..x", ".x", "event.\0", 5, None])
def test_what_leads_nowhere_is_no_reference(text: object) -> None:
    with pytest.raises(ValueError, match=r"write|begins|names"):
        parse_ref(text)
