"""Where the lab's world finds its templates: in a folder (`library.py`), or as they were read from the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from domain.template import CompiledTemplate
from domain.template_locales import nearest


class Shelf(Protocol):
    """Something that holds templates."""

    def template(self, channel: str, name: str, locale: str) -> CompiledTemplate | None:
        """The text in the nearest locale, else the one that there is; None: there is no such template."""


@dataclass(frozen=True)
class Stock:
    """Templates in memory: those of each channel and name by locale (empty: the default text)."""

    templates: Mapping[tuple[str, str], Mapping[str, CompiledTemplate]] = field(default_factory=dict)

    def template(self, channel: str, name: str, locale: str) -> CompiledTemplate | None:
        """The text in the nearest locale, else the one that there is; None: there is no such template."""
        texts = self.templates.get((channel, name), {})
        wanted = nearest(locale, texts)
        return texts[wanted] if wanted is not None else None
