"""Every kind of step there is, by the key that names it, and where steps stand inside steps."""

from collections.abc import Iterator, Mapping

from domain.document.asking import ApproveStep
from domain.document.branching import (
    BranchStep,
    ExitStep,
    NoteStep,
    ParallelStep,
    RepeatStep,
    SplitStep,
    StageStep,
)
from domain.document.calling import NotifyStep, WebhookStep
from domain.document.changing import ScoreStep, SetStep, SubscribeStep, UnsubscribeStep
from domain.document.listening import WaitForStep
from domain.document.others import StartJourneyStep, StopJourneyStep
from domain.document.sending import SendStep
from domain.document.step import StepForm
from domain.document.waiting import WaitStep

STEPS: dict[str, type[StepForm]] = {
    "send": SendStep,
    "wait": WaitStep,
    "wait_for": WaitForStep,
    "branch": BranchStep,
    "split": SplitStep,
    "stage": StageStep,
    "repeat": RepeatStep,
    "parallel": ParallelStep,
    "set": SetStep,
    "add_tags": SetStep,
    "remove_tags": SetStep,
    "increment": SetStep,
    "score": ScoreStep,
    "webhook": WebhookStep,
    "notify": NotifyStep,
    "subscribe": SubscribeStep,
    "unsubscribe": UnsubscribeStep,
    "approve": ApproveStep,
    "start_journey": StartJourneyStep,
    "stop_journey": StopJourneyStep,
    "exit": ExitStep,
    "note": NoteStep,
}

NESTING = ("branch", "split", "stage", "repeat", "parallel", "wait_for")
"""The kinds that have steps within their own value."""

Key = str | int
Path = tuple[Key, ...]


def kind_of(step: Mapping[str, object]) -> str | None:
    """The key that says what the step does; None when there is none."""
    return next((key for key in step if key in STEPS), None)


def inner_steps(step: Mapping[str, object]) -> Iterator[tuple[Path, list[object]]]:
    """The lists of steps inside a step as written, with the keys that lead there, in reading order."""
    for key, value in step.items():
        if key in ("then", "else", "approved", "rejected"):
            yield from _listed((key,), value)
        elif key in NESTING:
            yield from _inside((key,), value)


def _inside(path: Path, value: object) -> Iterator[tuple[Path, list[object]]]:
    """Within `branch`, `split`, `stage`, `repeat`, `parallel` and a race: under `steps`, `else`, `then` and the values of
    `cases` and `branches`."""
    if isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _inside((*path, index), entry)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if path == ("split",) or key == "first":
                yield from _inside((*path, key), inner)
            elif key in ("steps", "else", "then"):
                yield from _listed((*path, key), inner)
            elif key in ("cases", "branches") and isinstance(inner, Mapping):
                for case, steps in inner.items():
                    yield from _listed((*path, key, case), steps)


def _listed(path: Path, value: object) -> Iterator[tuple[Path, list[object]]]:
    if isinstance(value, list):
        yield path, value


def every_step(steps: object, path: Path = ("steps",)) -> Iterator[tuple[Path, Mapping[str, object]]]:
    """All steps as written, however deep, in reading order."""
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(step, Mapping):
            yield (*path, index), step
            for inner, nested in inner_steps(step):
                yield from every_step(nested, (*path, index, *inner))
