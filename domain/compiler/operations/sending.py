"""`send`: channels that have a provider, templates that exist, defaults by purpose."""

from domain.compiler.spot import Spot
from domain.document.form import near
from domain.document.sending import SendForm, SendStep
from domain.program import Send

_DEADLINE = Send.model_fields["deadline"].default


def send(form: SendStep, spot: Spot) -> Send:
    said, draft = form.send, spot.draft
    topic = said.topic or draft.topic
    if said.topic is not None:
        draft.has_topic(said.topic, spot.at("send", "topic"))
    elif topic is None and said.purpose == "marketing":
        draft.report.warn(
            spot.at("send"),
            "this marketing message belongs to no topic",
            "Name a `topic`, so that people can leave it without leaving everything.",
            "no_topic",
        )
    return Send(
        id=spot.id,
        scopes=spot.scopes,
        template=said.template,
        channels=_channels(said, spot),
        topic=topic,
        purpose=said.purpose,
        at=said.at,
        once=said.once,
        if_blocked=said.if_blocked,
        deadline=said.deadline or _DEADLINE,
        if_late=said.if_late or ("park" if said.purpose == "transactional" else "skip"),
        on_failure=said.on_failure,
        sender=said.sender,
        reply_to=said.reply_to,
        attach=said.attach,
        utm={**draft.utm, **(said.utm.parameters() if said.utm else {})},
        data=spot.values(said.data, "send", "data"),
        next=spot.after,
    )


def _channels(said: SendForm, spot: Spot) -> tuple[str, ...]:
    """Those of its channels that can send. A single channel must; in a list the others are left out with a warning."""
    known = spot.draft.known
    provided = tuple(channel for channel in said.channels if channel in known.channels)
    for channel in said.channels:
        if channel not in known.channels:
            _without_provider(channel, provided, spot)
        elif (channel, said.template) not in known.templates:
            others = sorted(name for medium, name in known.templates if medium == channel)
            spot.refuse(
                f"there is no template `{said.template}` for {channel}",
                near(said.template, others) or f"Publish a template {channel}/{said.template} first.",
                "send",
                "template",
                code="unknown_template",
            )
    return provided


def _without_provider(channel: str, provided: tuple[str, ...], spot: Spot) -> None:
    able = ", ".join(sorted(spot.draft.known.channels))
    if provided:
        spot.draft.report.warn(
            spot.at("send", "channel"),
            f"no provider sends by `{channel}`, so it is passed over",
            f"Configure a provider and publish again, or leave it out. Providers: {able}.",
            "no_provider",
        )
    else:
        remedy = f"Configure a provider, or use one of: {able}."
        spot.refuse(f"no provider sends by `{channel}`", remedy, "send", "channel", code="no_provider")
