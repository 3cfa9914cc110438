"""Sends a message through the ledger: claim, hand over, record. Each part says what happens if the process dies in it."""

import asyncio
import time
from datetime import timedelta

from pydantic import JsonValue
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.attempt import to_its_end
from activities.carry_on import carry_on
from activities.desk import Desk, open_desk
from activities.failures import translated
from activities.hearing import Behind
from activities.resources import Resources
from activities.sending.claim import Claimed, Held, Settled, claim
from channels.protocol import Answer, HandedOver, Misconfigured, Refused, Released, Unknown
from domain.decisions import Decision
from domain.effects import SEND, Reply, Request
from domain.engine.commands import SendMessage
from domain.engine.inputs import Outcome
from domain.errors import Defect
from domain.program import Send
from store.message import ledger
from store.outages import OUTAGES
from store.permission import suppress
from store.run import decisions
from store.run.rows import Subject
from store.timings import CLAIM_TO_HANDED_OVER

PAUSE = timedelta(milliseconds=50)
BEHIND_AFTER = timedelta(seconds=1)
ANSWER_SHARE = 0.9
"""The share of a claim's lease that handing over may take."""

RESEND_AFTER = timedelta(seconds=5)
"""How long an unknown hand-over rests before it is repeated under the same message id."""

STATES: dict[type[Answer], str] = {
    HandedOver: "handed_over",
    Refused: "refused",
    Released: "released",
    Misconfigured: "released",
    Unknown: "unknown",
}

PATIENCE = 100
"""How often a claim that is behind asks again before it leaves its place to others: five seconds."""


