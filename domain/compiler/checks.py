"""What can only be seen once the whole plan is there: ways that lead nowhere, and references to what was not done before."""

from collections.abc import Mapping

from domain.compiler.draft import ENTRY, Draft, Use
from domain.compiler.graph import after, ways
from domain.document.form import meant
from domain.program import Edge, EndLane, EndRound, EndStage, Operation, Stage


def check_reach(draft: Draft, start: Edge) -> None:
    """Refuses steps to which no way leads; of several in a row only the first is named."""
    reached = {start, *after(start, draft.steps)} if start is not None else set()
    lost = {name: step for name, step in draft.steps.items() if name not in reached and not _is_end(step)}
    followers = {follower for step in lost.values() for follower in ways(step, draft.steps)}
    for name in lost:
        if name not in followers:
            remedy = "Every way ends or turns off before it; move it or take it out."
            draft.report.refuse(draft.written[name].path, "this step cannot be reached", remedy, "unreachable")


def _is_end(step: Operation) -> bool:
    return isinstance(step, EndStage | EndRound | EndLane)


def check_uses(draft: Draft) -> None:
    """Refuses reactions to what was not sent, and `run.` names that nobody has gathered."""
    for use in draft.uses:
        if use.what != "gathered":
            _check_sent(draft, use)
        else:
            _check_gathered(draft, use)


def _check_sent(draft: Draft, use: Use) -> None:
    senders = [name for name, step in draft.written.items() if step.kind == "send"]
    if use.name not in draft.written:
        message, remedy = f"there is no step `{use.name}`", meant(use.name, senders)
    elif use.name not in senders:
        message, remedy = f"`{use.name}` does not send anything", meant("", senders)
    elif use.what == "to_send" or _may_precede(draft, use.name, use.step):
        return
    else:
        message, remedy = f"`{use.name}` cannot have been sent before this", "Refer to a send step that comes earlier."
    draft.report.refuse(use.path, message, remedy, "unknown_step")


def _check_gathered(draft: Draft, use: Use) -> None:
    gatherers = draft.gatherers.get(use.name, [])
    if use.name in draft.inputs or any(_may_precede(draft, step, use.step) for step in gatherers):
        return
    if gatherers:
        message, remedy = f"`run.{use.name}` is gathered only later", "Use it after the step that gathers it."
    else:
        message = f"nothing gathers `run.{use.name}`"
        remedy = meant(use.name, [*draft.inputs, *draft.gatherers]) or "Add it to `inputs`, or gather it with `as`."
    draft.report.refuse(use.path, message, remedy, "unknown_reference")


def _may_precede(draft: Draft, earlier: str, step: str | None) -> bool:
    """Whether a way leads from the one to the other. A stage's `until` is asked while its own steps are under way, and what
    one branch of a parallel has done the others see."""
    if step is None or not draft.is_whole:
        return step != ENTRY
    later = draft.reach.get(earlier) or draft.reach.setdefault(earlier, after(earlier, draft.steps))
    return step in later or _is_within(draft.steps, earlier, step) or _is_beside(draft.steps, earlier, step)


def _is_within(steps: Mapping[str, Operation], inner: str, stage: str) -> bool:
    return isinstance(steps.get(stage), Stage) and inner in steps and stage in steps[inner].scopes


def _is_beside(steps: Mapping[str, Operation], one: str, other: str) -> bool:
    """Whether the two stand in different branches of the same parallel."""
    if one not in steps or other not in steps:
        return False
    parted = next(
        (pair for pair in zip(steps[one].scopes, steps[other].scopes, strict=False) if pair[0] != pair[1]), None
    )
    if parted is None:
        return False
    ends = [steps.get(scope) for scope in parted]
    lanes = [end.parallel for end in ends if isinstance(end, EndLane)]
    return len(lanes) == 2 and lanes[0] == lanes[1]
