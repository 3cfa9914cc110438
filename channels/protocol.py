"""What a channel promises: take one rendered message, hand it over, and say honestly what became of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, Protocol, runtime_checkable

from pydantic import Field

from domain.frozen import Frozen
from domain.tracing import Taken


class Outgoing(Frozen):
    """A rendered message. `message_id` is stable over attempts of one hand-over; `headers` are ready to use (email only).

    `attachments` are (file name, media type, content) triples.
    """

    message_id: str
    to: str
    sender: str
    text: str
    subject: str | None = None
    html: str | None = None
    reply_to: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    attachments: tuple[tuple[str, str, bytes], ...] = ()
    callback_url: str | None = None


class HandedOver(Frozen):
    """The provider has it. `provider_id` is the provider's name for it."""

    provider: str
    provider_id: str
    response: str = ""
    price: float | None = None


class Refused(Frozen):
    """The provider will never take this message; `address_is_dead` suppresses the address on this channel (semantics 20)."""

    code: str
    reason: str
    address_is_dead: bool = False


class Released(Frozen):
    """Known not to have been taken; worth another try, not before `retry_after`."""

    code: str
    reason: str
    retry_after: timedelta | None = None


class Unknown(Frozen):
    """Nobody can say whether the provider took it."""

    reason: str


class Misconfigured(Frozen):
    """Our own mistake (credentials refused, sender not allowed): the run parks until it is fixed."""

    code: str
    reason: str


Answer = HandedOver | Refused | Released | Unknown | Misconfigured


class Channel(Protocol):
    """`on_unknown`: hand the same message over again (the medium de-duplicates by its id), or hold it for a person."""

    medium: str
    provider: str
    on_unknown: Literal["resend", "hold"]

    async def hand_over(self, message: Outgoing) -> Answer:
        """Never raises for what a provider or network does; every such thing is an Answer."""
        ...

    async def close(self) -> None: ...


@runtime_checkable
class Listing(Protocol):
    """A channel whose provider can be asked which messages it took: what became of an unknown hand-over can be found out."""

    provider: str

    async def listed(self, to: str, since: datetime) -> Sequence[Taken] | None:
        """Everything that the provider took from us for that address since then; None when it cannot say now. Never raises
        for what a provider or network does."""
        ...
