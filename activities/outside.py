"""Webhooks and notifications: one row per (run, step, visit) with the result, so that a repetition finds it.

The row is written after the call. If the process dies in between, the call is made again under the same webhook id, by which
the receiver can tell (Standard Webhooks).
"""

from datetime import datetime

from pydantic import JsonValue
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.attempt import to_its_end
from activities.carry_on import carry_on
from activities.desk import Desk, open_desk
from activities.failures import translated
from activities.resources import Resources
from channels.protocol import HandedOver, Outgoing, Released
from channels.webhook_http import Called, Rejected, Retry
from domain.effects import NOTIFY, WEBHOOK, Reply, Request
from domain.engine.commands import CallWebhook, NotifyColleagues
from domain.engine.inputs import Leave, Outcome
from domain.errors import Defect
from domain.gate.outcomes import held
from domain.holds import WEBHOOKS
from domain.ids import effect_key, message_id
from domain.named_secrets import filled, mentioned
from domain.program import Notify, Webhook
from domain.rules.references import look_up
from domain.rules.rule import Ref
from store.access import named_secrets
from store.operation import holds

Detail = dict[str, JsonValue]


class OutsideActivities:
    """Calls to other systems and to colleagues."""

    def __init__(self, resources: Resources) -> None:
        self.resources = resources

    @activity.defn(name=WEBHOOK)
    async def call_webhook(self, request: Request) -> Reply:
        """Calls the step's webhook until it answers or the step's deadline is over."""
        async with translated():
            return await to_its_end(self._call(request))

    @activity.defn(name=NOTIFY)
    async def notify(self, request: Request) -> Reply:
        """Tells colleagues by mail or webhook."""
        async with translated():
            return await to_its_end(self._notify(request))

    async def _call(self, request: Request) -> Reply:
        prepared = await self._prepare(request)
        if isinstance(prepared, Reply):
            return prepared
        desk, body = prepared
        step = _webhook(desk, request)
        secrets = await self._secrets(step.url, *step.headers.values())
        headers = {name: filled(text, secrets) for name, text in step.headers.items()}
        answer = await self.resources.webhooks.call(
            filled(step.url, secrets), method=step.method, headers=headers, body=body, webhook_id=_key(request)
        )
        return await self._record(request, answer)

    async def _notify(self, request: Request) -> Reply:
        prepared = await self._prepare(request)
        if isinstance(prepared, Reply):
            return prepared
        desk, _ = prepared
        return await self._record(request, await self._tell(desk, request))

    async def _prepare(self, request: Request) -> tuple[Desk, Detail] | Reply:
        """The reply that stands already; or what to call with. A ghost calls nobody."""
        async with self.resources.db.transaction() as tx:
            desk = await open_desk(tx, self.resources, request)
            stored = desk.stored_reply()
            if stored is not None:
                return stored
            if desk.run.leaving is not None:
                return await carry_on(desk, Leave(moment=desk.moment, reason=desk.run.leaving))
            resting = await _held(desk, request)
            if resting is not None:
                return await carry_on(desk, resting)
            if desk.at > _deadline(request):
                return await carry_on(desk, Outcome(moment=desk.moment, result="late", code="deadline"))
            if desk.run.ghost:
                return await carry_on(desk, Outcome(moment=desk.moment, result="done"), {"ghost": True})
            return desk, await self._body(desk, request)

    async def _body(self, desk: Desk, request: Request) -> Detail:
        step = desk.program.steps[request.state.at or ""]
        given = step.data if isinstance(step, Webhook) else {}
        facts = await desk.facts()
        data = {name: look_up(value.ref, facts) if isinstance(value, Ref) else value for name, value in given.items()}
        return {
            "type": f"journey.{desk.run.journey_id}.{request.state.at}",
            "timestamp": desk.at.isoformat(),
            "journey": desk.run.journey_id,
            "version": desk.run.version,
            "run_id": str(desk.run.id),
            "step": request.state.at,
            "customer_id": str(desk.run.customer_id),
            "data": data,
        }

    async def _tell(self, desk: Desk, request: Request) -> Called | Rejected | Retry:
        step = desk.program.steps[request.state.at or ""]
        if not isinstance(step, Notify):
            raise Defect(f"Step {request.state.at} notifies nobody.", code="step_changed")
        if step.webhook is not None:
            body: Detail = {
                "title": step.title,
                "text": step.text,
                "run_id": str(desk.run.id),
                "journey": desk.run.journey_id,
            }
            url = filled(step.webhook, await self._secrets(step.webhook))
            return await self.resources.webhooks.call(url, body=body, webhook_id=_key(request))
        channel = self.resources.channels.get("email")
        if channel is None or step.email is None:
            raise Defect("No email channel is set up to notify by.", code="channel_missing")
        state = request.state
        outgoing = Outgoing(
            message_id=str(message_id(desk.run.id, state.at or "", state.visit, 1)),
            to=step.email,
            sender=desk.account.sender_email,
            subject=step.title or f"{desk.program.title or desk.run.journey_id}: {state.at}",
            text=f"{step.text}\n\nRun {desk.run.id} of journey {desk.run.journey_id}, customer {desk.run.customer_id}.\n",
        )
        match await channel.hand_over(outgoing):
            case HandedOver():
                return Called(status=250)
            case Released(code=code):
                return Retry(code=code)
            case answer:
                return Rejected(code=type(answer).__name__.lower())

    async def _secrets(self, *texts: str) -> dict[str, str]:
        """What these texts refer to, read for this one attempt and kept nowhere."""
        wanted = mentioned(texts)
        if not wanted:
            return {}
        async with self.resources.db.transaction() as tx:
            return await named_secrets.values(tx, self.resources.seal, wanted)

    async def _record(self, request: Request, answer: Called | Rejected | Retry) -> Reply:
        if isinstance(answer, Retry):
            raise ApplicationError(f"Not taken: {answer.code}.", type=answer.code, next_retry_delay=answer.retry_after)
        async with self.resources.db.transaction() as tx:
            desk = await open_desk(tx, self.resources, request)
            stored = desk.stored_reply()
            if stored is not None:
                return stored
            detail: Detail = answer.model_dump(mode="json", exclude_none=True, exclude={"reply"})
            step = desk.program.steps[request.state.at or ""]
            if isinstance(answer, Rejected):
                return await carry_on(desk, Outcome(moment=desk.moment, result="refused", code=answer.code), detail)
            if isinstance(step, Webhook) and step.gather_as:
                desk.gathered[step.gather_as] = answer.reply
            return await carry_on(desk, Outcome(moment=desk.moment, result="done"), detail)


async def _held(desk: Desk, request: Request) -> Outcome | None:
    """The pause of the run's journey, or of all webhooks, that stands in the way."""
    if desk.run.hold is not None:
        return held(desk.moment, desk.run.hold, "journey")
    if isinstance(desk.program.steps[request.state.at or ""], Webhook):
        for hold in await holds.standing(desk.tx, "channel", WEBHOOKS):
            return held(desk.moment, hold.id, "channel")
    return None


def _webhook(desk: Desk, request: Request) -> Webhook:
    step = desk.program.steps[request.state.at or ""]
    if not isinstance(step, Webhook):
        raise Defect(f"Step {request.state.at} calls nobody.", code="step_changed")
    return step


def _key(request: Request) -> str:
    return effect_key(request.state.run.id, request.state.at or "", request.state.visit)


def _deadline(request: Request) -> datetime:
    command = request.command
    if not isinstance(command, CallWebhook | NotifyColleagues):
        raise Defect(f"Step {request.state.at} calls nobody.", code="step_changed")
    return command.deadline
