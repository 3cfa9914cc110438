"""Ids for steps that have none: made of what the step says, so that the same document always gets the same ones."""

import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from domain.compiler.report import join
from domain.document.steps import every_step, kind_of
from domain.errors import Problem

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_LONGEST = 60


def with_ids(document: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """A copy of the document in which every step has an id; ids that are there stay as they are."""
    copy = {key: _unshared(value) for key, value in document.items()}
    taken = {step["id"] for _, step in every_step(copy.get("steps")) if isinstance(step.get("id"), str)}
    for _, step in list(every_step(copy.get("steps"))):
        if "id" not in step and isinstance(step, dict):
            name = unused(suggest(step), taken)
            taken.add(name)
            said = dict(step)
            step.clear()
            step.update({"id": name, **said})
    return copy


def _unshared(value: JsonValue) -> JsonValue:
    """A deep copy in which no two places are one: an alias in YAML makes the same step stand twice."""
    if isinstance(value, dict):
        return {key: _unshared(item) for key, item in value.items()}
    return [_unshared(item) for item in value] if isinstance(value, list) else value


def missing_ids(document: Mapping[str, JsonValue]) -> tuple[Problem, ...]:
    """Steps without an id. A new version of a published journey may have none: nobody could tell its steps apart."""
    return tuple(
        Problem(
            path=join("", *path),
            message="This step has no id.",
            remedy="Run `sojourn journeys fmt`, which gives each step one.",
            code="missing_id",
        )
        for path, step in every_step(document.get("steps"))
        if "id" not in step
    )


def unused(name: str, taken: set[object]) -> str:
    """The name, with the lowest number from 2 that makes it new."""
    candidates = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
    return next(candidate for candidate in candidates if candidate not in taken)


def slug(*words: object) -> str:
    """Words in kebab-case: `Page Viewed` is page-viewed. Signs other than a to z and digits part words."""
    parts = (_NOT_WORD.sub("-", str(word).lower()).strip("-") for word in words)
    return "-".join(part for part in parts if part)[:_LONGEST].strip("-")


def suggest(step: Mapping[str, object]) -> str:
    """What a step is called that nobody has named, as in `send-welcome`, `wait-3d`, `wait-for-page-viewed`."""
    kind = kind_of(step) or next(iter(step), "step")
    return slug(kind, *_words(kind, step.get(kind))) or "step"


def _words(kind: str, said: object) -> Iterator[object]:
    match kind, said:
        case "send", str():
            yield said.rpartition("/")[2]
        case "send", Mapping():
            yield said.get("template", "")
        case "wait", Mapping():
            yield from _wait_words(said)
        case "wait_for", Mapping():
            yield from _wait_for_words(said)
        case "branch", {"by": by}:
            yield from ("by", str(by).rpartition(".")[2])
        case "set" | "increment", Mapping():
            yield next(iter(said), "")
        case "approve", ({"of": str(step)} | {"of": [str(step), *_]}):
            yield step
        case (("start_journey" | "stop_journey"), {"journey": journey}):
            yield journey
        case (("wait" | "exit" | "subscribe" | "unsubscribe" | "start_journey" | "stop_journey"), str()):
            yield said


def _wait_words(said: Mapping[str, object]) -> Iterator[object]:
    match said:
        case {"until": str(until), "offset": str(offset)}:
            yield from (
                offset.lstrip("-"),
                "before" if offset.startswith("-") else "after",
                until.partition(".")[2] or until,
            )
        case {"until": str(until)}:
            yield from ("until", until.partition(".")[2] or until.replace(":", ""))
        case {"window": _}:
            yield "window"
        case {"silence": _}:
            yield from ("silence", said.get("for", ""))
        case {"for": str(span)}:
            yield span
        case {"for": _}:
            yield "learned"
        case {"business_days": days}:
            yield from (days, "business-days")


def _wait_for_words(said: Mapping[str, object]) -> Iterator[object]:
    match said:
        case {"event": str(event)} | {"event": [str(event), *_]}:
            yield event
        case {"reaction": reaction}:
            yield reaction
        case {"rule": _}:
            yield "rule"
        case {"first": [*entries]}:
            for entry in entries[:2]:
                yield from _wait_for_words(entry if isinstance(entry, Mapping) else {})
