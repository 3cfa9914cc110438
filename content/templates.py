"""Templates: compiled when published, rendered per recipient.

`compile_template` turns a file's text into a `CompiledTemplate`, which is kept as JSON; `render` makes one message of it.
Parsed Liquid is cached per process, so that a rendering costs a fraction of a millisecond.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from liquid.exceptions import LiquidError, ResourceLimitError, UndefinedError
from pydantic import JsonValue

from content.compilation import compile_parts, take_apart
from content.links import Tracking
from content.liquid_check import FIXED
from content.liquid_environment import render_part
from content.plain_text import tidy
from content.text_links import rewrite
from domain.account import Account
from domain.errors import Defect, InvalidDocument, Problem
from domain.frozen import Frozen
from domain.template import CompiledTemplate

__all__ = ["CompiledTemplate", "RenderContext", "Rendered", "compile_template", "render"]

_FAILURES = (LiquidError, ArithmeticError, LookupError, TypeError, ValueError)
"""What rendering can raise: python-liquid's filters let Python's own errors through for odd values."""

_ACCOUNT_FIELDS = set(FIXED["account"])


@dataclass(frozen=True, slots=True)
class RenderContext:
    """What a template may speak of. `now` is the time of sending in the customer's zone.

    `tracking` rewrites the links of mails and adds the pixel. Without it, and in SMS, where a signed link would cost a second
    segment, links stay as they are.
    """

    now: datetime
    account: Account
    locale: str = "en"
    customer: Mapping[str, JsonValue] = field(default_factory=dict)
    event: Mapping[str, JsonValue] = field(default_factory=dict)
    run: Mapping[str, JsonValue] = field(default_factory=dict)
    item: JsonValue = None
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    unsubscribe_url: str | None = None
    tracking: Tracking | None = None

    def variables(self) -> dict[str, object]:
        """The roots of `liquid_check`, with their values."""
        message = {"unsubscribe_url": self.unsubscribe_url, "preferences_url": self.unsubscribe_url}
        return {
            "customer": self.customer,
            "event": self.event,
            "run": self.run,
            "item": self.item,
            "data": self.data,
            "message": message,
            "account": self.account.model_dump(include=_ACCOUNT_FIELDS),
            "locale": self.locale,
            "now": self.now,
        }


class Rendered(Frozen):
    """One message, ready for a channel. `content_hash` is the same for the same words to the same person."""

    subject: str | None = None
    html: str | None = None
    text: str
    sender: str | None = None
    reply_to: str | None = None
    content_hash: str


def compile_template(channel: str, name: str, source: str, *, locale: str = "") -> CompiledTemplate:
    """Checks and compiles a template file. Raises InvalidDocument with every problem, its line and its remedy."""
    place = f"{channel}/{name}{f'.{locale}' if locale else ''}"
    taken = take_apart(source, place)
    matter = taken.matter
    if channel == "email":
        if not (matter.subject or "").strip():
            problem = Problem(
                path=place, message="a mail needs a subject.", remedy="Write `subject: …` in the front matter."
            )
            raise InvalidDocument([problem])
    elif taken.kind != "text" or matter.model_fields_set - {"default"}:
        remedy = "Leave out markup and every key of the front matter but `default`."
        raise InvalidDocument([Problem(path=place, message=f"a template for {channel} is plain text.", remedy=remedy)])
    parts = compile_parts(taken, place)
    return CompiledTemplate(
        channel=channel,
        name=name,
        locale=locale,
        kind=taken.kind,
        subject=matter.subject,
        html=parts.html,
        text=parts.text,
        sender=matter.sender,
        reply_to=matter.reply_to,
        defaults=matter.default,
        run_names=taken.findings.run_names,
        needs_item=any(name.partition(".")[0].partition("[")[0] == "item" for name in taken.findings.lines),
        lines=taken.findings.lines,
        can_unsubscribe=taken.findings.can_unsubscribe,
    )


def render(compiled: CompiledTemplate, context: RenderContext) -> Rendered:
    """One message for one recipient.

    Raises Defect (`template_variable_missing`, `template_limit`, `template_failed`), which names the template, the line and
    the variable, and no value of any customer.
    """
    variables = context.variables()

    def part(source: str, *, html: bool = False) -> str:
        try:
            return render_part(source, variables, html=html, defaults=compiled.defaults, tracking=context.tracking)
        except _FAILURES as error:
            raise _defect(compiled, error) from None

    def line(source: str | None) -> str | None:
        return " ".join(part(source).split()) if source else None

    subject = line(compiled.subject)
    html = part(compiled.html, html=True) if compiled.html is not None else None
    text = tidy(part(compiled.text))
    if compiled.channel != "email":
        text = text.rstrip("\n")
    elif context.tracking:
        text = rewrite(text, context.tracking)
    digest = sha256("\0".join((subject or "", html or "", text)).encode(errors="replace")).hexdigest()
    sender, reply_to = line(compiled.sender), line(compiled.reply_to)
    return Rendered(subject=subject, html=html, text=text, sender=sender, reply_to=reply_to, content_hash=digest)


def _defect(compiled: CompiledTemplate, error: Exception) -> Defect:
    place = compiled.place
    if isinstance(error, UndefinedError):
        variable = str(error.message)
        line = compiled.lines.get(variable)
        return Defect(
            f"Template {place}{f', line {line}' if line else ''}: {variable} is missing and has no default."
            f' Write `{{{{ {variable} | default: "…" }}}}` or a `default:` in the front matter.',
            code="template_variable_missing",
        )
    if isinstance(error, ResourceLimitError):
        return Defect(f"Template {place} takes too much: {error.message}.", code="template_limit")
    # The library's other messages may quote values, which must not leave the database (semantics 26).
    return Defect(f"Template {place} cannot be rendered: {type(error).__name__}.", code="template_failed")
