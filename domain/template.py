"""A published template, ready to be rendered: checked, its markup compiled, all parts Liquid."""

from typing import Literal

from pydantic import Field, JsonValue

from domain.frozen import Frozen

TemplateKind = Literal["mjml", "html", "text"]


class CompiledTemplate(Frozen):
    """What rendering needs, as JSON. `run_names` are the `run.` names that a journey must supply.

    `defaults` stand in for missing variables; `lines` tells in which line of the file a variable is first used.
    `can_unsubscribe`: it shows an unsubscribe link.
    """

    channel: str
    name: str
    locale: str = ""
    kind: TemplateKind
    subject: str | None = None
    html: str | None = None
    text: str
    sender: str | None = None
    reply_to: str | None = None
    defaults: dict[str, JsonValue] = Field(default_factory=dict)
    run_names: tuple[str, ...] = ()
    needs_item: bool = False
    lines: dict[str, int] = Field(default_factory=dict)
    can_unsubscribe: bool = False

    @property
    def place(self) -> str:
        """How authors call it: `email/welcome`, `email/welcome.de`."""
        return f"{self.channel}/{self.name}{f'.{self.locale}' if self.locale else ''}"
