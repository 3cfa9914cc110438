"""What caps leave of the worst week. They count a customer's marketing of all journeys; a journey's go before the account's."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from domain.account import Account
from domain.check.volume.again import Again
from domain.check.volume.weekly import WEEK, Worst, worst_week
from domain.durations import Rate, format_duration
from domain.program import Program, Send


@dataclass(frozen=True, slots=True)
class Bounded:
    """The most marketing messages in seven days, and the way that has the most; `by` names the caps that bound it."""

    most: int
    worst: Worst
    by: str = ""


def rates_of(program: Program, account: Account) -> dict[str, Rate]:
    """The caps that count for a journey's sends, by channel or `all`."""
    return dict(account.caps.items()) | dict(program.caps)


def most_in_a_week(rate: Rate) -> int:
    """How many a cap lets through in seven days at most."""
    return rate.count * -(-WEEK // rate.per)


def bounded_week(program: Program, account: Account, again: Again | None = None) -> Bounded:
    """The most marketing messages of a journey that one customer can get in seven days: of one run, or of runs in a row."""
    rates = rates_of(program, account)
    worst = worst_week(program, _is_marketing, again)
    limits = [(worst.count, "")]
    if "all" in rates:
        limits.append((most_in_a_week(rates["all"]), _told("all", rates["all"])))
    channels = {name: rate for name, rate in rates.items() if name != "all"}
    if channels and worst.count:
        limits.append(_by_channel(program, channels, again))
    most, by = min(limits, key=lambda limit: limit[0])
    return Bounded(most, worst if not by else replace(worst, is_certain=False), by)


def _by_channel(program: Program, rates: Mapping[str, Rate], again: Again | None) -> tuple[int, str]:
    """The sum of what each channel's cap leaves, and of everything that may go by a channel without one."""
    total = worst_week(
        program, lambda step: _is_marketing(step) and not set(step.channels) <= rates.keys(), again
    ).count
    names = []
    for channel, rate in rates.items():
        used = worst_week(program, partial(_is_marketing, by=channel), again)
        total += min(used.count, most_in_a_week(rate))
        if used.count > most_in_a_week(rate):
            names.append(_told(channel, rate))
    return total, ", ".join(names)


def _is_marketing(step: Send, by: str | None = None) -> bool:
    return step.purpose == "marketing" and (by is None or by in step.channels)


def _told(name: str, rate: Rate) -> str:
    return f"{name}: {rate.count}/{format_duration(rate.per)}"
