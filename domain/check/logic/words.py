"""Facts in an author's words, as they could stand in a document."""

import json
from datetime import timedelta

from pydantic import JsonValue

from domain.check.logic.formula import Answered, Counted, Fact, Formula, Group, Tested
from domain.durations import format_duration
from domain.rules.rule import Aggregate, InSegment, Operator, Reachable, Reacted, Ref, Subscribed, Test


def told(part: Formula) -> str:
    """`plan: pro`, `score: {gt: 30}`, and so on; for alternatives, all of them."""
    if isinstance(part, Group):
        word = " and " if part.kind == "all" else " or "
        return word.join(told(one) for one in part.parts) or "anything"
    return _fact(part)


def _fact(fact: Fact) -> str:
    match fact:
        case Tested():
            said = f"`{_name(fact)}: {_test(fact.test, _unit(fact))}`"
            return said if fact.holds else f"not {said}"
        case Counted():
            return _counted(fact)
        case Answered():
            said = f"`{_question(fact)}`"
            return said if fact.holds else f"not {said}"


def _name(fact: Tested) -> str:
    subject = fact.subject
    if fact.computed is None:
        return subject.path if subject.root in ("customer", "arriving") else subject.name.rstrip(".")
    if isinstance(fact.computed, Aggregate):
        of = fact.computed.event + (f".{fact.computed.property}" if fact.computed.property else "")
        return f"{fact.computed.function} of {of}{_within(fact.computed.in_last)}"
    return f"{fact.computed.stat} gap of {fact.computed.event}"


def _unit(fact: Tested) -> bool:
    """Whether the numbers are seconds."""
    return fact.computed is not None and not isinstance(fact.computed, Aggregate)


def _test(test: Test, is_span: bool) -> str:
    value = test.value
    if isinstance(value, Ref):
        return (
            f"{{{test.operator}: {{ref: {value.ref}}}}}"
            if test.operator is not Operator.EQ
            else f"{{ref: {value.ref}}}"
        )
    if test.operator in (Operator.IN_LAST, Operator.IN_NEXT) or is_span:
        seconds = value if isinstance(value, list) else [value]
        value = ", ".join(format_duration(timedelta(seconds=float(one))) for one in seconds)  # type: ignore[arg-type]
        return f"{{{test.operator}: {value}}}"
    written = _value(value)
    return written if test.operator in (Operator.EQ, Operator.IN) else f"{{{test.operator}: {written}}}"


def _value(value: JsonValue) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    return (
        value if isinstance(value, str) and value.replace("_", "").isalnum() else json.dumps(value, ensure_ascii=False)
    )


def _counted(fact: Counted) -> str:
    events = " or ".join(sorted(fact.events)) + (" (with its `where`)" if fact.where is not None else "")
    window = _within(fact.in_last)
    if fact.at_most == 0:
        return f"`did_not {events}{window}`"
    bounds = [f"at least {fact.at_least}"] if fact.at_least > 1 or fact.at_most is not None else []
    bounds += [f"at most {fact.at_most}"] if fact.at_most is not None else []
    return f"`did {events}{window}`" + (f" {' and '.join(bounds)} times" if bounds else "")


def _within(in_last: timedelta | None) -> str:
    return "" if in_last is None else f" in the last {format_duration(in_last)}"


def _question(fact: Answered) -> str:
    match fact.question:
        case Reachable(channels=channels):
            return f"reachable: {', '.join(channels)}"
        case Reacted(to=to, how=how):
            return f"reacted: {how} {to}"
        case Subscribed(topic=topic):
            return f"subscribed: {topic}"
        case InSegment(segment=segment):
            return f"in_segment: {segment}"
