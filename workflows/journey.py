"""JourneyWorkflow: one customer's passage. It waits, feeds the engine, and has its commands carried out.

Handlers only record; the loop acts. Whatever is decided is decided in `domain.engine`; whatever touches the world happens
in an activity. Changing a call or a timer here needs `workflow.patched()` and a stored history that replays.
"""

import asyncio
from collections import deque
from datetime import timedelta
from typing import Literal

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from domain.effects import DELIVER, WORKFLOW, Delivery, JourneyInput, MigrateWord, OrderWord, Request, Standing
from domain.engine.commands import CallWebhook, NotifyColleagues, SendMessage, Sleep, Stop
from domain.engine.fitting import is_at_rest
from domain.engine.inputs import Heard, Input, Leave, Order, TimeUp
from domain.engine.lanes import gives_way_at, heard_beside
from domain.engine.ordering import refusal
from domain.engine.state import Moment
from domain.engine.turn import stage_listens
from domain.explain.path import path_markdown
from workflows.calls import LONGEST, call_effect, call_progress
from workflows.moving import why_not, write_move
from workflows.passage import Passage
from workflows.visibility import JOURNEY_VERSION, PARKED

INTERRUPTING = ("leave", "pause")


@workflow.defn(name=WORKFLOW)
class JourneyWorkflow(Passage):
    """Id `journey/<journey>/<run>`. Ends with the reason for which the run ended."""

    @workflow.init
    def __init__(self, start: JourneyInput) -> None:
        super().__init__(start)
        self.pending: deque[tuple[str, Input | MigrateWord]] = deque()
        self.given = 0
        self.taken = 0
        self.shown_version = start.state.run.version
        self.is_shown_parked = start.decisions is not None and start.state.parked_at is not None

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
            given = self.pending[0][1]
            if not isinstance(given, MigrateWord):
                self.feed(given)
            elif not await self._move(given):
                break
            self.pending.popleft()
            self.taken += 1
        self._show_parked()
        self._show_version()
        match self.command:
            case Stop():
                return
            case Sleep():
                await self._sleep(self.command)
            case SendMessage() | CallWebhook() | NotifyColleagues():
                await self._have_effect()
            case _:
                self.take(await call_progress(self._request(), self._is_interrupted))

    async def _have_effect(self) -> None:
        """Has the effect done. One that takes long gives way to the branches beside it, and is asked for again afterwards."""
        until = gives_way_at(self.state, workflow.now())
        left = until - workflow.now() if until is not None else None
        answer = None
        if left is None or left > timedelta(0):
            answer = await call_effect(self._request(), self.program, self._is_interrupted, left)
        if answer is not None or left is None:
            self.take(answer)
        elif not self.pending:
            self.feed(TimeUp(moment=self._moment()))

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
        self.feed(TimeUp(moment=moment))

    def _continue_as_new(self) -> None:
        workflow.continue_as_new(self.to_go_on())

    def _request(self) -> Request:
        return self.request_at(workflow.now())

    async def _move(self, word: MigrateWord) -> bool:
        """Whether the order has been dealt with. What is just being written down or followed comes first."""
        if not is_at_rest(self.state):
            return False
        reply = None
        if why_not(self.program, self.state, word) is None:
            reply = await write_move(self._request(), word)
        return self.take_move(word, reply)

    def _is_interrupted(self) -> bool:
        """An exit, a pause, a move, what leaves a stage around the step or is heard beside it: they call an effect off."""
        leaving = {*stage_listens(self.program, self.state), *heard_beside(self.program, self.state)}
        return any(
            kind in INTERRUPTING
            or (isinstance(given, MigrateWord) and is_at_rest(self.state))
            or (isinstance(given, Heard) and given.listen in leaving)
            for kind, given in self.pending
        )

    def _moment(self) -> Moment:
        """Now by the workflow's clock."""
        return self.moment_at(workflow.now())

    def _record(self, kind: str, given: Input | MigrateWord) -> int:
        self.pending.append((kind, given))
        self.given += 1
        return self.given

    def _show_parked(self) -> None:
        """The search attribute costs an action, so it is upserted only when it changes."""
        is_parked = self.state.parked_at is not None
        if is_parked != self.is_shown_parked:
            workflow.upsert_search_attributes([PARKED.value_set(is_parked)])
            self.is_shown_parked = is_parked

    def _show_version(self) -> None:
        if self.shown_version != self.state.run.version:
            self.shown_version = self.state.run.version
            workflow.upsert_search_attributes([JOURNEY_VERSION.value_set(self.shown_version)])

    @workflow.signal(name=DELIVER)
    def deliver(self, raw: RawValue) -> None:
        """A command of routing. Numbers rise: one that was seen before is dropped.

        It is read here because Temporal drops a signal whose type does not fit. One that a later release has sent fails the
        workflow task instead, until a worker takes it that can read it.
        """
        delivery = workflow.payload_converter().from_payload(raw.payload, Delivery)
        said = self.delivered(delivery, workflow.now())
        if said is not None:
            self._record(*said)

    @workflow.query(name="state")
    def standing(self) -> Standing:
        """Where the run is, in ids and times."""
        waiting = self.state.waiting
        return Standing(
            phase=self.state.phase,
            step=self.state.at,
            waiting_until=waiting.until if waiting else None,
            parked=self.state.parked_at[1] if self.state.parked_at else None,
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
    async def skip_parked(self, word: OrderWord) -> Standing:
        """Goes on behind the step at which the run is parked, as if it had been skipped."""
        return await self._obey("skip_step", word)

    @workflow.update
    async def stop(self, word: OrderWord) -> Standing:
        """Ends the run as `stopped:<by>`; a message that is being handed over is recorded first."""
        return await self._settle(self._record("leave", Leave(moment=self._moment(), reason=f"stopped:{word.by}")))

    @workflow.update(name="migrate")
    async def migrate_to(self, word: MigrateWord) -> Standing:
        """Goes on by another version of the journey: where it waits, or between two effects."""
        standing = await self._settle(self._record("migrate", word))
        if self.state.run.version != word.program.version:
            _refuse(why_not(self.program, self.state, word) or "The move could not be written down.")
        return standing

    @migrate_to.validator
    def may_migrate(self, word: MigrateWord) -> None:
        _refuse(why_not(self.program, self.state, word))

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

    @skip_parked.validator
    def may_skip_parked(self, word: OrderWord) -> None:
        _refuse(refusal(self.state, "skip_step"))

    @stop.validator
    def may_stop(self, word: OrderWord) -> None:
        _refuse(refusal(self.state, "stop"))

    async def _obey(
        self, order: Literal["pause", "resume", "skip_wait", "retry", "skip_step"], word: OrderWord
    ) -> Standing:
        given = Order(moment=self._moment(), order=order, by=word.by, due=word.due, deadline=word.deadline)
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
