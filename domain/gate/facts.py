"""What the gate has to know about one channel of one send."""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from domain.durations import Rate


class Said(NamedTuple):
    """The newest statement of a customer about a channel or a topic, as it stands in the consent ledger."""

    granted: bool
    at: datetime
    source: str = ""


class Cap(NamedTuple):
    """How much of a cap is used up. `name` is a channel or `all`; `frees_at` is when a used-up cap has room again."""

    name: str
    rate: Rate
    used: int
    frees_at: datetime | None = None


class QuietPeriod(NamedTuple):
    """No marketing between two times of day (`HH:MM`, may cross midnight) in an IANA zone."""

    start: str
    end: str
    zone: str


class GateFacts(NamedTuple):
    """What is known. `address` is normalised; None where there is none that can be used.

    `said` and `topic_said` are None where no row says anything: then `implied` (the account's default for the channel)
    and `topic_implied` (the topic's own; None if there is no such topic) hold. `hold` is the pause of the channel that stands.
    """

    channel: str
    purpose: Literal["marketing", "transactional"] = "marketing"
    provider: bool = True
    hold: UUID | None = None
    address: str | None = None
    suppressed: str | None = None
    said: Said | None = None
    implied: bool = False
    topic: str | None = None
    topic_said: Said | None = None
    topic_implied: bool | None = None
    sent_before: bool = False
    caps: tuple[Cap, ...] = ()
    quiet: QuietPeriod | None = None
    time_scale: float = 1.0
