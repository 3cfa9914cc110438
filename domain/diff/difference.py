"""Compares two versions of a journey, step by step and setting by setting. Pure."""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Literal

from domain.compiler.graph import reading_order
from domain.diff.phrases import phrase, settings, title_of
from domain.diff.renaming import called, renames
from domain.frozen import Frozen
from domain.program import Operation, Program

Kind = Literal["added", "removed", "renamed", "moved", "changed", "entry", "goal", "exit", "setting"]

_DEFAULTS = ("title", "on_merge", "quiet_hours", "caps", "topic", "priority", "inputs")


class Change(Frozen):
    """One difference in words. `step` is the id in the version that has it; `people` how many stand there, if that was counted."""

    kind: Kind
    step: str | None = None
    words: str
    people: int | None = None


def difference(
    old: Program, new: Program, people: Mapping[str, int] | None = None, steps: Mapping[str, str] | None = None
) -> tuple[Change, ...]:
    """What `new` does otherwise than `old`; empty when it does the same. `people` counts those who stand at steps of `old`, and
    `steps` says which steps of `new` take the place of which, as a migration would be told."""
    mapped = dict(steps or {})
    renamed = renames(old, mapped)
    before = called(old, renamed)
    changes = [*_whole(before, new), *_removed(before, new, mapped), *_renamed(renamed), *_steps(before, new)]
    if people is None:
        return tuple(changes)
    here = {renamed.get(name, name): count for name, count in people.items()}
    return tuple(_counted(change, here) for change in changes)


def _counted(change: Change, people: Mapping[str, int]) -> Change:
    """Who stands at the step reads it in the same line."""
    count = people.get(change.step or "", 0)
    if change.step is None or change.kind == "added" or not count:
        return change
    there = f"{count:,} {'person stands' if count == 1 else 'people stand'} there".replace(",", " ")
    if ": " not in change.words and change.words.startswith("delay "):
        there = there.replace("person stands", "person is waiting").replace("people stand", "people are waiting")
    return change.model_copy(update={"people": count, "words": f"{change.words}: {there}"})


def _whole(old: Program, new: Program) -> Iterator[Change]:
    yield from _compared("entry", "entry", _entry(old), _entry(new))
    yield from _compared("goal", "goal", settings(old.goal) if old.goal else {}, settings(new.goal) if new.goal else {})
    for said, words in _sides(_exits(old), _exits(new)):
        yield Change(kind="exit", words=f"{words} exit: {said}")
    before, after = settings(old), settings(new)
    labels = [name.replace("_", " ") for name in _DEFAULTS]
    yield from _compared("setting", "journey", _only(before, labels), _only(after, labels))


def _entry(program: Program) -> dict[str, str]:
    if len(program.entries) == 1:
        return settings(program.entries[0])
    entries = [", ".join(f"{label} {said}" for label, said in settings(entry).items()) for entry in program.entries]
    return {f"entry {number}": said for number, said in enumerate(entries, start=1)}


def _exits(program: Program) -> list[str]:
    return [phrase(exit_) for exit_ in program.exits]


def _sides(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    yield from ((said, "no more") for said in before if said not in after)
    yield from ((said, "new") for said in after if said not in before)


def _only(said: Mapping[str, str], labels: list[str]) -> dict[str, str]:
    return {label: said[label] for label in labels if label in said}


def _removed(old: Program, new: Program, mapped: Mapping[str, str]) -> Iterator[Change]:
    for step in _own(old).values():
        if step.id not in new.steps:
            place = f", and whoever is there goes on at {mapped[step.id]}" if step.id in mapped else ""
            yield Change(kind="removed", step=step.id, words=f"{step.id} ({title_of(step)}) is gone{place}")


def _renamed(steps: Mapping[str, str]) -> Iterator[Change]:
    for name, now in steps.items():
        yield Change(kind="renamed", step=now, words=f"{name} is called {now} now")


def _steps(old: Program, new: Program) -> Iterator[Change]:
    moved = _moved(old, new)
    for step in _own(new).values():
        before = old.steps.get(step.id)
        if before is None:
            yield Change(kind="added", step=step.id, words=f"{step.id} ({title_of(step)}) is new {_place(new, step)}")
            continue
        if step.id in moved:
            words = f"{step.id} ({title_of(step)}) stands {_place(new, step)} now, and stood {_place(old, before)}"
            yield Change(kind="moved", step=step.id, words=words)
        yield from _changed(before, step)


def _changed(before: Operation, after: Operation) -> Iterator[Change]:
    if before.op != after.op:
        words = f"{after.id} was {title_of(before)} and is {title_of(after)}"
        yield Change(kind="changed", step=after.id, words=words)
        return
    yield from (
        change.model_copy(update={"step": after.id, "words": f"{change.words} at {after.id}"})
        for change in _compared("changed", "", settings(before), settings(after))
    )


def _compared(kind: Kind, whose: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    """One change for each setting that is said otherwise: `delay 3d to 2d`."""
    prefix = f"{whose}: " if whose else ""
    for label in dict.fromkeys((*before, *after)):
        match before.get(label), after.get(label):
            case (None, str(now)):
                yield Change(kind=kind, words=f"{prefix}{label} {now} is new")
            case (str(was), None):
                yield Change(kind=kind, words=f"{prefix}{label} {was} is gone")
            case (str(was), str(now)) if was != now:
                yield Change(kind=kind, words=f"{prefix}{label} {was} to {now}")


def _own(program: Program) -> dict[str, Operation]:
    """The author's steps; ends of stages, rounds and branches are the compiler's."""
    return {name: program.steps[name] for name in reading_order(program.start, program.steps) if "/" not in name}


def _moved(old: Program, new: Program) -> set[str]:
    """Steps of both versions that stand in another order, or in another stage, repeat or branch."""
    before = [name for name in _own(old) if name in new.steps]
    after = [name for name in _own(new) if name in old.steps]
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    kept = {before[block.a + index] for block in matcher.get_matching_blocks() for index in range(block.size)}
    scoped = {name for name in after if old.steps[name].scopes != new.steps[name].scopes}
    return {name for name in after if name not in kept} | scoped


def _place(program: Program, step: Operation) -> str:
    own = list(_own(program))
    index = own.index(step.id)
    place = f"after {own[index - 1]}" if index else "at the beginning"
    return f"{place} within {step.scopes[-1]}" if step.scopes else place
