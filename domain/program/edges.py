"""What every step has, and what a waiting run listens for."""

from typing import Literal

from domain.frozen import Frozen
from domain.rules.rule import Rule

Edge = str | None


class Step(Frozen):
    """What every step has: its stable id and the stages, repeats and lanes of a parallel around it, outermost first."""

    id: str
    scopes: tuple[str, ...] = ()


class Listen(Frozen):
    """Something a waiting run hears. `same` names a property that must equal the run's key.

    For a reaction `events` are the reaction's internal event names and `to` is the send step it must answer.
    For a rule `events` is empty: it is asked again whenever anything happens to the customer.
    For an answer `asked` is the key of the run's own question, known once it is asked.
    """

    id: str
    kind: Literal["event", "reaction", "rule", "answer"] = "event"
    events: tuple[str, ...] = ()
    where: Rule | None = None
    same: str | None = None
    to: str | None = None
    link: str | None = None
    rule: Rule | None = None
    asked: str | None = None
    gather_as: str | None = None
    goto: Edge = None
