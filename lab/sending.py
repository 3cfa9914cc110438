"""Effects on the outside, written down instead of done: messages through the gate, webhooks, notifications."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from content.contexts import context_of
from content.ics import invite
from content.templates import Rendered
from domain.approving import Objection, asked_for, objection
from domain.calendar import zone_of
from domain.decisions import Decision
from domain.engine.commands import CallWebhook, NotifyColleagues, SendMessage
from domain.engine.inputs import Input, Leave
from domain.errors import Defect
from domain.gate import Go, Verdict, ask
from domain.gate.gathering import facts_of, question_of
from domain.gate.outcomes import line_of, outcome, outcome_of
from domain.ids import message_id
from domain.program import Send, Webhook
from domain.reactions import SentMessage
from lab.customer import CHANNELS, Letter

if TYPE_CHECKING:
    from lab.driver import LabRun

Detail = dict[str, JsonValue]
Result = tuple[Input, Detail, Sequence[Decision]]
UNSUBSCRIBE = "https://sojourn.test/u/lab"
"""Where messages of the lab let people unsubscribe: nobody is there."""


def send(run: "LabRun", command: SendMessage) -> Result:
    """Asks the gate, renders, and writes the message down. A provider that refuses gives way to the step's next channel."""
    step = run.program.steps[command.step]
    if not isinstance(step, Send):
        raise AssertionError(f"{command.step} sends nothing")
    moment = run.world.moment
    if run.row.leaving is not None:
        return Leave(moment=moment, reason=run.row.leaving), {}, ()
    lines: list[Decision] = []
    for attempt in range(1, len(step.channels) + 1):
        verdict, line = _ask(run, step, command)
        lines.append(line)
        if not isinstance(verdict, Go):
            return *outcome_of(verdict, moment), lines
        if objected := _objection(run, step):
            return outcome(moment, objected.result, code=objected.code), {"why": objected.why}, lines
        try:
            letter = _letter(run, step, verdict, attempt)
        except Defect as defect:
            return outcome(moment, "defect", code=defect.code), {"why": defect.message}, lines
        run.world.customer.letters.append(letter)
        detail: Detail = {"channel": verdict.channel, "message_id": str(letter.message.id)}
        if letter.state == "refused":
            if verdict.channel == step.channels[-1]:
                return outcome(moment, "refused", code="refused"), detail, lines
            lines.append(Decision(kind="send", outcome="refused", step=step.id, visit=run.here.visit, detail=detail))
            continue
        run.world.record.send(letter)
        if letter.state == "ghost":
            return outcome(moment, "sent"), {**detail, "ghost": True}, lines
        return outcome(moment, "sent", claimed=moment.position), detail, lines
    return outcome(moment, "refused", code="refused"), {"why": "every channel has refused it"}, lines


def _ask(run: "LabRun", step: Send, command: SendMessage) -> tuple[Verdict, Decision]:
    world, state = run.world, run.here
    customer = world.customer
    refused = {
        one.message.channel
        for one in customer.letters
        if one.state == "refused"
        and (one.message.run_id, one.message.step, one.visit) == (run.row.id, step.id, state.visit)
    }
    channels = [channel for channel in step.channels if channel not in refused]
    question = question_of(run.program, state, step, channels, customer.id, customer.attributes, frozenset(CHANNELS))
    addresses = {channel: customer.address(channel) for channel in channels}
    facts = facts_of(question, world.account, addresses, customer.books(question, world.now))
    verdict = ask(facts, world.now, if_blocked=step.if_blocked, deadline_at=command.deadline)
    return verdict, line_of(verdict, step.id, state.visit)


def _objection(run: "LabRun", step: Send) -> Objection | None:
    """What speaks against a send of which somebody was to approve. Content does not change while a scenario runs."""
    if not run.world.approvals:
        return None
    asked = asked_for(run.program, step.id, run.here.visits)
    statuses = (run.world.approvals.get((run.row.id, name, visit)) for name, visit in asked)
    found = (objection(status, is_same=True) for status in statuses if status is not None)
    return next((one for one in found if one is not None), None)


def _letter(run: "LabRun", step: Send, verdict: Go, attempt: int) -> Letter:
    """The message that the gate let through. Raises Defect when it cannot be composed."""
    world, state = run.world, run.here
    message = SentMessage(
        id=message_id(run.row.id, step.id, state.visit, attempt),
        customer_id=world.customer.id,
        run_id=run.row.id,
        journey_id=run.row.journey,
        step=step.id,
        channel=verdict.channel,
        template=step.template,
        topic=step.topic or run.program.topic,
        address=verdict.address,
    )
    rendered = _render(run, step, message)
    answer = run.answer_to(step.id)
    sent = "refused" if answer is not None and answer.refused else "handed_over"
    return Letter(
        message=message,
        visit=state.visit,
        purpose=step.purpose,
        claimed_at=world.now,
        state="ghost" if run.row.ghost else sent,
        rendered=rendered,
    )


def _render(run: "LabRun", step: Send, message: SentMessage) -> Rendered:
    world, facts = run.world, run.facts()
    locale = str(facts.attributes.get("locale") or world.account.locale)
    template = world.library.template(message.channel, step.template, locale)
    if template is None:
        raise Defect(f"There is no template {message.channel}/{step.template}.", code="template_missing")
    context = context_of(
        step, facts, world.account, at=world.now, locale=template.locale, unsubscribe_url=UNSUBSCRIBE, tracking=None
    )
    rendered = world.live.renderer.render(template, context)
    if step.attach == "ics":
        zone, _ = zone_of(facts.attributes, world.account)
        invite(dict(facts.event), uid=str(message.id), summary=rendered.subject or "", zone=zone)
    return rendered


def call(run: "LabRun", command: CallWebhook | NotifyColleagues) -> Result:
    """A webhook is answered 200 and colleagues are told, unless the scenario says otherwise."""
    moment = run.world.moment
    if run.row.leaving is not None:
        return Leave(moment=moment, reason=run.row.leaving), {}, ()
    if run.row.ghost:
        return outcome(moment, "done"), {"ghost": True}, ()
    answer = run.answer_to(command.step)
    if answer is not None and answer.refused:
        return outcome(moment, "refused", code="refused"), {}, ()
    step = run.program.steps[command.step]
    if isinstance(step, Webhook) and step.gather_as:
        run.row.gathered = {**run.row.gathered, step.gather_as: answer.reply if answer else {}}
    return outcome(moment, "done"), {"status": 200}, ()
