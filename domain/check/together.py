"""How many marketing messages one customer can get in a week from all journeys together."""

from collections.abc import Iterable, Sequence

from domain.account import Account
from domain.check.messages import how_many
from domain.check.volume.again import again_of, many_at_once
from domain.check.volume.capped import bounded_week, most_in_a_week, rates_of
from domain.check.volume.weekly import MANY
from domain.durations import Rate, format_duration
from domain.errors import Problem
from domain.frozen import Frozen
from domain.program import Program, Send


class JourneyWeek(Frozen):
    """What one journey can send one customer within seven days. `most` None: without limit, and `why`."""

    journey: str
    most: int | None
    why: str


class Together(Frozen):
    """All journeys that send marketing, the most of them first. `most` None: without limit. `by`: the caps that bound it."""

    most: int | None
    limit: int
    by: str = ""
    journeys: tuple[JourneyWeek, ...] = ()
    warnings: tuple[Problem, ...] = ()


def check_together(programs: Iterable[Program], account: Account) -> Together:
    """The sum over journeys, each as often as its entry lets one customer in, and what the caps leave of it.

    A bound, not a forecast: it takes for granted that everything a customer does comes at the worst moment.
    """
    sending = [program for program in programs if any(_is_marketing(step) for step in program.steps.values())]
    weeks = [_week(program, account) for program in sending]
    weeks = sorted(weeks, key=lambda week: (week.most is not None, -(week.most or 0), week.journey))
    found = [week.most for week in weeks]
    most = None if None in found else sum(one for one in found if one is not None)
    cap = _cap_on_all(sending, account)
    by = ""
    if cap is not None and (most is None or most_in_a_week(cap) < most):
        most, by = most_in_a_week(cap), _told("all", cap)
    together = Together(most=most, limit=account.messages_per_week, by=by, journeys=tuple(weeks))
    return together.model_copy(update={"warnings": tuple(_warnings(together))})


def _week(program: Program, account: Account) -> JourneyWeek:
    why = many_at_once(program)
    bounded = bounded_week(program, account, None if why else again_of(program))
    if why is None and bounded.most >= MANY:
        why = "whoever has ended may enter again at once"
    if why is None:
        return JourneyWeek(journey=program.journey, most=bounded.most, why=f"{how_many(bounded)} within 7 days")
    limit, caps = _limit_by_caps(program, account)
    return JourneyWeek(journey=program.journey, most=limit, why=f"{why}; bounded by {caps}" if caps else why)


def _limit_by_caps(program: Program, account: Account) -> tuple[int | None, str]:
    """What caps leave of any number of runs; None where some channel has none."""
    rates = rates_of(program, account)
    used = {channel for step in program.steps.values() if _is_marketing(step) for channel in _channels(step)}
    limits = [(most_in_a_week(rates["all"]), _told("all", rates["all"]))] if "all" in rates else []
    if used <= rates.keys():
        told = ", ".join(_told(channel, rates[channel]) for channel in sorted(used))
        limits.append((sum(most_in_a_week(rates[channel]) for channel in used), told))
    return min(limits, default=(None, ""), key=lambda limit: limit[0] or 0)


def _cap_on_all(programs: Sequence[Program], account: Account) -> Rate | None:
    """The cap over all channels that bounds the sum: the widest, where every journey has one over the same span."""
    rates = [rates_of(program, account).get("all") for program in programs]
    known = [rate for rate in rates if rate is not None]
    if not known or len(known) < len(rates) or len({rate.per for rate in known}) > 1:
        return None
    return max(known, key=lambda rate: rate.count)


def _warnings(together: Together) -> Iterable[Problem]:
    if together.most is not None and together.most <= together.limit:
        return
    many = "any number of" if together.most is None else f"up to {together.most}"
    heaviest = "; ".join(
        f"{week.journey}: {'any number' if week.most is None else week.most} ({week.why})"
        for week in together.journeys[:5]
    )
    more = " and others" if len(together.journeys) > 5 else ""
    bound = f" (bounded by {together.by})" if together.by else ""
    yield Problem(
        path="",
        message=f"One customer can get {many} marketing messages within 7 days{bound}, more than {together.limit}: "
        f"{heaviest}{more}.",
        remedy=f"Cap the account, as in caps: {{all: {together.limit}/7d}}, or let people enter less often.",
        code="too_many_messages_together",
    )


def _is_marketing(step: object) -> bool:
    return isinstance(step, Send) and step.purpose == "marketing"


def _channels(step: object) -> tuple[str, ...]:
    return step.channels if isinstance(step, Send) else ()


def _told(name: str, rate: Rate) -> str:
    return f"{name}: {rate.count}/{format_duration(rate.per)}"
