"""From a send and what the books say about its customer to the facts that the gate is asked with. Pure: who reads the books is
the caller's affair.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Literal, NamedTuple
from uuid import UUID

from pydantic import JsonValue

from domain.account import Account
from domain.calendar import zone_of
from domain.durations import Rate
from domain.engine.state import State
from domain.gate.facts import Cap, GateFacts, QuietPeriod, Said
from domain.program import Program, QuietHours, Send


class SendQuestion(NamedTuple):
    """One send of one run, as far as the gate is concerned.

    `caps` and `quiet_hours` are the journey's; the account's hold where they are silent. `providers` are the channels
    that are set up. `once` asks whether this customer has had the template before. The run's own step and visit tell
    this send from others: it never counts against itself. For the version `shadow` of `journey` (0: it is live) its own
    messages count as if they had gone out, and those of the live version as if they had not.
    """

    customer_id: UUID
    attributes: Mapping[str, JsonValue]
    run_id: UUID
    step: str
    visit: int
    template: str
    channels: Sequence[str]
    providers: frozenset[str]
    purpose: Literal["marketing", "transactional"] = "marketing"
    topic: str | None = None
    once: bool = False
    caps: Mapping[str, Rate] = MappingProxyType({})
    quiet_hours: QuietHours | None = None
    time_scale: float = 1.0
    journey: str = ""
    shadow: int = 0

    def rates(self, account: Account) -> dict[str, Rate]:
        """The caps that count for this send, by channel or `all`."""
        return dict(account.caps.items()) | dict(self.caps)


class Counted(NamedTuple):
    """How many marketing messages count for a cap, at most as many as it allows, and when the oldest of them was claimed."""

    used: int
    oldest: datetime | None = None


class Books(NamedTuple):
    """What is written about a customer. `said` is their newest word by (channel, topic), of which one is None; `suppressed`
    the reason by channel; `topic_implied` None: there is no such topic; `caps` by name; `holds` the pauses of channels."""

    said: Mapping[tuple[str | None, str | None], Said] = MappingProxyType({})
    suppressed: Mapping[str, str] = MappingProxyType({})
    topic_implied: bool | None = None
    sent_before: bool = False
    caps: Mapping[str, Counted] = MappingProxyType({})
    holds: Mapping[str, UUID] = MappingProxyType({})


def question_of(
    program: Program,
    state: State,
    step: Send,
    channels: Sequence[str],
    customer: UUID,
    attributes: Mapping[str, JsonValue],
    providers: frozenset[str],
) -> SendQuestion:
    """The question that this step of a run asks, on these of its channels. A merge may have given the run another customer."""
    return SendQuestion(
        customer_id=customer,
        attributes=attributes,
        run_id=state.run.id,
        step=step.id,
        visit=state.visit,
        template=step.template,
        channels=channels,
        providers=providers,
        purpose=step.purpose,
        topic=step.topic or program.topic,
        once=step.once == "ever",
        caps=program.caps,
        quiet_hours=program.quiet_hours,
        time_scale=state.run.time_scale,
        journey=program.journey,
        shadow=program.version if state.run.shadow else 0,
    )


def facts_of(
    question: SendQuestion, account: Account, addresses: Mapping[str, str | None], books: Books
) -> list[GateFacts]:
    """One `GateFacts` for each of the step's channels, in its order. `addresses` are normalised, by channel."""
    rates = question.rates(account)
    caps = [_cap(name, rates[name], counted, question.time_scale) for name, counted in sorted(books.caps.items())]
    return [
        GateFacts(
            channel=channel,
            purpose=question.purpose,
            provider=channel in question.providers,
            hold=books.holds.get(channel),
            address=addresses[channel],
            suppressed=books.suppressed.get(channel),
            said=books.said.get((channel, None)),
            implied=channel in account.implicit_consent,
            topic=question.topic,
            topic_said=books.said.get((None, question.topic)),
            topic_implied=books.topic_implied,
            sent_before=question.once and books.sent_before,
            caps=tuple(cap for cap in caps if cap.name in (channel, "all")),
            quiet=_quiet(question, account),
            time_scale=question.time_scale,
        )
        for channel in question.channels
    ]


def _cap(name: str, rate: Rate, counted: Counted, time_scale: float) -> Cap:
    """The oldest of as many messages as the cap allows is the one that makes room."""
    is_full = counted.used >= rate.count and counted.oldest is not None
    frees_at = counted.oldest + rate.per / time_scale if is_full and counted.oldest else None
    return Cap(name=name, rate=rate, used=counted.used, frees_at=frees_at)


def _quiet(question: SendQuestion, account: Account) -> QuietPeriod | None:
    hours = question.quiet_hours or account.quiet_hours
    if hours is None:
        return None
    zone, _ = zone_of(question.attributes, account)
    return QuietPeriod(start=hours.start, end=hours.end, zone=zone.key)
