"""Gate and ledger as sentences: what was asked before a send, and what became of it."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from domain.explain.voice import Voice, because, listed, shown, text_of
from domain.program import Send
from domain.records import DecisionRecord, MessageRecord

Asked = Mapping[str, JsonValue]
"""A `domain.gate.Asked` as it stands in the log: one channel, its outcome, its checks."""


def gate(decision: DecisionRecord, voice: Voice) -> str | None:
    """The verdict with the checks that made it. Each channel that gave way to the next is named with its reason."""
    asked = list(_asked(decision))
    if not asked:
        return None
    passed_over = [f"Cannot go by {_channel(one)}: {_failed(one)}." for one in asked[:-1]]
    return " ".join([*passed_over, _verdict(decision, asked[-1])])


def _verdict(decision: DecisionRecord, asked: Asked) -> str:
    what = f"{decision.step} by {_channel(asked)}"
    match decision.outcome:
        case "go":
            return f"Every check for {what} passed: {listed(_clause(check) for check in _checks(asked))}."
        case "defer":
            return f"Holds {what} back: {_failed(asked)}."
        case "hold":
            return f"Rests with {what}: {_failed(asked)}."
        case "late":
            return f"Too late for {what}: {_failed(asked)}."
        case _:
            return f"Did not send {what}: {_failed(asked)}."


def send(decision: DecisionRecord, voice: Voice) -> str | None:
    """What became of an attempt, with template, version and the provider's own words."""
    message = voice.messages.get(text_of(decision, "message_id"))
    what = noun_of(message) if message else _planned(decision, voice)
    why = because(decision) if text_of(decision, "why") else _reason(decision)
    match decision.outcome:
        case "handed_over" | "sent":
            return f"Handed over {what}{_provider(message)}."
        case "ghost":
            return f"Would have sent {what}; nothing left the house, because {voice.ghost(decision.run_id)}."
        case "refused":
            return f"The provider refused {what}{why}"
        case "released":
            return f"Could not hand over {what} yet, and tries again{why}"
        case "unknown":
            return f"Nobody can say whether {what} was taken{why}"
        case "skipped":
            return f"Did not send {what}{why}"
        case "late":
            return f"Too late to send {what}{why}"
        case "defect":
            return f"Could not make {what}{why}"
    return None


def ledger(message: MessageRecord, voice: Voice) -> str:
    """What the ledger alone says about a message."""
    what = noun_of(message)
    code = message.answer.get("reason") or message.answer.get("code")
    why = f": {shown(code)}" if code else ""
    match message.state:
        case "handed_over" | "delivered" | "bounced" | "complained":
            return f"Handed over {what}{_provider(message)}."
        case "ghost":
            return f"Would have sent {what}; nothing left the house, because {voice.ghost(message.run_id)}."
        case "refused":
            return f"The provider refused {what}{why}."
        case "released":
            return f"Could not hand over {what}, and tried again later{why}."
        case "unknown":
            return f"Nobody can say whether {what} was taken{why}."
        case _:
            return f"Claimed {what}: it is being handed over."


def noun_of(message: MessageRecord) -> str:
    """`the email welcome (template version 4)`."""
    return f"{_noun(message.channel)} {message.template} (template version {message.template_version})"


def _planned(decision: DecisionRecord, voice: Voice) -> str:
    step = voice.step(decision)
    channels = listed(step.channels, "or") if isinstance(step, Send) else ""
    template = step.template if isinstance(step, Send) else str(decision.step)
    return f"{_noun(text_of(decision, 'channel') or channels)} {template}"


def _noun(channel: str) -> str:
    return {"email": "the email", "sms": "the text message"}.get(channel, f"the {channel} message")


def _provider(message: MessageRecord | None) -> str:
    if message is None or not message.provider:
        return ""
    response = message.answer.get("response")
    return f" to {message.provider}" + (f", which answered {shown(response)}" if response else "")


def _reason(decision: DecisionRecord) -> str:
    said = text_of(decision, "reason") or text_of(decision, "code")
    return f": {said.rstrip('.')}." if said else "."


def _asked(decision: DecisionRecord) -> Iterator[Asked]:
    asked = decision.detail.get("asked")
    for one in asked if isinstance(asked, list) else []:
        if isinstance(one, dict):
            yield one


def _channel(asked: Asked) -> str:
    return str(asked.get("channel", "any channel"))


def _checks(asked: Asked) -> Iterator[Asked]:
    checks = asked.get("checks")
    for check in checks if isinstance(checks, list) else []:
        if isinstance(check, dict):
            yield check


def _failed(asked: Asked) -> str:
    return listed(_clause(check) for check in _checks(asked) if not check.get("passed")) or "it may not"


def _clause(check: Asked) -> str:
    name = str(check.get("check", "check")).replace("_", " ")
    why = check.get("why")
    return f"{name} ({why})" if why else name
