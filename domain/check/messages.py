"""More messages in a week than the account wants anybody to get: on some path of one journey."""

from collections.abc import Iterator, Mapping

from domain.account import Account
from domain.check.contexts import Contexts
from domain.check.volume.capped import Bounded, bounded_week
from domain.check.volume.weekly import MANY
from domain.compiler import Compiled
from domain.durations import format_duration
from domain.errors import Problem
from domain.program import Operation, Send

_SHOWN = 12
_REMEDY = "Wait longer between them, leave some out, or cap the journey, as in caps: {{all: {limit}/7d}}."


def check_messages(compiled: Compiled, contexts: Contexts, account: Account) -> Iterator[Problem]:
    """A warning at the message that is one too many, with the way that leads there."""
    limit = account.messages_per_week
    bounded = bounded_week(compiled.program, account)
    if not bounded.worst.is_all:
        message = "This journey has too many ways to say how many messages a week can bring; those looked at bring "
        yield Problem(
            path="steps",
            message=f"{message}up to {bounded.most}.",
            remedy="Nothing need be done. Caps bound it: caps: {all: 5/7d}.",
            code="too_many_messages",
        )
    elif bounded.most > limit:
        last = bounded.worst.messages[limit] if len(bounded.worst.messages) > limit else bounded.worst.messages[-1]
        yield Problem(
            path=contexts.paths.get(last, "steps"),
            message=f"One path sends {how_many(bounded)} marketing messages within 7 days, more than {limit}: "
            f"{way(bounded, compiled.program.steps)}.",
            remedy=_REMEDY.format(limit=limit),
            code="too_many_messages",
        )


def how_many(bounded: Bounded) -> str:
    """The number, and how far it is certain."""
    if bounded.by:
        return f"up to {bounded.most} (bounded by {bounded.by})"
    if bounded.most >= MANY:
        return f"{MANY} or more"
    return str(bounded.most) if bounded.worst.is_certain else f"up to {bounded.most}"


def way(bounded: Bounded, steps: Mapping[str, Operation]) -> str:
    """The steps that send, in their order, with what they send the first time."""
    names: list[str] = []
    for name in bounded.worst.messages[:_SHOWN]:
        step = steps[name]
        template = (
            f" ({'/'.join((step.channels[0], step.template))})" if isinstance(step, Send) and step.channels else ""
        )
        names.append(name if any(name in told.split(" ") for told in names) else f"{name}{template}")
    more = " and so on" if len(bounded.worst.messages) > _SHOWN else ""
    span = format_duration(bounded.worst.span)
    when = "at once" if not bounded.worst.span else f"within {span}"
    note = "" if bounded.worst.is_certain else ", if waits for a moment end at once and all lanes meet"
    return f"{', '.join(names)}{more}, {when}{note}"
