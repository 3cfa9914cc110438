"""Walks the plan: reads every step as written, compiles it, and joins the end of each list to the step after it."""

from collections.abc import Mapping

from domain.compiler.draft import Draft
from domain.compiler.later import LATER, found_later
from domain.compiler.operations.operation import operation
from domain.compiler.report import join
from domain.compiler.spot import Spot
from domain.document.branching import NoteStep
from domain.document.form import briefly, meant
from domain.document.step import StepForm
from domain.document.steps import STEPS, inner_steps, kind_of
from domain.program import Edge


def block(draft: Draft, steps: object, path: str, after: Edge, scopes: tuple[str, ...]) -> Edge:
    """Compiles a list of steps; gives the edge into it, which for an empty list is `after`. Notes are passed over."""
    written = steps if isinstance(steps, list) else []
    edges = [after]
    for step in reversed(written):
        is_done = isinstance(step, Mapping) and "note" not in step
        edges.append(str(step["id"]) if is_done else edges[-1])
    edges.reverse()
    for index, step in enumerate(written):
        _step(draft, step, join(path, index), edges[index + 1], scopes)
    return edges[0]


def _step(draft: Draft, step: object, path: str, after: Edge, scopes: tuple[str, ...]) -> None:
    if not isinstance(step, Mapping):
        draft.report.refuse(
            path, f"{briefly(step)} stands where a step is needed", "Write a mapping, as in `- wait: 3d`."
        )
        draft.is_whole = False
        return
    form = _read(draft, step, path)
    if isinstance(form, NoteStep):
        return
    if form is not None:
        draft.add(operation(form, Spot(draft, block, str(step["id"]), path, scopes, after)))
        return
    draft.is_whole = False
    for keys, nested in inner_steps(step):
        block(draft, nested, join(path, *keys), after, scopes)


def _read(draft: Draft, step: Mapping[str, object], path: str) -> StepForm | None:
    """The step as its form. None, with the reasons noted, when it is no step, two steps, or one of a later version."""
    report = draft.report
    kind = kind_of(step)
    missing = [(key, f"`{key}` steps", LATER["step"][key]) for key in step if key in LATER["step"]]
    missing += found_later(kind, step[kind]) if kind else ()
    for key, words, remedy in missing:
        report.refuse(
            join(path, *([key] if key in step else [kind or "", key])),
            f"this version does not run {words}",
            remedy,
            "not_available",
        )
    if missing:
        return None
    kinds = {STEPS[key] for key in step if key in STEPS}
    if kind is None:
        word = next((key for key in step if key not in ("id", "then", "else")), "")
        report.refuse(path, "this is no step", meant(str(word), list(STEPS)), "unknown_step")
        return None
    if len(kinds) > 1:
        both = ", ".join(f"`{key}`" for key in step if key in STEPS)
        report.refuse(path, f"a step does one thing, and this has {both}", "Begin a new step with a hyphen for each.")
        return None
    return report.read(STEPS[kind], step, path)
