"""Telling others: `webhook` calls out, `notify` tells colleagues."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from domain.document.form import Form, briefly, wrong
from domain.document.parts import RawSteps, Values
from domain.document.step import StepForm
from domain.document.words import EmailAddress, Gathered, Span, Text, url
from domain.named_secrets import REFERENCE, without_references

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OURS = (
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
)


def ready_headers(written: dict[str, str]) -> dict[str, str]:
    """Names are tokens (RFC 9110, section 5.6.2), values stand on one line, and what signs the call is ours."""
    for name, value in written.items():
        if not _HEADER.fullmatch(name) or any(ord(sign) < 32 or ord(sign) == 127 for sign in value):
            raise wrong(
                f"{briefly(name)} is not a header", "Write a name of letters and hyphens, and a value on one line."
            )
        if name.lower() in _OURS:
            raise wrong(f"the header `{name}` is set by Sojourn", "Leave it out.")
        only_secrets(value)
    return written


def only_secrets(text: str) -> str:
    """Nothing is put into a call's address and headers but secrets: values of customers belong into its `data`."""
    if "{{" in without_references(text):
        raise wrong(
            "only a secret can be put in here",
            "Write it as in {{ secrets.crm_token }}; what customers have goes into data.",
        )
    return text


def callable_url(text: str) -> str:
    """A URL, parts of which may be secrets; or all of it one, as chats give them out."""
    only_secrets(text)
    if not REFERENCE.fullmatch(text):
        url(without_references(text))
    return text


CalledUrl = Annotated[str, AfterValidator(callable_url), WithJsonSchema({"type": "string"})]


class WebhookForm(Form):
    """A signed call (Standard Webhooks) to another system."""

    short: ClassVar = {"type": "string"}

    url: CalledUrl = Field(description="Where to. `{{ secrets.name }}` stands for a secret.")
    method: Literal["POST", "PUT", "PATCH"] = Field("POST", description="`POST` (default), `PUT` or `PATCH`.")
    headers: Annotated[dict[str, str], AfterValidator(ready_headers)] = Field(
        default_factory=dict, description="Further headers, as in `Authorization: Bearer {{ secrets.crm_token }}`."
    )
    data: Values = Field(default_factory=dict, description="Further values of the body; `{ref: event.total}` refers.")
    gather_as: Gathered | None = Field(None, alias="as", description="Keeps the answer's fields, as in `run.reply`.")
    deadline: Span | None = Field(None, description="How long it is tried again when it fails. Default: 24h.")

    @classmethod
    def spelled_out(cls, written: object) -> object:
        """`webhook: https://…` is `webhook: {url: https://…}`."""
        return {"url": written} if isinstance(written, str) else written


class WebhookStep(StepForm):
    """Calls out, signed."""

    webhook: WebhookForm = Field(description="A URL, or a mapping.")
    otherwise: RawSteps | None = Field(
        None, alias="else", description="Steps when the call is refused or fails for good."
    )


class NotifyForm(Form):
    """Tells colleagues, by one of `email` and `webhook`."""

    one_of = ("email", "webhook")

    email: EmailAddress | None = Field(None, description="A colleague's address.")
    webhook: CalledUrl | None = Field(
        None, description="A URL that takes `{title, text}`; `{{ secrets.name }}` stands for a secret."
    )
    text: Text = Field(description="What to tell; the run and customer are added to a mail.")
    title: Text | None = Field(None, description="A title, or the mail's subject.")
    deadline: Span | None = Field(None, description="How long it is tried again when it fails. Default: 24h.")


class NotifyStep(StepForm):
    """Tells colleagues."""

    notify: NotifyForm = Field(description="`{email, title, text}` or `{webhook, text}`.")