class SendActivities:
    """Handing over messages, on one task queue per channel."""

    def __init__(self, resources: Resources) -> None:
        self.resources = resources

    @activity.defn(name=SEND)
    async def send_message(self, request: Request) -> Reply:
        """At most one live hand-over per (run, step, visit); while it is known not to be taken, tried until the deadline."""
        async with translated():
            return await to_its_end(self._send(request))

    async def _send(self, request: Request) -> Reply:
        while True:
            try:
                claimed = await self._claim(request)
            except Held as held:
                raise ApplicationError(held.message, type=held.code, next_retry_delay=held.after) from None
            except Behind as behind:
                raise ApplicationError(behind.message, type=behind.code, next_retry_delay=BEHIND_AFTER) from None
            if isinstance(claimed, Reply):
                return claimed
            began = time.perf_counter()
            answer = await self._hand_over(claimed)
            if isinstance(answer, HandedOver):
                CLAIM_TO_HANDED_OVER.observe(time.perf_counter() - began)
            reply = await self._record_surely(request, claimed, answer)
            if reply is not None:
                return reply

    async def _hand_over(self, claimed: Claimed) -> Answer:
        """The channel's answer, while the claim is surely ours; after that nobody can say."""
        try:
            async with asyncio.timeout(self.resources.lease.total_seconds() * ANSWER_SHARE):
                return await self.resources.channels[claimed.channel].hand_over(claimed.outgoing)
        except TimeoutError:
            return Unknown(reason="The provider took longer than the claim holds.")

    async def _record_surely(self, request: Request, claimed: Claimed, answer: Answer) -> Reply | None:
        """Records what is known, through short outages of the database: what is not written down is handed over again."""
        clock = asyncio.get_running_loop()
        give_up = clock.time() + self.resources.lease.total_seconds() / 2
        while True:
            try:
                return await self._record(request, claimed, answer)
            except OUTAGES:
                if clock.time() > give_up:
                    raise
                await asyncio.sleep(PAUSE.total_seconds())

    async def _claim(self, request: Request) -> Claimed | Reply:
        for _ in range(PATIENCE):
            try:
                return await self._claim_once(request)
            except Behind:
                self.resources.wake()
                await asyncio.sleep(PAUSE.total_seconds())
        raise Behind("Events that may end the run are still being applied.")

    async def _claim_once(self, request: Request) -> Claimed | Reply:
        if not isinstance(request.command, SendMessage):
            raise Defect("This request sends nothing.", code="step_changed")
        async with self.resources.db.transaction() as tx:
            desk = await open_desk(tx, self.resources, request)
            stored = desk.stored_reply()
            if stored is not None:
                return stored
            claimed = await claim(desk, request.command)
            if isinstance(claimed, Settled):
                return await carry_on(desk, claimed.given, claimed.detail, claimed.before)
            return claimed

    async def _record(self, request: Request, claimed: Claimed, answer: Answer) -> Reply | None:
        """Writes what became of it, and goes on. None: another channel may still take it. Raises to be tried again.

        If the process dies before this commits, the provider may have the message and we do not know: the claim's lease runs
        out, and the next attempt treats it as unknown.
        """
        async with self.resources.db.transaction() as tx:
            desk = await open_desk(tx, self.resources, request)
            stored = desk.stored_reply()
            if stored is not None:
                return stored
            if not await self._write(desk, claimed, answer):
                raise ApplicationError("A later attempt has taken over.", type="fenced_off")
            outcome = self._outcome(desk, claimed, answer)
            detail: dict[str, JsonValue] = {"channel": claimed.channel, "message_id": str(claimed.id), **_said(answer)}
            if outcome is not None:
                return await carry_on(desk, outcome, detail, claimed.gate)
            await self._log(desk, claimed, answer, detail)
        if isinstance(answer, Refused):
            return None
        raise _again(answer)

    async def _write(self, desk: Desk, claimed: Claimed, answer: Answer) -> bool:
        given = answer if isinstance(answer, HandedOver) else None
        is_ours = await ledger.answer(
            desk.tx,
            claimed.id,
            claimed.lease_until,
            STATES[type(answer)],
            at=desk.at,
            answer=_said(answer),
            provider=self.resources.channels[claimed.channel].provider,
            provider_id=given.provider_id if given else None,
            price=given.price if given else None,
        )
        if is_ours and isinstance(answer, Refused) and answer.address_is_dead:
            await suppress(
                desk.tx,
                claimed.channel,
                claimed.outgoing.to,
                reason=answer.code,
                at=desk.at,
                source=self.resources.channels[claimed.channel].provider,
                customer_id=desk.run.customer_id,
            )
        return is_ours

    def _outcome(self, desk: Desk, claimed: Claimed, answer: Answer) -> Outcome | None:
        """What it means for the run; None while something can still be tried."""
        match answer:
            case HandedOver():
                return Outcome(moment=desk.moment, result="sent", claimed=claimed.position)
            case Misconfigured():
                return Outcome(moment=desk.moment, result="defect", code=answer.code)
            case Unknown() if self.resources.channels[claimed.channel].on_unknown == "hold":
                return Outcome(moment=desk.moment, result="unknown", code="unknown")
            case Refused() if self._is_last(desk, claimed):
                return Outcome(moment=desk.moment, result="refused", code=answer.code)
        return None

    def _is_last(self, desk: Desk, claimed: Claimed) -> bool:
        step = desk.program.steps[desk.request.state.at or ""]
        return not isinstance(step, Send) or step.channels[-1] == claimed.channel

    async def _log(self, desk: Desk, claimed: Claimed, answer: Answer, detail: dict[str, JsonValue]) -> None:
        """An attempt that did not settle the step is a line of its own."""
        run, state = desk.run, desk.request.state
        subject = Subject(customer=run.customer_id, journey=run.journey_id, version=run.version, run=run.id)
        line = Decision(kind="send", outcome=STATES[type(answer)], step=state.at, visit=state.visit, detail=detail)
        await decisions.append(desk.tx, desk.at, [(subject, decision) for decision in (*claimed.gate, line)])


def _said(answer: Answer) -> dict[str, JsonValue]:
    said: dict[str, JsonValue] = answer.model_dump(mode="json", exclude={"price"}, exclude_none=True)
    return said


def _again(answer: Answer) -> ApplicationError:
    """Tried again: when the provider says, soon after an unknown, else as the retry policy says."""
    delay = answer.retry_after if isinstance(answer, Released) else None
    if isinstance(answer, Unknown):
        delay = RESEND_AFTER * 2 ** min(activity.info().attempt - 1, 6)
    code = answer.code if isinstance(answer, Released) else "unknown"
    return ApplicationError(f"Not handed over: {code}.", type=code, next_retry_delay=delay)
