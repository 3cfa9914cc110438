"""What a provider's list of the messages it took says about a hand-over that nobody knows the end of (semantics 21)."""

from collections.abc import Collection, Sequence
from typing import Literal

from domain.frozen import Frozen


class Taken(Frozen):
    """A message that the provider took for the address in question, under its own id."""

    provider_id: str
    text: str


class Sent(Frozen):
    """The provider has it."""

    kind: Literal["sent"] = "sent"
    provider_id: str


class NotSent(Frozen):
    """The provider never took it: the step may send again."""

    kind: Literal["not_sent"] = "not_sent"


def trace(
    text: str, listed: Sequence[Taken], known: Collection[str], *, has_rivals: bool, is_late: bool
) -> Sent | NotSent | None:
    """What became of the message with that text; None while the list does not say so beyond doubt.

    `listed`: what the provider took for this address since the claim. `known`: those of its ids that stand for other messages
    of ours. `has_rivals`: another hand-over to the address is open as well, so that one of them could be taken for the other.
    `is_late`: an attempt could no longer be under way, and the provider has had time to list it.
    """
    strangers = [taken for taken in listed if taken.provider_id not in known]
    if not strangers:
        return NotSent() if is_late else None
    if has_rivals or len(strangers) > 1 or not strangers[0].text.endswith(text):
        return None
    return Sent(provider_id=strangers[0].provider_id)
