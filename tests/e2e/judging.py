"""Is what came to pass what was foretold? Person by person, without a tolerance: `retelling.py` says how each got there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.engine.standing import status_of
from domain.engine.state import State
from domain.migration.ahead import Outlook, sends_ahead
from domain.migration.forecast import Answer, Foresight
from domain.rules.facts import Needs
from routing.bulk.forecasting import answers
from runtime.versions import program_of
from store.customer import facts as stored_facts
from store.database import Database
from store.journey import account as accounts
from store.run import moving
from tests.e2e import crowd
from tests.e2e.crowd import Fact
from tests.e2e.retelling import Line, Retold, log_of

AnswersAt = Callable[[datetime], Answer]


@dataclass
class Foretold:
    """Everybody as the dry run saw them, and what it said of each."""

    before: dict[str, Fact]
    told: dict[UUID, Foresight]
    lived: dict[UUID, int]
    sent: dict[UUID, list[tuple[int, str, int]]]
    stories: dict[UUID, Retold]

    async def judge_the_move(self, db: Database) -> tuple[int, int]:
        """All rest again: each went, or stayed, as the forecast says of the state in which the move found them, which for those to
        whom nothing had happened is the dry run. Gives how many these are, and how many the others."""
        after, log = await crowd.facts(db), await log_of(db)
        for user, fact in self.before.items():
            self._go_on(fact.run, log)
            self._judge_where(fact, after[user])
        undisturbed = sum(story.is_undisturbed for story in self.stories.values())
        return undisturbed, len(self.stories) - undisturbed

    def _judge_where(self, before: Fact, after: Fact) -> None:
        story = self.stories[before.run]
        state, foresight = story.state, story.foresight or story.foreseen()
        stands = (state.at, state.waiting.until if state.waiting else None)
        assert (after.version, after.status) == (story.program.version, status_of(state, is_leaving=False)), before
        assert after.reason == state.reason, before
        if after.status != "ended":
            assert (after.step, after.until) == stands, before
        assert foresight.moves == (story.foresight is not None) == (after.version == 2), before
        if story.is_undisturbed:
            assert foresight == self.told[before.run]

    async def judge_the_sends(self, db: Database) -> int:
        """All have come to their end: they were sent what the forecast foretold for their way. Gives how many were moved."""
        log, messages = await log_of(db), await crowd.sent(db)
        for fact in self.before.values():
            self._go_on(fact.run, log, to_the_second=False)
            self._judge_sends(fact, messages.get(fact.run, []))
        return sum(story.foresight is not None for story in self.stories.values())

    def _judge_sends(self, before: Fact, messages: list[tuple[int, str, int]]) -> None:
        story = self.stories[before.run]
        assert len({(step, visit) for _, step, visit in messages}) == len(messages), before
        assert sorted(set(messages) - set(self.sent.get(before.run, ()))) == sorted(story.sent), before
        later = {step for version, step, _ in messages if version == 2}
        if story.foresight is None or story.found is None:
            assert later == set(), before
            return
        foreseen = set(sends_ahead(story.versions[0].program, story.found)) - set(story.foresight.dropped)
        foreseen |= set(story.foresight.added)
        if story.state.reason == "goal":
            assert later == {step for version, step, _ in story.sent if version == 2} <= foreseen, before
            return
        for by_event, by_time in crowd.WAYS:
            if {by_event, by_time} <= foreseen:
                foreseen.discard(by_time if by_event in later else by_event)
            elif by_event in foreseen:
                foreseen -= {by_event} - later
        assert later == foreseen, before

    def _go_on(self, run: UUID, log: Mapping[UUID, list[Line]], *, to_the_second: bool = True) -> None:
        lines = log[run][self.lived[run] :]
        self.lived[run] += len(lines)
        self.stories[run].go_on(lines, to_the_second=to_the_second)


async def as_foretold(db: Database, told: Mapping[UUID, Foresight], as_of: datetime) -> Foretold:
    """Takes everybody down as they are at the dry run, of that time."""
    before, log, sent = await crowd.facts(db), await log_of(db), await crowd.sent(db)
    known = await _answers(db)
    async with db.transaction() as tx:
        versions = Outlook(await program_of(tx, "crowd", 1)), Outlook(await program_of(tx, "crowd", 2))
    stories = {
        fact.run: Retold(versions, State.model_validate(fact.state), crowd.MAP, known[fact.run], as_of)
        for fact in before.values()
    }
    lived = {fact.run: len(log[fact.run]) for fact in before.values()}
    return Foretold(before, dict(told), lived, sent, stories)


async def _answers(db: Database) -> dict[UUID, AnswersAt]:
    """What is known about everybody, as the forecast asks it."""
    async with db.transaction() as tx:
        account, new = await accounts.load(tx), await program_of(tx, "crowd", 2)
        rows = await moving.page(tx, "crowd", 1, limit=10_000)
        now = rows[0].entered_at
        facts = await stored_facts.load_many(tx, {row.customer for row in rows}, Needs(), now=now, account=account)

    def known(row: moving.MovableRun) -> AnswersAt:
        return lambda at: answers(new, row, facts[row.customer], account, at)

    return {row.id: known(row) for row in rows}
