"""From everything that is known to a story: choose, put into sentences, put in order."""

from collections.abc import Iterator, Sequence

from domain.explain.missed import absence
from domain.explain.sending import ledger
from domain.explain.sentences import kind_of, sentence
from domain.explain.story import Line, Material, Story
from domain.explain.summary import answer
from domain.explain.voice import Voice, voice_of
from domain.records import CustomerRecord, DecisionRecord, EventRecord, MessageRecord

_REACTIONS = {
    "Message Delivered": "The provider reports {what} as delivered",
    "Message Opened": "Opened {what}",
    "Message Clicked": "Clicked a link in {what}",
    "Message Replied": "Replied to {what}",
    "Message Bounced": "{what} came back",
    "Message Complained": "Complained about {what}",
    "Unsubscribed": "Unsubscribed",
}


def tell(material: Material) -> Story:
    """The story of a customer: all of it, that of `material.journey`, or that of `material.message`."""
    voice = voice_of(material)
    message = material.message
    decisions = [decision for decision in material.decisions if message is None or _leads_to(decision, message)]
    lines = [_decided(decision, voice) for decision in decisions]
    lines += _reactions(material, voice)
    for line in _from_ledger(material, voice):
        lines.insert(_behind_its_gate(lines, line), line)
    lines += absence(material, voice)
    lines.sort(key=lambda line: line.at)
    return Story(
        title=_title(material),
        answer=answer(material, lines, voice),
        customer_id=material.customer.id,
        journey=material.journey.journey if material.journey else message.journey if message else None,
        message_id=message.id if message else None,
        zone=material.zone,
        zone_of=material.zone_of,
        is_cut=material.is_cut,
        lines=tuple(lines),
    )


def name_of(customer: CustomerRecord) -> str:
    """How the story calls a customer: by name, else by an id."""
    words = [customer.attributes.get("first_name"), customer.attributes.get("last_name")]
    name = " ".join(word for word in words if isinstance(word, str))
    own = next((identity.value for identity in customer.identities if identity.kind == "user_id"), None)
    return name or own or f"customer {customer.id}"


def _title(material: Material) -> str:
    name = name_of(material.customer)
    if material.message:
        return f"{name} and the message {material.message.channel}/{material.message.template}"
    return f"{name} and {material.journey.journey}" if material.journey else name


def _leads_to(decision: DecisionRecord, message: MessageRecord) -> bool:
    """What led to this message: the run up to its claim, and everything at its own step and visit."""
    if decision.run_id != message.run_id:
        return False
    is_own = (decision.step, decision.visit) == (message.step, message.visit)
    return is_own or (decision.at <= message.claimed_at and decision.kind not in ("gate", "send"))


def _decided(decision: DecisionRecord, voice: Voice) -> Line:
    return Line(
        at=decision.at,
        kind=kind_of(decision),
        sentence=sentence(decision, voice),
        journey=decision.journey,
        version=decision.version,
        run_id=decision.run_id,
        step=decision.step,
        detail={"kind": decision.kind, "outcome": decision.outcome, **decision.detail},
    )


def _reactions(material: Material, voice: Voice) -> Iterator[Line]:
    """What came back for the messages of the story."""
    wanted = {str(material.message.id)} if material.message else set(voice.messages)
    for event in material.events:
        message = voice.messages.get(str(event.properties.get("message_id")))
        if event.name in _REACTIONS and message and str(message.id) in wanted:
            yield Line(
                at=event.timestamp,
                kind="reaction",
                sentence=_reaction(event, message),
                journey=message.journey,
                version=message.version,
                run_id=message.run_id,
                step=message.step,
                detail={**event.properties, "event": event.name},
            )


def _reaction(event: EventRecord, message: MessageRecord) -> str:
    text = _REACTIONS[event.name].format(what=f"{message.channel}/{message.template}")
    link = event.properties.get("link")
    text += f" ({link})" if isinstance(link, str) and link else ""
    return text + (", by a machine: marked, not counted." if event.properties.get("machine") else ".")


def _from_ledger(material: Material, voice: Voice) -> Iterator[Line]:
    """Messages whose last word is not in the decision log, told from the ledger."""
    told = {decision.detail.get("message_id") for decision in material.decisions if _is_last_word(decision)}
    for message in (material.message,) if material.message else material.messages:
        if str(message.id) not in told:
            yield Line(
                at=message.handed_over_at or message.claimed_at,
                kind="send",
                sentence=ledger(message, voice),
                journey=message.journey,
                version=message.version,
                run_id=message.run_id,
                step=message.step,
                detail={"message_id": str(message.id), "state": message.state, "answer": message.answer},
            )


def _behind_its_gate(lines: Sequence[Line], line: Line) -> int:
    """Where a line of the ledger belongs among lines of the same moment: behind the checks of its step."""
    gates = [
        place for place, one in enumerate(lines) if (one.kind, one.run_id, one.step) == ("gate", line.run_id, line.step)
    ]
    return gates[-1] + 1 if gates else len(lines)


def _is_last_word(decision: DecisionRecord) -> bool:
    return decision.kind == "send" and decision.outcome not in ("released", "unknown")
