"""`webhook` and `notify`."""

from collections.abc import Iterable

from domain.compiler.spot import Spot
from domain.document.calling import NotifyStep, WebhookStep
from domain.document.form import meant
from domain.named_secrets import mentioned
from domain.program import Notify, Webhook

_DEADLINE = Webhook.model_fields["deadline"].default


def webhook(form: WebhookStep, spot: Spot) -> Webhook:
    said = form.webhook
    _know_secrets(spot, [said.url], "webhook", "url")
    _know_secrets(spot, said.headers.values(), "webhook", "headers")
    spot.draft.gathers(said.gather_as, spot.id)
    return Webhook(
        id=spot.id,
        scopes=spot.scopes,
        url=said.url,
        method=said.method,
        headers=said.headers,
        data=spot.values(said.data, "webhook", "data"),
        gather_as=said.gather_as,
        deadline=said.deadline or _DEADLINE,
        has_else=form.otherwise is not None,
        otherwise=spot.steps(form.otherwise, "else"),
        next=spot.after,
    )


def notify(form: NotifyStep, spot: Spot) -> Notify:
    said = form.notify
    _know_secrets(spot, [said.webhook or ""], "notify", "webhook")
    return Notify(
        id=spot.id,
        scopes=spot.scopes,
        email=said.email,
        webhook=said.webhook,
        text=said.text,
        title=said.title,
        deadline=said.deadline or _DEADLINE,
        next=spot.after,
    )


def _know_secrets(spot: Spot, texts: Iterable[str], *keys: str) -> None:
    """Refuses secrets that are not there, where that is known."""
    known = spot.draft.known.secrets
    for name in mentioned(texts):
        if known is not None and name not in known:
            remedy = meant(name, sorted(known)) or f"Set it first: `sojourn secrets set {name}`."
            spot.refuse(f"there is no secret `{name}`", remedy, *keys, code="unknown_secret")
