"""Reads the questions about a customer that are not comparisons: what they did, how often, how they can be reached."""

from collections.abc import Callable, Mapping
from typing import Any, get_args

from domain.rules.reading.comparisons import NUMERIC, read_span, read_tests
from domain.rules.reading.conditions import read_where
from domain.rules.reading.place import Place, did_you_mean, kind_of
from domain.rules.references import is_path, storable
from domain.rules.rule import (
    Aggregate,
    AnyOf,
    Did,
    Gap,
    InSegment,
    Reachable,
    Reacted,
    Rule,
    ScoreIs,
    Subscribed,
)

Fields = Mapping[str, object]
_TESTS = tuple(operator.value for operator in NUMERIC)


def _did(raw: object, place: Place) -> Rule | None:
    fields = _with_event(raw, place, ("event", "where", "in_last", "at_least", "at_most"))
    if fields is None:
        return None
    least = _count(fields, "at_least", place, 1)
    most = _count(fields, "at_most", place, 0) if "at_most" in fields else None
    if most == 0:
        place.at("at_most").refuse("At most 0 times is never.", "Use did_not.")
    elif most is not None and most < least:
        place.at("at_most").refuse(f"At most {most} cannot be if it is at least {least}.", "Swap them.")
    return Did(at_least=least, at_most=most, **_happenings(fields, place))


def _did_not(raw: object, place: Place) -> Rule | None:
    fields = _with_event(raw, place, ("event", "where", "in_last"))
    return Did(at_least=0, at_most=0, **_happenings(fields, place)) if fields is not None else None


def _aggregate(function: str) -> Callable[[object, Place], Rule | None]:
    def read(raw: object, place: Place) -> Rule | None:
        form = f"{{of: Order Completed{'' if function == 'count' else '.total'}, gte: 5}}"
        fields = place.mapping(raw, ("of", "where", "in_last", *_TESTS), form)
        if fields is None:
            return None
        event, name = _of(fields.get("of"), place.at("of"), function)
        return Aggregate(
            function=function,
            event=event,
            property=name,
            where=_where(fields, place),
            in_last=_in_last(fields, place),
            tests=_tests(fields, place, "number"),
        )

    return read


def _gap(raw: object, place: Place) -> Rule | None:
    fields = place.mapping(raw, ("of", "stat", "at_least", *_TESTS), "{of: Order Completed, stat: median, lte: 40d}")
    if fields is None:
        return None
    return Gap(
        event=_name(fields.get("of"), place.at("of"), "an event"),
        stat=_choice(Gap, "stat", fields, place),
        at_least=_count(fields, "at_least", place, 1),
        tests=_tests(fields, place, "duration"),
    )


def _reacted(raw: object, place: Place) -> Rule | None:
    raw = {"to": raw} if isinstance(raw, str) else raw
    fields = place.mapping(raw, ("to", "how", "link", "in_last"), "{to: send-welcome, how: clicked}")
    if fields is None:
        return None
    return Reacted(
        to=_name(fields.get("to"), place.at("to"), "a send step"),
        how=_choice(Reacted, "how", fields, place),
        link=_name(fields["link"], place.at("link"), "a link") if "link" in fields else None,
        in_last=_in_last(fields, place),
    )


def _score(raw: object, place: Place) -> Rule | None:
    return ScoreIs(tests=tests) if (tests := read_tests(raw, place, "number")) else None


def _reachable(raw: object, place: Place) -> Rule | None:
    return Reachable(channels=_names(raw, place, "a channel"))


def _subscribed(raw: object, place: Place) -> Rule | None:
    return _one_of([Subscribed(topic=name) for name in _names(raw, place, "a topic")])


def _in_segment(raw: object, place: Place) -> Rule | None:
    return _one_of([InSegment(segment=name) for name in _names(raw, place, "a segment")])


