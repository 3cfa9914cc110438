"""JourneyWorkflow: one customer's passage. It waits, feeds the engine, and has its commands carried out.

Handlers only record; the loop acts. Whatever is decided is decided in `domain.engine`; whatever touches the world happens
in an activity. Changing a call or a timer here needs `workflow.patched()` and a stored history that replays.
"""

import asyncio
from collections import deque
from datetime import timedelta
from typing import Literal

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from domain.decisions import Decision
from domain.effects import DELIVER, WORKFLOW, Delivery, JourneyInput, OrderWord, Reply, Request, Standing
from domain.engine.advance import advance, command_of, first_decisions
from domain.engine.commands import CallWebhook, Command, NotifyColleagues, SendMessage, Sleep, Stop
from domain.engine.inputs import Heard, Input, Leave, Order, Outcome, Refreshed, TimeUp
from domain.engine.ordering import refusal
from domain.engine.state import Moment, State
from domain.engine.turn import stage_listens
from domain.explain.path import path_markdown
from workflows.calls import LONGEST, call_effect, call_progress
from workflows.visibility import PARKED

INTERRUPTING = ("leave", "pause")


@workflow.defn(name=WORKFLOW)
class JourneyWorkflow:
    """Id `journey/<journey>/<run>`. Ends with the reason for which the run ended."""

    @workflow.init
    def __init__(self, start: JourneyInput) -> None:
        self.program = start.program
        self.state: State = start.state
        self.command: Command = command_of(start.program, start.state)
        self.decisions: list[Decision] = list(
            first_decisions(start.program, start.state.run) if start.decisions is None else start.decisions
        )
        self.last_delivery = start.last_delivery
        self.answered = start.answered
        self.unsettled: list[Input] = []
        self.pending: deque[tuple[str, Input]] = deque()
        self.given = 0
        self.taken = 0
        self.is_shown_parked = start.decisions is not None and start.state.parked is not None

    @workflow.run
    async def run(self, start: JourneyInput) -> str:
        while not isinstance(self.command, Stop):
            try:
                await self._go_on()
            except asyncio.CancelledError:
                self._record("leave", Leave(moment=self._moment(), reason="stopped:cancelled"))
        self.taken = self.given
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.state.reason or "finished"

    async def _go_on(self) -> None:
        """Takes what was delivered, then carries out the command that follows from it."""
        while self.pending:
            self._feed(self.pending.popleft()[1])
            self.taken += 1
        self._show_parked()
        match self.command:
            case Stop():
                return
            case Sleep():
                await self._sleep(self.command)
            case SendMessage() | CallWebhook() | NotifyColleagues():
                self._take(await call_effect(self._request(), self.program, self._is_interrupted))
            case _:
                self._take(await call_progress(self._request(), self._is_interrupted))

    async def _sleep(self, command: Sleep) -> None:
        """Until something is delivered or the time is up. A long life continues as new here, where nothing is under way."""
        workflow.set_current_details(path_markdown(self.state, self.program))
        if workflow.info().is_continue_as_new_suggested():
            # Whoever has given an order is answered first; what comes meanwhile is taken before.
            await workflow.wait_condition(lambda: bool(self.pending) or workflow.all_handlers_finished())
            if self.pending:
                return
            self._continue_as_new()
        left = min(command.until - workflow.now(), LONGEST) if command.until is not None else None
        if left is None or left > timedelta(0):
            try:
                await workflow.wait_condition(
                    lambda: bool(self.pending), timeout=left, timeout_summary=f"waits at {self.state.at}"
                )
            except TimeoutError:
                pass
            else:
                return
        moment = self._moment()
        if command.until is not None and command.until - moment.at < timedelta(seconds=1):
            moment = moment.model_copy(update={"at": max(moment.at, command.until)})
        self._feed(TimeUp(moment=moment))

    def _continue_as_new(self) -> None:
        workflow.continue_as_new(
            JourneyInput(
                program=self.program,
                state=self.state,
                last_delivery=self.last_delivery,
                answered=self.answered,
                decisions=tuple(self.decisions),
            )
        )

    def _request(self) -> Request:
        return Request(
            number=self.answered + 1,
            at=workflow.now(),
            state=self.state,
            command=self.command,
            decisions=tuple(self.decisions),
        )

    def _feed(self, given: Input) -> None:
        """An input of the workflow's own: what it decides is written with the next request."""
        self.unsettled.append(given)
        self.state, self.command, decided = advance(self.program, self.state, given)
        self.decisions += decided

    def _take(self, answer: Reply | Outcome | None) -> None:
        if isinstance(answer, Outcome):
            self._feed(answer)
        elif answer is not None:
            self._replay(answer)

    def _replay(self, reply: Reply) -> None:
        """An activity's inputs: it has driven the engine through them already, and written what was decided."""
        unsettled, self.unsettled = self.unsettled, []
        self.answered = reply.number
        self.decisions.clear()
        if reply.state is not None:
            self._take_over(reply.state, unsettled)
        for given in reply.inputs:
            self.state, self.command, _ = advance(self.program, self.state, given)

    def _take_over(self, state: State, unsettled: list[Input]) -> None:
        """The run was taken on before, by a worker whose answer Temporal never saw: go on from where it is, and take what was
        said since then again. A wait is written down anew, which also looks for what came in between."""
        self.state = state.model_copy(update={"phase": "arming"}) if state.phase == "asleep" else state
        self.command = command_of(self.program, self.state)
        for given in unsettled:
            if not isinstance(given, TimeUp | Outcome):
                self._feed(given)

    def _is_interrupted(self) -> bool:
        """An exit, a pause, or what leaves a stage around the step: they call an effect off."""
        leaving = stage_listens(self.program, self.state)
        return any(
            kind in INTERRUPTING or (isinstance(given, Heard) and given.listen in leaving)
            for kind, given in self.pending
        )

    def _moment(self, position: int | None = None) -> Moment:
        """Now by the workflow's clock. Without `position`, which is read under the customer's lock, only an older one is known."""
        known = position or self.state.entered.position
        return Moment(at=workflow.now(), position=known, is_exact=position is not None)

    def _record(self, kind: str, given: Input) -> int:
        self.pending.append((kind, given))
        self.given += 1
        return self.given

    def _show_parked(self) -> None:
        """The search attribute costs an action, so it is upserted only when it changes."""
        is_parked = self.state.parked is not None
        if is_parked != self.is_shown_parked:
            workflow.upsert_search_attributes([PARKED.value_set(is_parked)])
            self.is_shown_parked = is_parked

    @workflow.signal(name=DELIVER)
    def deliver(self, delivery: Delivery) -> None:
        """A command of routing. Numbers rise: one that was seen before is dropped."""
        if delivery.number <= self.last_delivery:
            return
        self.last_delivery = delivery.number
        match delivery:
            case Delivery(kind="heard", listen=str(listen), event=event) if event is not None:
                heard = Heard(moment=self._moment(event.position), listen=listen, event=event)
                self._record("heard", heard)
            case Delivery(kind="leave"):
                self._record("leave", Leave(moment=self._moment(), reason=delivery.reason or "stopped"))
            case Delivery(kind="refreshed", event=event) if event is not None:
                self._record("refreshed", Refreshed(moment=self._moment(), event=event))

    @workflow.query(name="state")
    def standing(self) -> Standing:
        """Where the run is, in ids and times."""
        waiting = self.state.waiting
        return Standing(
            phase=self.state.phase,
            step=self.state.at,
            waiting_until=waiting.until if waiting else None,
            parked=self.state.parked,
            path=self.state.path,
            number=self.state.number,
        )

    @workflow.query
    def explain(self) -> str:
        """The path so far and what is waited for, as Markdown. With values and verdicts: `sojourn explain`."""
        return path_markdown(self.state, self.program)

    @workflow.update
    async def pause(self, word: OrderWord) -> Standing:
        """Holds effects and keeps events; exits and goals still end the run."""
        return await self._obey("pause", word)

    @workflow.update
    async def resume(self, word: OrderWord) -> Standing:
        """Goes on; `due` says what becomes of sends that fell due during the pause."""
        return await self._obey("resume", word)

    @workflow.update
    async def skip_wait(self, word: OrderWord) -> Standing:
        """Ends the present wait as if its time were up."""
        return await self._obey("skip_wait", word)

    @workflow.update
    async def retry_parked(self, word: OrderWord) -> Standing:
        """Tries the step at which the run is parked again."""
        return await self._obey("retry", word)

    @workflow.update
    async def stop(self, word: OrderWord) -> Standing:
        """Ends the run as `stopped:<by>`; a message that is being handed over is recorded first."""
        return await self._settle(self._record("leave", Leave(moment=self._moment(), reason=f"stopped:{word.by}")))

    @pause.validator
    def may_pause(self, word: OrderWord) -> None:
        _refuse(refusal(self.state, "pause"))

    @resume.validator
    def may_resume(self, word: OrderWord) -> None:
        _refuse(refusal(self.state, "resume"))

    @skip_wait.validator
    def may_skip_wait(self, word: OrderWord) -> None:
        _refuse(refusal(self.state, "skip_wait"))

    @retry_parked.validator
    def may_retry_parked(self, word: OrderWord) -> None:
        _refuse(refusal(self.state, "retry"))

    @stop.validator
    def may_stop(self, word: OrderWord) -> None:
        _refuse(refusal(self.state, "stop"))

    async def _obey(self, order: Literal["pause", "resume", "skip_wait", "retry"], word: OrderWord) -> Standing:
        given = Order(moment=self._moment(), order=order, by=word.by, due=word.due)
        return await self._settle(self._record(order, given))

    async def _settle(self, ticket: int) -> Standing:
        """Answers when the order has been taken and what it wants written is written."""
        await workflow.wait_condition(
            lambda: self.taken >= ticket and self.state.phase not in ("holding", "releasing", "finishing")
        )
        return self.standing()


def _refuse(reason: str | None) -> None:
    if reason is not None:
        raise ApplicationError(reason, type="refused", non_retryable=True)
