"""The claim: the moment that counts (semantics 19). Under the locks of customer and run it asks the gate, renders, and writes the
intention; what it decides is final. An exit or goal accepted before it wins.

If the process dies after the commit, the next attempt finds the claim, waits out its lease, and calls it unknown.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import JsonValue

from activities.approving import objection_to
from activities.desk import Desk
from activities.hearing import Behind
from activities.sending.compose import Composed, compose
from channels.protocol import Outgoing
from domain.decisions import Decision
from domain.engine.commands import SendMessage
from domain.engine.inputs import Input, Leave, Outcome
from domain.errors import Defect, Unavailable
from domain.events import EventName
from domain.gate import Defer, Go, Late, OnHold, Skip, ask
from domain.gate.gathering import question_of
from domain.gate.outcomes import held, line_of, outcome, outcome_of
from domain.ids import MessageId, message_id
from domain.program import Send, Trigger
from store.event import history
from store.message import ledger
from store.message.ledger import Attempt
from store.permission import gate_facts
from store.tables.messages import Message

MOST_UNKNOWN = 5
"""How often a hand-over may end unknown before a person decides, also where the medium drops what it has already."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Ours to hand over, until the lease is over."""

    id: MessageId
    channel: str
    lease_until: datetime
    outgoing: Outgoing
    gate: tuple[Decision, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Settled:
    """Nothing is handed over: what that means for the run, and what to log."""

    given: Input
    detail: dict[str, JsonValue]
    before: tuple[Decision, ...] = ()


class Held(Unavailable):
    """Another attempt has claimed, and its lease is not over: ask again `after` that."""

    code = "claimed"

    def __init__(self, after: timedelta) -> None:
        super().__init__("Another attempt has claimed this message.")
        self.after = after


async def claim(desk: Desk, command: SendMessage) -> Claimed | Settled:
    """Claims the hand-over, or says why there is none.

    Raises Behind while an exit or goal may be on its way, and Held while another attempt may be at work.
    """
    step = desk.program.steps[command.step]
    if not isinstance(step, Send):
        raise Defect(f"Step {command.step} sends nothing.", code="step_changed")
    if desk.run.leaving is not None:
        return Settled(Leave(moment=desk.moment, reason=desk.run.leaving), {})
    ends = {name for trigger in _ends(desk) for name in trigger.events} | {EventName.STOP_REQUESTED}
    if await history.is_pending(desk.tx, desk.run.customer_id, names=sorted(ends)):
        raise Behind("An event that may end the run is still being applied.")
    visit = desk.request.state.visit
    tried = await ledger.attempts(desk.tx, desk.run.id, step.id, visit)
    live = next((attempt for attempt in tried if attempt.is_live), None)
    if live is not None:
        return await _take_up(desk, step, command, live)
    if desk.run.hold is not None:
        return Settled(held(desk.moment, desk.run.hold, "journey"), {})
    refused = {attempt.channel for attempt in tried if attempt.state == "refused"}
    channels = [channel for channel in step.channels if channel not in refused]
    if not channels:
        return Settled(_outcome(desk, "refused", code="refused"), {"why": "every channel has refused it"})
    return await _claim_new(desk, step, command, channels, len(tried) + 1)


def _ends(desk: Desk) -> tuple[Trigger, ...]:
    return (*desk.program.exits, *(desk.program.goal.triggers if desk.program.goal else ()))


async def _take_up(desk: Desk, step: Send, command: SendMessage, live: Attempt) -> Claimed | Settled:
    """Another attempt was here. What it left is never handed over again blindly."""
    detail: dict[str, JsonValue] = {"message_id": str(live.id), "channel": live.channel}
    if live.state == "claimed" and live.lease_until > desk.run.now:
        raise Held(live.lease_until - desk.run.now)
    if live.state == "claimed":
        await ledger.mark_unknown(desk.tx, live.id)
    elif live.state != "unknown":
        return Settled(_outcome(desk, "sent"), detail)
    if desk.run.hold is not None:
        return Settled(held(desk.moment, desk.run.hold, "journey"), detail)
    channel = desk.resources.channels.get(live.channel)
    if channel is None or channel.on_unknown == "hold" or live.unknown_count >= MOST_UNKNOWN:
        why = "nobody can say whether it was handed over; a person must decide"
        return Settled(_outcome(desk, "unknown", code="unknown"), {**detail, "why": why})
    verdict, gate = await _ask(desk, step, command, [live.channel])
    if isinstance(verdict, OnHold):
        return Settled(*outcome_of(verdict, desk.moment), gate)
    if not isinstance(verdict, Go):
        why = "nobody can say whether it was handed over, and it may not be handed over again"
        return Settled(_outcome(desk, "skipped", code="unknown"), {**detail, "why": why}, gate)
    composed = await compose(desk, step, live.channel, verdict.address, live.id)
    lease = desk.run.now + desk.resources.lease
    await ledger.claim_again(desk.tx, live.id, lease)
    return Claimed(live.id, live.channel, lease, composed.outgoing, gate, desk.run.position)


async def _claim_new(
    desk: Desk, step: Send, command: SendMessage, channels: list[str], attempt: int
) -> Claimed | Settled:
    verdict, gate = await _ask(desk, step, command, channels)
    if isinstance(verdict, Skip) and channels != list(step.channels):
        return Settled(_outcome(desk, "refused", code="refused"), {"why": verdict.reason}, gate)
    if not isinstance(verdict, Go):
        return Settled(*outcome_of(verdict, desk.moment), gate)
    if objected := await objection_to(desk, step):
        return Settled(_outcome(desk, objected.result, code=objected.code), {"why": objected.why}, gate)
    message = message_id(desk.run.id, step.id, desk.request.state.visit, attempt)
    try:
        composed = await compose(desk, step, verdict.channel, verdict.address, message)
    except Defect as defect:
        return Settled(_outcome(desk, "defect", code=defect.code), {"why": defect.message}, gate)
    lease = desk.run.now + desk.resources.lease
    await ledger.claim(desk.tx, _row(desk, step, verdict, composed, message, attempt, lease))
    if desk.run.ghost:
        detail: dict[str, JsonValue] = {"channel": verdict.channel, "message_id": str(message), "ghost": True}
        return Settled(_outcome(desk, "sent"), detail, gate)
    return Claimed(message, verdict.channel, lease, composed.outgoing, gate, desk.run.position)


async def _ask(
    desk: Desk, step: Send, command: SendMessage, channels: list[str]
) -> tuple[Go | Defer | OnHold | Late | Skip, tuple[Decision, ...]]:
    """The gate's verdict now, and the line about it for the log."""
    providers = frozenset(desk.resources.channels)
    state, run = desk.request.state, desk.run
    question = question_of(desk.program, state, step, channels, run.customer_id, run.attributes, providers)
    facts = await gate_facts(desk.tx, question, account=desk.account, now=desk.at)
    verdict = ask(facts, desk.at, if_blocked=step.if_blocked, deadline_at=command.deadline)
    return verdict, (line_of(verdict, step.id, state.visit),)


def _row(
    desk: Desk, step: Send, verdict: Go, composed: Composed, message: MessageId, attempt: int, lease: datetime
) -> Message:
    return Message(
        id=message,
        customer_id=desk.run.customer_id,
        journey_id=desk.run.journey_id,
        version=desk.run.version,
        run_id=desk.run.id,
        step=step.id,
        visit=desk.request.state.visit,
        attempt=attempt,
        channel=verdict.channel,
        purpose=step.purpose,
        topic=step.topic or desk.program.topic,
        template=step.template,
        template_version=composed.template_version,
        locale=composed.locale,
        state="ghost" if desk.run.ghost else "claimed",
        address=verdict.address,
        subject=composed.outgoing.subject,
        content_hash=composed.content_hash,
        content={"text": composed.outgoing.text},
        answer={},
        claimed_at=desk.at,
        lease_until=lease,
    )


def _outcome(desk: Desk, result: str, *, code: str | None = None) -> Outcome:
    return outcome(desk.moment, result, code=code)
