"""`webhook` and `notify`."""

from domain.compiler.spot import Spot
from domain.document.calling import NotifyStep, WebhookStep
from domain.program import Notify, Webhook

_DEADLINE = Webhook.model_fields["deadline"].default


def webhook(form: WebhookStep, spot: Spot) -> Webhook:
    said = form.webhook
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
