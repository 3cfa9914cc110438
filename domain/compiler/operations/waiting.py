"""`wait` in all its forms."""

from domain.compiler.spot import Spot
from domain.document.moments import is_time
from domain.document.waiting import (
    WaitBusinessDays,
    WaitForm,
    WaitLearned,
    WaitSilence,
    WaitSpan,
    WaitStep,
    WaitUntil,
    WaitWindow,
)
from domain.program import (
    BusinessDays,
    ForDuration,
    InWindow,
    Learned,
    Listen,
    Silence,
    Until,
    UntilClock,
    UntilMoment,
    Wait,
)
from domain.rules.references import ROOTS


def wait(form: WaitStep, spot: Spot) -> Wait:
    return Wait(
        id=spot.id,
        scopes=spot.scopes,
        until=_until(form.wait, spot),
        spread=form.wait.spread,
        then=spot.steps(form.then, "then"),
        next=spot.after,
    )


def _until(form: WaitForm, spot: Spot) -> Until:
    match form:
        case WaitSpan(span=span):
            return ForDuration(span=span)
        case WaitUntil(until=until) if is_time(until):
            return UntilClock(time=until, days=form.days)
        case WaitUntil():
            return _moment(form, spot)
        case WaitWindow(window=window):
            return InWindow(start=window.start, end=window.end)
        case WaitSilence():
            return _silence(form, spot)
        case WaitLearned():
            return _learned(form, spot)
        case WaitBusinessDays(business_days=days):
            return BusinessDays(days=days)


def _moment(form: WaitUntil, spot: Spot) -> UntilMoment:
    is_reference = form.until.partition(".")[0] in ROOTS
    moment = UntilMoment(moment=spot.ref(form.until, "wait", "until") if is_reference else form.until)
    said = {"offset": form.offset, "if_past": form.if_past}
    return moment.model_copy(update={key: value for key, value in said.items() if value is not None})


def _silence(form: WaitSilence, spot: Spot) -> Silence:
    said = form.silence
    spot.draft.is_the_key(said.same, spot.at("wait", "silence", "same"))
    listen = Listen(
        id=f"{spot.id}/0",
        events=said.event,
        where=spot.where(said.where, "wait", "silence", "where"),
        same=said.same,
    )
    return Silence(listen=listen, span=form.span)


def _learned(form: WaitLearned, spot: Spot) -> Learned:
    source = form.learned
    learned = Learned(
        ref=spot.ref(source.ref, "wait", "for", "ref") if source.ref else None,
        gap_event=source.gap.of if source.gap else None,
        default=form.default,
        times=form.times,
        min=form.min,
        max=form.max,
        at=form.at,
    )
    return learned.model_copy(update={"gap_stat": source.gap.stat}) if source.gap else learned
