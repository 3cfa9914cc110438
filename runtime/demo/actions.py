"""What a customer can do, and when. A story is a list of beats; what is done in one beat is accepted together."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class InDays:
    """An instant so many days of the demo after the moment in which it is told."""

    days: float


Value = str | float | int | InDays | list[dict[str, str | float]]


@dataclass(frozen=True)
class LogsIn:
    """Tells who they are; a visitor who does so brings along what they did before."""

    was_visitor: bool = False


@dataclass(frozen=True)
class Does:
    """An event. `again`: the very same call is made twice. `days_ago`: it happened earlier, and is only told now."""

    event: str
    properties: Mapping[str, Value] = field(default_factory=dict)
    as_visitor: bool = False
    again: bool = False
    days_ago: int = 0


@dataclass(frozen=True)
class Views:
    """Looks at a page of the shop."""

    path: str
    as_visitor: bool = False


@dataclass(frozen=True)
class Clicks:
    """Follows the main button of this mail (`email/welcome`)."""

    message: str


@dataclass(frozen=True)
class Unsubscribes:
    """Leaves by one click in this mail (`email/welcome`)."""

    message: str


@dataclass(frozen=True)
class Texts:
    """Writes to the shop's number."""

    words: str


Action = LogsIn | Does | Views | Clicks | Unsubscribes | Texts


@dataclass(frozen=True)
class Beat:
    """So many days after the beat before: these actions.

    `answers`: not before this message (`email/welcome`) has come, so many `times`.
    """

    after: float
    actions: tuple[Action, ...]
    answers: str = ""
    times: int = 1


def beat(after: float, *actions: Action, answers: str = "", times: int = 1) -> Beat:
    """One beat of a story."""
    return Beat(after, actions, answers, times)
