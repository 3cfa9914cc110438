"""The account's defaults: what applies where a journey is silent."""

from typing import Literal

from pydantic import Field

from domain.durations import RateText
from domain.frozen import Frozen

MOST_ATTRIBUTES = 1_000
"""The highest limit that an account can have; no call may bring more at once."""


class AccountQuietHours(Frozen):
    """Times of day in the customer's zone between which no marketing is handed over; may cross midnight."""

    start: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["21:00"])
    end: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["08:00"])


class Account(Frozen):
    """`implicit_consent` lists the channels on which having no consent row means yes (semantics 16). The checker warns of
    more than `messages_per_week` marketing messages in seven days; caps are what keeps them back. A profile has at most
    `max_attributes` names, those within objects counted too, and `max_profile_kb` KB of JSON: it is read by every rule and
    every send of its customer. At most `max_identities` ids lead to one customer: each event of theirs reads them all."""

    name: str = "Sojourn"
    timezone: str = "UTC"
    locale: str = "en"
    sender_email: str = "Sojourn <hello@sojourn.test>"
    sender_phone: str = "+15005550006"
    reply_to: str | None = None
    postal_address: str = ""
    quiet_hours: AccountQuietHours | None = None
    caps: dict[Literal["all", "email", "sms"], RateText] = Field(default_factory=dict)
    implicit_consent: tuple[str, ...] = ("email",)
    default_country: str = "US"
    messages_per_week: int = Field(5, ge=1, le=1000)
    max_attributes: int = Field(300, ge=20, le=MOST_ATTRIBUTES)
    max_profile_kb: int = Field(64, ge=8, le=256)
    max_identities: int = Field(300, ge=10, le=5_000)
