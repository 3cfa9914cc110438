"""Which function compiles which kind of step."""

from domain.compiler.operations import asking, branching, calling, changing, listening, others, sending, waiting
from domain.compiler.spot import Spot
from domain.document.asking import ApproveStep
from domain.document.branching import BranchStep, ExitStep, ParallelStep, RepeatStep, SplitStep, StageStep
from domain.document.calling import NotifyStep, WebhookStep
from domain.document.changing import ScoreStep, SetStep, SubscribeStep, UnsubscribeStep
from domain.document.listening import WaitForStep
from domain.document.others import StartJourneyStep, StopJourneyStep
from domain.document.sending import SendStep
from domain.document.step import StepForm
from domain.document.waiting import WaitStep
from domain.program import Exit, Operation


def operation(form: StepForm, spot: Spot) -> Operation:
    """The step as the engine runs it; steps within it are added to the draft on the way."""
    match form:
        case SendStep():
            return sending.send(form, spot)
        case WaitStep():
            return waiting.wait(form, spot)
        case WaitForStep():
            return listening.wait_for(form, spot)
        case BranchStep():
            return branching.branch(form, spot)
        case SplitStep():
            return branching.split(form, spot)
        case StageStep():
            return branching.stage(form, spot)
        case RepeatStep():
            return branching.repeat(form, spot)
        case ParallelStep():
            return branching.parallel(form, spot)
        case SetStep():
            return changing.set_attributes(form, spot)
        case ScoreStep():
            return changing.score(form, spot)
        case SubscribeStep(subscribe=topic):
            return changing.subscribe(topic, True, spot)
        case UnsubscribeStep(unsubscribe=topic):
            return changing.subscribe(topic, False, spot)
        case WebhookStep():
            return calling.webhook(form, spot)
        case NotifyStep():
            return calling.notify(form, spot)
        case ApproveStep():
            return asking.approve(form, spot)
        case StartJourneyStep():
            return others.start_journey(form, spot)
        case StopJourneyStep():
            return others.stop_journey(form, spot)
        case ExitStep(exit=reason):
            return Exit(id=spot.id, scopes=spot.scopes, reason=reason)
    raise AssertionError(f"nothing compiles {type(form).__name__}")
