"""Tells people from machines: mail scanners follow every link, Apple's proxy loads every picture, and neither is a reader."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, NamedTuple
from uuid import UUID

from pydantic import JsonValue

from domain.events import AcceptedEvent, EventName

How = Literal["delivered", "opened", "clicked", "replied", "bounced", "complained", "unsubscribed"]
SOURCE = "reactions"

_NAMES: dict[How, EventName] = {
    "delivered": EventName.MESSAGE_DELIVERED,
    "opened": EventName.MESSAGE_OPENED,
    "clicked": EventName.MESSAGE_CLICKED,
    "replied": EventName.MESSAGE_REPLIED,
    "bounced": EventName.MESSAGE_BOUNCED,
    "complained": EventName.MESSAGE_COMPLAINED,
    "unsubscribed": EventName.UNSUBSCRIBED,
}

TOO_FAST = timedelta(seconds=2)
"""A click this soon after the hand-over: the mail has just reached a filter, and no person."""

BURST = timedelta(seconds=10)
"""How far back other links of the same mail are looked at."""

_PRIVACY_PROXY = "Mozilla/5.0"
"""The whole user agent of Apple's Mail Privacy Protection, which loads pictures whether the mail is read or not."""

_PEOPLE_BEHIND_A_PROXY = ("googleimageproxy", "yahoomailproxy")
"""They fetch when somebody looks at the mail."""

_MACHINES = re.compile(
    # Cubot is a maker of telephones.
    r"(?<!cu)bot\b|crawl|spider|scan|preview|facebookexternalhit|whatsapp|headlesschrome|phantomjs|barracuda|proofpoint"
    r"|mimecast|symantec|messagelabs|trendmicro|forcepoint|zscaler|safelinks|urldefense|fireeye|sophos|ironport"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One request for a pixel or a link. `after`: since the hand-over, in the run's time; None if that is not recorded yet.

    `links_before` counts other links of the same mail that were followed within BURST, `last_link` says how long ago the
    last of them was.
    """

    how: Literal["opened", "clicked"]
    method: str
    user_agent: str
    after: timedelta | None = None
    links_before: int = 0
    last_link: timedelta | None = None


def is_machine(hit: Hit) -> bool:
    """Was it obviously no person? In doubt it was one: a wrong no here hides a reader from the journey for good."""
    agent = hit.user_agent.strip().lower()
    if any(proxy in agent for proxy in _PEOPLE_BEHIND_A_PROXY):
        return False
    if hit.method != "GET" or not agent or hit.user_agent.strip() == _PRIVACY_PROXY:
        return True
    if _MACHINES.search(agent):
        return True
    return hit.how == "clicked" and _is_too_fast(hit)


def _is_too_fast(hit: Hit) -> bool:
    """Right after the hand-over, two links within a second, or the third within ten."""
    if hit.after is None or hit.after < TOO_FAST:
        return True
    return hit.links_before >= 2 or (hit.last_link is not None and hit.last_link < timedelta(seconds=1))


class SentMessage(NamedTuple):
    """The message that somebody reacts to."""

    id: UUID
    customer_id: UUID
    run_id: UUID
    journey_id: str
    step: str
    channel: str
    template: str
    topic: str | None = None
    address: str = ""


def reaction_event(
    message: SentMessage,
    how: How,
    *,
    at: datetime,
    received_at: datetime,
    link: str | None = None,
    machine: bool = False,
    topic: str | None = None,
) -> AcceptedEvent:
    """What the timeline says about a reaction: the same for repetitions within the same clock hour. `topic`: only it was left."""
    properties: dict[str, JsonValue] = {
        "message_id": str(message.id),
        "run_id": str(message.run_id),
        "journey": message.journey_id,
        "step": message.step,
        "channel": message.channel,
        "template": message.template,
        "machine": machine,
    }
    properties |= {name: value for name, value in (("link", link), ("topic", topic)) if value is not None}
    parts = [str(message.id), how]
    if how in ("opened", "clicked", "replied", "unsubscribed"):
        parts += ["machine" if machine else "human", sha256(f"{link}\0{topic}".encode()).hexdigest()[:16]]
        parts.append(at.strftime("%Y%m%d%H"))
    return AcceptedEvent(
        type="internal",
        name=_NAMES[how],
        identities=(f"customer_id:{message.customer_id}",),
        message_id="/".join(parts),
        source=SOURCE,
        timestamp=at,
        received_at=received_at,
        properties=properties,
        applied=True,
    )


def suppression(how: How, *, is_permanent: bool = False) -> str | None:
    """Why the address is never used again after this reaction; None: it may be."""
    if how == "complained":
        return "complaint"
    return "hard_bounce" if how == "bounced" and is_permanent else None
