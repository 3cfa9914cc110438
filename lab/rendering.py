"""Renders messages, each only once: what scenarios send is mostly, word for word, what one before them has sent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from content.templates import CompiledTemplate, RenderContext, Rendered, render

KEPT = 100
"""Messages that are remembered of one template, of some ten thousand characters each."""

_CLOCK = ("now", "today", "date", "local")
"""Words of which a template has one when it asks for the time of sending or the customer's zone."""


class Renderer:
    """Remembers what it has rendered, by everything that the template can read."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}

    def render(self, template: CompiledTemplate, context: RenderContext) -> Rendered:
        """One message for one recipient, the same that `content.templates.render` makes. Raises Defect."""
        known = self._known.get(id(template))
        if known is None:
            known = self._known[id(template)] = _Known(template)
        key = repr([*known.read(context)])
        message = known.messages.get(key)
        if message is None:
            message = render(template, context)
            if len(known.messages) >= KEPT:
                known.messages.clear()
            known.messages[key] = message
        return message


@dataclass(slots=True)
class _Known:
    """`paths` are what the template reads: a root, and how the name below it begins (None: all of the root counts)."""

    template: CompiledTemplate
    messages: dict[str, Rendered] = field(default_factory=dict)
    paths: list[tuple[str, str | None]] = field(init=False)
    asks_for_time: bool = field(init=False)

    def __post_init__(self) -> None:
        one = self.template
        parts = [part for part in (one.subject, one.html, one.text, one.sender, one.reply_to) if part]
        self.asks_for_time = any(word in part for part in parts for word in _CLOCK)
        self.paths = list(
            dict.fromkeys(map(_path, one.lines or ("customer", "event", "run", "item", "data", "account")))
        )

    def read(self, context: RenderContext) -> Iterator[object]:
        """What the template reads, or more: `lines` does not tell `customer.name.first` from `customer["name.first"]`."""
        yield context.tracking, context.unsubscribe_url, context.locale
        if self.asks_for_time:
            yield context.now
        for root, begin in self.paths:
            value: object = context.account.__dict__ if root == "account" else getattr(context, root, None)
            if begin is not None and isinstance(value, Mapping):
                yield [(name, value[name]) for name in value if name.startswith(begin)]
            else:
                yield value


def _path(name: str) -> tuple[str, str | None]:
    root, dot, rest = name.partition(".")
    is_plain = bool(dot) and "[" not in root
    return root.partition("[")[0], rest.partition(".")[0].partition("[")[0] if is_plain else None
