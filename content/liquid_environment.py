"""Liquid as templates have it: strict about what is missing, bounded in time and size, escaping in HTML."""

import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NoReturn

from liquid import BoundTemplate, Environment, RenderContext, Undefined
from liquid.exceptions import ResourceLimitError, UndefinedError
from liquid.output import LimitedStringIO
from liquid.token import Token
from pydantic import JsonValue

from content import filters
from content.filter_limits import MAX_ITEMS, bounded
from content.links import Tracking
from content.tags import LinkTag, PixelTag

MAX_OUTPUT = 2_000_000
MAX_SECONDS = 0.5
"""Processor time for one part of one message: a hundred times what a large template needs. It is counted once so much time
has passed by the clock: asking for processor time is a system call, for the clock it is not."""

_LEFT_OUT_TAGS = ("include", "render")
_LEFT_OUT_FILTERS = ("safe", "escapejs")


class Missing(Undefined):
    """A variable that is not there: false in conditions, replaced by `default`, an error everywhere else."""

    force_liquid_default = True

    def poke(self) -> bool:
        self._refuse()

    def __str__(self) -> str:
        self._refuse()

    def __int__(self) -> int:
        self._refuse()

    def items(self) -> NoReturn:
        """A loop over what is not there."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise UndefinedError(self.name, token=self.token)


class Rendering(RenderContext):
    """One rendering of one template: the front matter's defaults, and how links are rewritten."""

    __slots__ = ("begun", "defaults", "ends", "tracking")

    def prepare(self, defaults: Mapping[str, JsonValue], tracking: Tracking | None) -> None:
        self.defaults = defaults
        self.tracking = tracking
        self.begun = time.monotonic()
        self.ends: float | None = None

    # The signature is the library's, which knows its values as `object`.
    def get(self, path: list[object], *, token: Token | None, default: object = None) -> object:
        """The value at `path`; null and empty text count as missing where the front matter has a default."""
        value: object
        try:
            value = self.scope[str(path[0])]
            for key in path[1:]:
                value = self.get_item(value, key)
        except (KeyError, TypeError, IndexError):
            value = None
        if value is None or value == "":
            name = dotted(path)
            value = self.defaults.get(name, value)
            if value is None:
                return Missing(name, token=token)
        return value

    def filter(self, name: str, token: Token | None) -> Callable[..., object]:
        self._check_time()
        return super().filter(name, token)

    def raise_for_loop_limit(self, length: int = 1) -> None:
        self._check_time()
        super().raise_for_loop_limit(length)

    def _check_time(self) -> None:
        if time.monotonic() - self.begun < MAX_SECONDS:
            return
        if self.ends is None:
            self.ends = time.thread_time() + MAX_SECONDS
        elif time.thread_time() > self.ends:
            raise ResourceLimitError(f"more than {MAX_SECONDS} s of processor time", token=None)


class _Template(BoundTemplate):
    context_class = Rendering


class AuthorEnvironment(Environment):
    """What authors may write: Liquid without partials and without ways around escaping."""

    template_class = _Template
    loop_iteration_limit = MAX_ITEMS
    local_namespace_limit = MAX_OUTPUT
    output_stream_limit = MAX_OUTPUT
    context_depth_limit = 30

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        for tag in _LEFT_OUT_TAGS:
            self.tags.pop(tag)
        for name in _LEFT_OUT_FILTERS:
            self.filters.pop(name)
        ours: dict[str, Callable[..., Any]] = {
            "date": filters.date,
            "local": filters.local,
            "clean_html": filters.clean_html,
        }
        self.filters = {name: bounded(name, function) for name, function in {**self.filters, **ours}.items()}


class CompiledEnvironment(AuthorEnvironment):
    """The same with the tags that compilation writes."""

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        self.add_tag(LinkTag)
        self.add_tag(PixelTag)


AUTHORS = AuthorEnvironment(undefined=Missing)
_TEXT = CompiledEnvironment(undefined=Missing)
_HTML = CompiledEnvironment(undefined=Missing, autoescape=True)


@lru_cache(maxsize=1_024)
def parsed(source: str, *, html: bool) -> BoundTemplate:
    """The template, parsed once per process. Raises LiquidError."""
    return (_HTML if html else _TEXT).from_string(source)


def render_part(
    source: str,
    variables: Mapping[str, object],
    *,
    html: bool,
    defaults: Mapping[str, JsonValue],
    tracking: Tracking | None = None,
) -> str:
    """One part of a message (subject, text, HTML) for one recipient. Raises LiquidError."""
    template = parsed(source, html=html)
    context = Rendering(template, globals=variables)
    context.prepare(defaults, tracking)
    output = LimitedStringIO(limit=MAX_OUTPUT)
    template.render_with_context(context, output)
    return output.getvalue()


def dotted(path: list[Any]) -> str:
    """A path as authors write it: `event.items[0].name`. Nested paths (`a[b.c]`) show what they stand for."""
    parts = [str(path[0])]
    for key in path[1:]:
        if isinstance(key, int):
            parts.append(f"[{key}]")
        else:
            parts.append(f"[{dotted(key)}]" if isinstance(key, list) else f".{key}")
    return "".join(parts)
