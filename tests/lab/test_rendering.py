"""A message comes from memory only where all that its template reads is the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import JsonValue

from content.templates import CompiledTemplate, RenderContext, Rendered, compile_template, render
from domain.account import Account
from domain.errors import Defect
from lab import rendering
from lab.rendering import KEPT, Renderer

NOW = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
BEFORE = RenderContext(
    now=NOW,
    account=Account(name="Shop"),
    customer={"first_name": "Ada", "name": {"first": "Ada"}, "name.first": "Ada", "plan": "pro"},
    event={"items": [{"price": 1}], "starts_at": "now"},
    run={"cart": {"total": 1}},
    data={"code": "A"},
    item={"sku": 1},
    unsubscribe_url="https://shop.test/u/1",
)
CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "an attribute": ("{{ customer.first_name }}", {"customer": {"first_name": "Bo"}}),
    "an attribute of another type": ("{{ customer.plan }}", {"customer": {"plan": 1}}),
    "an attribute within another": ("{{ customer.name.first }}", {"customer": {"name": {"first": "Bo"}}}),
    "an attribute with a dot": ('{{ customer["name.first"] }}', {"customer": {"name.first": "Bo"}}),
    "an attribute that the event names": (
        "{{ customer[event.which] }}",
        {"customer": {"plan": "free"}, "event": {"which": "plan"}},
    ),
    "an element of the event": (
        "{% for i in event.items %}{{ i.price }}{% endfor %}",
        {"event": {"items": [{"price": 2}]}},
    ),
    "what was gathered": ("{{ run.cart.total }}", {"run": {"cart": {"total": 2}}}),
    "the step's data": ("{{ data.code }}", {"data": {"code": "B"}}),
    "the element": ("{{ item.sku }}", {"item": {"sku": 2}}),
    "the account": ("{{ account.name }}", {"account": Account(name="Other")}),
    "the locale": ("{{ locale }}", {"locale": "de"}),
    "the unsubscribe link": ("{{ message.unsubscribe_url }}", {"unsubscribe_url": "https://shop.test/u/2"}),
    "the time": ("{{ now | date: '%H:%M' }}", {"now": NOW + timedelta(hours=1)}),
    "the time by a word of the event": ("{{ event.starts_at | date: '%H:%M' }}", {"now": NOW + timedelta(hours=1)}),
    "the zone": (
        "{{ '2026-03-02T10:00:00Z' | local | date: '%H:%M' }}",
        {"now": NOW.astimezone(ZoneInfo("Asia/Tokyo"))},
    ),
}


def compiled(body: str) -> CompiledTemplate:
    return compile_template("sms", "t", body)


@pytest.mark.parametrize(("body", "change"), CHANGES.values(), ids=CHANGES.keys())
def test_a_message_is_rendered_anew_when_this_changes(body: str, change: dict[str, Any]) -> None:
    template, renderer, after = compiled(f"Hello {body}"), Renderer(), replace(BEFORE, **change)
    if "which" not in body:
        assert renderer.render(template, BEFORE) == render(template, BEFORE)
    assert renderer.render(template, after) == render(template, after)


def test_what_the_template_does_not_read_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def counted(template: CompiledTemplate, context: RenderContext) -> Rendered:
        made.append(context)
        return render(template, context)

    monkeypatch.setattr(rendering, "render", counted)
    template, renderer = compiled("Hello {{ customer.first_name }}"), Renderer()
    for number in range(3):
        customer: dict[str, JsonValue] = {"first_name": "Ada", "plan": number}
        renderer.render(template, replace(BEFORE, customer=customer, now=NOW + timedelta(days=number)))
    assert len(made) == 1


def test_a_template_that_fails_fails_each_time() -> None:
    template, renderer = compiled("{{ customer.street }}"), Renderer()
    for _ in range(2):
        with pytest.raises(Defect, match="street is missing"):
            renderer.render(template, BEFORE)


def test_only_so_many_messages_are_remembered() -> None:
    template, renderer = compiled("{{ customer.first_name }}"), Renderer()
    for number in range(2 * KEPT):
        assert renderer.render(template, replace(BEFORE, customer={"first_name": f"{number}"})).text == f"{number}"
    assert all(len(known.messages) <= KEPT for known in renderer._known.values())