QUESTIONS: Mapping[str, Callable[[object, Place], Rule | None]] = {
    "did": _did,
    "did_not": _did_not,
    **{function: _aggregate(function) for function in ("sum", "avg", "min", "max", "count")},
    "gap": _gap,
    "in_segment": _in_segment,
    "score": _score,
    "reacted": _reacted,
    "reachable": _reachable,
    "subscribed": _subscribed,
}
"""The words that begin a question. An attribute of the same name is written `customer.sum`."""


def _with_event(raw: object, place: Place, keys: tuple[str, ...]) -> Fields | None:
    """`did: Order Completed` is short for `did: {event: Order Completed}`."""
    raw = {"event": raw} if isinstance(raw, str | list) else raw
    return place.mapping(raw, keys, "{event: Order Completed, in_last: 90d}")


def _happenings(fields: Fields, place: Place) -> dict[str, Any]:
    return {
        "events": _names(fields.get("event"), place.at("event"), "an event"),
        "where": _where(fields, place),
        "in_last": _in_last(fields, place),
    }


def _where(fields: Fields, place: Place) -> Rule | None:
    return read_where(fields["where"], place.at("where")) if "where" in fields else None


def _in_last(fields: Fields, place: Place) -> Any:
    return read_span(fields["in_last"], place.at("in_last")) if "in_last" in fields else None


def _tests(fields: Fields, place: Place, kind: Any) -> Any:
    tests = {name: value for name, value in fields.items() if name in _TESTS}
    if tests:
        return read_tests(tests, place, kind)
    place.refuse("There is nothing to compare with.", f"Add one of {', '.join(_TESTS)}.", "empty")
    return ()


def _of(raw: object, place: Place, function: str) -> tuple[str, str | None]:
    """`Order Completed.total`, or `{event: order.completed, property: total}` where the event's name has a dot."""
    if isinstance(raw, Mapping):
        fields = place.mapping(raw, ("event", "property"), "{event: order.completed, property: total}") or {}
        first, name = fields.get("event"), fields.get("property")
    else:
        before, dot, after = raw.partition(".") if isinstance(raw, str) else ("", "", "")
        first, name = before or raw, after if dot else None
    problems = len(place.problems)
    event = _name(first, place, "an event")
    if isinstance(name, str) and is_path(name):
        return event, name
    if name is not None or (function != "count" and len(place.problems) == problems):
        remedy = "Write it as in Order Completed.total."
        place.refuse(f"This names no property to take the {function} of.", remedy, "invalid_name")
    return event, None


def _count(fields: Fields, key: str, place: Place, default: int) -> int:
    value = fields.get(key, default)
    if isinstance(value, int) and not isinstance(value, bool) and value >= default:
        return value
    place.at(key).refuse(f"{kind_of(value)} cannot stand here.", f"Write a whole number from {default}.", "wrong_type")
    return default


def _choice(model: type[Gap] | type[Reacted], key: str, fields: Fields, place: Place) -> Any:
    info = model.model_fields[key]
    value = fields.get(key, info.default)
    if value in get_args(info.annotation):
        return value
    place.at(key).refuse(
        f"`{value}` is not known here.", did_you_mean(str(value), get_args(info.annotation)), "unknown_word"
    )
    return info.default


def _names(raw: object, place: Place, what: str) -> tuple[str, ...]:
    """One name or a list of them; at least one."""
    if not isinstance(raw, list):
        return (_name(raw, place, what),)
    if not raw:
        place.refuse("This list is empty.", f"Name {what}.", "empty")
    return tuple(_name(name, place.element(index), what) for index, name in enumerate(raw))


def _name(raw: object, place: Place, what: str) -> str:
    """The name that stands here. One that is refused is read as `?`, so that the rest can be read too."""
    if isinstance(raw, str) and raw and storable(raw):
        return raw
    place.refuse(
        f"{kind_of(raw)} stands where the name of {what} should.", f"Write the name of {what} as text.", "wrong_type"
    )
    return "?"


def _one_of(rules: list[Any]) -> Rule | None:
    if not rules:
        return None
    return rules[0] if len(rules) == 1 else AnyOf(of=tuple(rules))
