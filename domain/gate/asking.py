"""The verdict: one of go, defer, late, skip, after trying the step's channels in order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from domain.gate.facts import GateFacts
from domain.gate.moments import caps, quiet_hours
from domain.gate.permits import permits
from domain.gate.verdict import Asked, Check, Defer, Go, Late, OnHold, Skip


def ask(
    facts: Sequence[GateFacts],
    now: datetime,
    *,
    if_blocked: Literal["skip", "wait"] = "skip",
    deadline_at: datetime | None = None,
) -> Go | Defer | OnHold | Late | Skip:
    """The verdict on a send whose step tries the channels of `facts` in this order.

    A channel without provider, address or permission gives way to the next one. The first that may be used decides: while
    it is paused the send rests (a pause never moves it to another channel), its caps skip (or, `if_blocked: wait`, defer),
    its quiet hours defer. A deferral past `deadline_at` is late at once.
    """
    asked: list[Asked] = []
    reason = "channel"
    for place, fact in enumerate(facts):
        checks = tuple(permits(fact))
        refusal = next((check for check in checks if not check.passed), None)
        if refusal is None and fact.hold is not None:
            held = Check(check="hold", passed=False, why="the channel is paused")
            asked.append(Asked(channel=fact.channel, outcome="hold", checks=(*checks, held)))
            return OnHold(channel=fact.channel, hold=fact.hold, asked=tuple(asked))
        if refusal is None:
            return _when(fact, now, if_blocked, deadline_at, checks, asked)
        reason = refusal.check
        is_last = place == len(facts) - 1
        asked.append(Asked(channel=fact.channel, outcome="skip" if is_last else "next_channel", checks=checks))
    return Skip(reason=reason, asked=tuple(asked))


def _when(
    fact: GateFacts,
    now: datetime,
    if_blocked: Literal["skip", "wait"],
    deadline_at: datetime | None,
    permitted: Sequence[Check],
    before: Sequence[Asked],
) -> Go | Defer | Late | Skip:
    """When it can go. Whoever waits for a cap is asked about the quiet hours of the moment when it has room."""

    def answered(outcome: Literal["go", "defer", "late", "skip"], *checks: Check) -> tuple[Asked, ...]:
        return (*before, Asked(channel=fact.channel, outcome=outcome, checks=(*permitted, *checks)))

    cap, frees_at = caps(fact)
    if not cap.passed and (if_blocked == "skip" or frees_at is None):
        return Skip(reason=cap.check, asked=answered("skip", cap))
    quiet, ends_at = quiet_hours(fact, frees_at or now)
    if not quiet.passed and ends_at is None:
        return Skip(reason=quiet.check, asked=answered("skip", cap, quiet))
    until = ends_at or frees_at
    if deadline_at is not None and now > deadline_at:
        over = Check(check="deadline", passed=False, why="the step's deadline is over")
        return Late(channel=fact.channel, until=None, asked=answered("late", cap, quiet, over))
    if until is not None and deadline_at is not None and until > deadline_at:
        beyond = Check(check="deadline", passed=False, why="it could only go after the step's deadline")
        return Late(channel=fact.channel, until=until, asked=answered("late", cap, quiet, beyond))
    if until is not None:
        return Defer(channel=fact.channel, until=until, asked=answered("defer", cap, quiet))
    return Go(channel=fact.channel, address=fact.address or "", asked=answered("go", cap, quiet))
