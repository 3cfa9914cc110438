"""Entries, the goal and exits."""

from collections.abc import Sequence
from typing import TypeVar

from domain.compiler.draft import ENTRY, Draft
from domain.compiler.identifiers import slug, unused
from domain.compiler.later import found_later
from domain.compiler.report import join
from domain.document.entry import EntryForm, Every, ExitForm, GoalForm, TriggerForm
from domain.document.form import Form
from domain.program import Entry, Goal, Trigger

F = TypeVar("F", bound=Form)
_DAY = Entry.model_fields["max_age"].default


def read_triggers(draft: Draft, form: type[F], written: object, path: str) -> list[tuple[str, F]]:
    """One trigger or a list of them, each with its path. What cannot be read is noted and left out."""
    if written is None:
        return []
    places = (
        [(join(path, index), one) for index, one in enumerate(written)]
        if isinstance(written, list)
        else [(path, written)]
    )
    if not places:
        draft.report.refuse(path, "must not be empty", "Write a trigger, or leave the key out.")
    found = []
    for place, one in places:
        later = list(found_later("entry", one))
        for key, words, remedy in later:
            message = f"this version does not run {words} triggers"
            draft.report.refuse(join(place, key), message, remedy, "not_available")
        read = None if later else draft.report.read(form, one, place)
        if read is None:
            draft.is_whole = False
        else:
            found.append((place, read))
    return found


def entries(draft: Draft, read: Sequence[tuple[str, EntryForm]]) -> tuple[Entry, ...]:
    return tuple(_entry(draft, form, path, index) for index, (path, form) in enumerate(read))


def _entry(draft: Draft, form: EntryForm, path: str, index: int) -> Entry:
    trigger = Trigger(
        id=f"entry/{index}",
        events=form.event or (),
        where=draft.rule(form.where, join(path, "where"), ENTRY, "arriving") if form.where is not None else None,
        rule=draft.rule(form.condition, join(path, "if"), ENTRY) if form.condition is not None else None,
    )
    return Entry(
        trigger=trigger,
        manual=form.manual is not None,
        per=form.per,
        again=form.again.every if isinstance(form.again, Every) else form.again,
        on_repeat=form.on_repeat,
        each=form.each.removeprefix("event.") if form.each else None,
        max_age=form.max_age or _DAY,
        holdout=form.holdout,
        intake=form.intake,
    )


def goal(draft: Draft, read: Sequence[tuple[str, GoalForm]]) -> Goal | None:
    """The goal; `within`, `from` and `value` are the journey's, wherever in the list they stand."""
    if not read:
        return None
    for key, said in (
        ("within", [form.within for _, form in read]),
        ("from", [form.counts_from for _, form in read]),
        ("value", [form.value for _, form in read]),
    ):
        if len({one for one in said if one is not None}) > 1:
            draft.report.refuse(
                join("goal", key), f"the goal has several `{key}`", "Say it once, for all of its triggers."
            )
    forms = [form for _, form in read]
    return Goal(
        triggers=tuple(_trigger(draft, form, path, f"goal/{index}") for index, (path, form) in enumerate(read)),
        within=next((form.within for form in forms if form.within is not None), None),
        counts_from=next((form.counts_from for form in forms if form.counts_from is not None), "entry"),
        value=next((form.value for form in forms if form.value is not None), None),
    )


def exits(draft: Draft, read: Sequence[tuple[str, ExitForm]]) -> tuple[Trigger, ...]:
    """Exits by name: the author's, else the event's in kebab-case."""
    taken: set[object] = set()
    for path, form in read:
        if form.id in taken:
            draft.report.refuse(
                join(path, "id"), f"there are two exits `{form.id}`", "Give each its own.", "duplicate_id"
            )
        taken.update({form.id} - {None})
    triggers = []
    for path, form in read:
        name = form.id or unused(slug(form.event[0]) or "exit", taken)
        taken.add(name)
        triggers.append(_trigger(draft, form, path, name))
    return tuple(triggers)


def _trigger(draft: Draft, form: TriggerForm, path: str, name: str) -> Trigger:
    draft.is_the_key(form.same, join(path, "same"))
    return Trigger(
        id=name,
        events=form.event,
        where=draft.rule(form.where, join(path, "where"), None, "arriving") if form.where is not None else None,
        rule=draft.rule(form.condition, join(path, "if"), None) if form.condition is not None else None,
        same=form.same,
    )
