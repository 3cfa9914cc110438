"""The compiler: reads the document, joins its steps to a program, and says everything that is wrong at once."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pydantic import JsonValue, ValidationError

from domain.compiler.checks import check_reach, check_uses
from domain.compiler.draft import Draft, Written
from domain.compiler.identifiers import with_ids
from domain.compiler.known import Compiled, Known
from domain.compiler.plan import block
from domain.compiler.report import join
from domain.compiler.soundness import check_sound
from domain.compiler.triggers import entries, exits, goal, read_triggers
from domain.document.entry import EntryForm, ExitForm, GoalForm
from domain.document.journey import JourneyDocument
from domain.document.steps import every_step, kind_of
from domain.errors import InvalidDocument
from domain.program import Edge, Operation, Program, QuietHours


def compile_journey(document: Mapping[str, JsonValue], known: Known, *, version: int = 0) -> Compiled:
    """The program of a journey document. Pure: the same document and world give the same answer.

    Steps without an id are given one, which `Compiled.document` shows. Raises InvalidDocument with every problem.
    """
    check_sound(document)
    written = with_ids(document)
    draft = Draft(known)
    form = _read(draft, written)
    draft.known = _with_itself(known, form)
    _remember_steps(draft, form.steps)
    program = _program(draft, form, version)
    if draft.report.problems:
        raise InvalidDocument(tuple(draft.report.problems))
    return Compiled(program, written, tuple(draft.report.warnings), tuple(draft.rules))


def _read(draft: Draft, written: Mapping[str, JsonValue]) -> JourneyDocument:
    """The document's own keys. Those that cannot be read are noted and left out, so that the rest is checked too."""
    try:
        return JourneyDocument.model_validate(written)
    except ValidationError as refused:
        draft.report.explain(refused, written, "")
        draft.is_whole = False
        wrong = {error["loc"][0] for error in refused.errors() if error["loc"]}
        rest = {key: value for key, value in written.items() if key not in wrong}
        return JourneyDocument.model_validate({"journey": "unreadable", "entry": None, "steps": [], **rest})


def _with_itself(known: Known, form: JourneyDocument) -> Known:
    """A journey may start and stop runs of its own, as it is from now on."""
    inputs = {name: declared for name, declared in known.inputs.items() if name != form.journey}
    if can_be_requested(form.entry):
        inputs[form.journey] = dict(form.inputs)
    journeys = known.journeys | {form.journey} if known.journeys is not None else None
    return replace(known, journeys=journeys, inputs=inputs)


def known_with(known: Known, documents: Iterable[Mapping[str, JsonValue]]) -> Known:
    """What is known where these journeys are published too, in the same moment."""
    journeys, inputs = known.journeys, dict(known.inputs)
    for document in documents:
        name, declared = str(document.get("journey")), document.get("inputs")
        journeys = journeys | {name} if journeys is not None else None
        inputs.pop(name, None)
        if can_be_requested(document.get("entry")):
            inputs[name] = {key: str(kind) for key, kind in declared.items()} if isinstance(declared, dict) else {}
    return replace(known, journeys=journeys, inputs=inputs)


def can_be_requested(entry: JsonValue) -> bool:
    """Whether one of the entries, as written, takes people in by request."""
    written = entry if isinstance(entry, list) else [entry]
    return any(isinstance(one, Mapping) and one.get("manual") is True for one in written)


def _remember_steps(draft: Draft, steps: object) -> None:
    for keys, step in every_step(steps):
        name, path = str(step["id"]), join("", *keys)
        if name in draft.written:
            first = draft.written[name].path
            draft.report.refuse(
                join(path, "id"), f"`{name}` is the id of {first} too", "Give each its own.", "duplicate_id"
            )
            draft.is_whole = False
        draft.written.setdefault(name, Written(path, kind_of(step)))


def _program(draft: Draft, form: JourneyDocument, version: int) -> Program:
    read = read_triggers(draft, EntryForm, form.entry, "entry")
    goals = read_triggers(draft, GoalForm, form.goal, "goal")
    leaving = read_triggers(draft, ExitForm, form.exit, "exit")
    draft.inputs = frozenset(form.inputs)
    draft.has_key = not draft.is_whole or all(entry.per is not None for _, entry in read)
    draft.has_items = not draft.is_whole or any(entry.each is not None for _, entry in read)
    draft.can_leave = form.goal is not None or form.exit is not None
    draft.topic = form.topic
    draft.utm = form.utm.parameters() if form.utm else {}
    _check_defaults(draft, form, any(entry.manual for _, entry in read))
    program = Program(
        journey=form.journey,
        version=version,
        title=form.title or form.journey,
        entries=entries(draft, read),
        inputs=dict(form.inputs),
        goal=goal(draft, goals),
        exits=exits(draft, leaving),
        on_merge=form.on_merge,
        quiet_hours=QuietHours(start=form.quiet_hours.start, end=form.quiet_hours.end) if form.quiet_hours else None,
        caps=form.caps,
        topic=form.topic,
        priority=form.priority,
        start=block(draft, form.steps, "steps", None, ()),
        steps={},
    )
    _check_plan(draft, program.start)
    return program.model_copy(update={"steps": _in_reading_order(draft)})


def _check_defaults(draft: Draft, form: JourneyDocument, is_manual: bool) -> None:
    if form.topic is not None:
        draft.has_topic(form.topic, "topic")
    for channel in form.caps:
        if channel != "all" and channel not in draft.known.channels:
            remedy = "Configure a provider, or leave the cap out."
            draft.report.warn(join("caps", channel), f"no provider sends by `{channel}`", remedy, "no_provider")
    if form.inputs and draft.is_whole and not is_manual:
        remedy = "Add `manual: true` to the entries, or leave `inputs` out."
        draft.report.refuse("inputs", "only a manual entry can bring inputs, and there is none", remedy)


def _check_plan(draft: Draft, start: Edge) -> None:
    if draft.is_whole and start is None:
        draft.report.refuse("steps", "the journey has no steps", "Add one, as in `- send: email/welcome`.")
    check_uses(draft)
    if draft.is_whole:
        check_reach(draft, start)


def _in_reading_order(draft: Draft) -> dict[str, Operation]:
    """The steps as the document has them; what ends a stage, round or lane stands behind the step that opens it."""
    ends: dict[str, list[str]] = {}
    for name in draft.steps:
        ends.setdefault(name.partition("/")[0], []).append(name)
    names = [name for written in draft.written for name in sorted(ends.get(written, ()), key=lambda one: "/" in one)]
    return {name: draft.steps[name] for name in names}
