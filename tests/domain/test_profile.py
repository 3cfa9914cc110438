"""How large a profile may become, and what is left out."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import JsonValue

from domain.account import Account
from domain.changing import changes_of
from domain.profile import Size, fitted, size_of
from domain.program import SetAttributes
from domain.rules.facts import Facts

SMALL = Account(max_attributes=20, max_profile_kb=8)
FULL: dict[str, JsonValue] = {f"a{number:02}": number for number in range(20)}


def test_a_profile_within_its_limits_is_the_new_one() -> None:
    new: dict[str, JsonValue] = {"plan": "pro"}
    assert fitted({}, new, SMALL) == (new, ())
    assert fitted({}, new, SMALL).attributes is new


def test_names_within_objects_count_and_lists_are_one_value() -> None:
    assert size_of({"a": {"b": {"c": 1}}, "d": [{"e": 1}]}).names == 4


def test_bytes_are_those_of_json_in_utf_8() -> None:
    assert size_of({"ä": "\U0001f600"}) == Size(1, len('{"ä": "\U0001f600"}'.encode()))


def test_a_full_profile_takes_other_values_and_no_other_names() -> None:
    after = fitted(FULL, {**FULL, "a00": "changed", "more": 1}, SMALL)
    assert after.refused == ("more",)
    assert after.attributes == {**FULL, "a00": "changed"}


def test_what_fits_is_taken_in_its_order() -> None:
    new: dict[str, Any] = {"long": "x" * 9_000, "email": "ann@shop.test", "text": "x" * 7_900, "plan": "x" * 400}
    after = fitted({}, new, SMALL)
    assert after.refused == ("long", "plan")
    assert list(after.attributes) == ["email", "text"]


def test_removing_makes_room() -> None:
    new: dict[str, JsonValue] = {name: value for name, value in FULL.items() if name != "a07"} | {"more": 1}
    assert fitted(FULL, new, SMALL) == (new, ())


@pytest.mark.parametrize("value", [0, {"b": 1}])
def test_a_profile_above_a_lowered_limit_may_shrink_and_change_but_not_grow(value: Any) -> None:
    old: dict[str, Any] = {**FULL, "a00": {"b": {"c": 1}}, "long": "x" * 9_000}
    after = fitted(old, {**old, "a00": value, "a01": 7, "long": "x" * 9_001, "more": 1}, SMALL)
    assert after.refused == ("long", "more")
    assert after.attributes == {**old, "a00": value, "a01": 7}


def test_a_step_sets_what_there_is_room_for_and_its_decision_names_the_rest() -> None:
    step = SetAttributes(id="note", attributes={"a00": "new", "a01": None, "more": 1, "again": 2})
    changed = changes_of(step, Facts(now=datetime(2026, 3, 2, tzinfo=UTC), attributes=FULL), SMALL)
    assert changed.detail == {"attributes": {"a00": "new", "a01": None, "more": 1}, "refused": ["again"]}
