"""The claim on a real database and without Temporal: what holds it up, what comes before it, and what is never done twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import pytest
from sqlalchemy import text
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.desk import open_desk
from activities.resources import Resources
from activities.sending import send as sending
from activities.sending.claim import MOST_UNKNOWN, claim
from activities.sending.send import SendActivities
from benchmarks.email import requests_of
from channels.protocol import Answer, Channel, HandedOver, Outgoing, Refused, Unknown
from channels.webhook_http import WebhookCaller
from content.links import Signer
from content.templates import compile_template
from domain.effects import Request
from domain.engine.commands import SendMessage
from domain.engine.inputs import Leave, Outcome
from domain.events import AcceptedEvent, EventName
from runtime import publishing
from store.customer import customers
from store.database import Database
from store.journey import templates
from store.journey.templates import Variant
from store.permission import grant, withdraw
from store.run import progress
from tests.routing.world import World, event

JOURNEY = """
journey: claims
entry: {event: Signed Up}
goal: {event: Bought}
exit: [{event: Closed}]
steps: [{id: hello, send: {template: hello, channel: [email, sms]}}]
"""
FREE = "SELECT id FROM customer WHERE id = :id FOR UPDATE SKIP LOCKED"


@dataclass
class Provider:
    """Takes everything unless it is told otherwise; `meanwhile` happens while it has the message in its hands."""

    medium: str
    on_unknown: Literal["resend", "hold"] = "resend"
    provider: str = "test"
    answer: Answer = field(default_factory=lambda: HandedOver(provider="test", provider_id="1"))
    taken: list[Outgoing] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def hand_over(self, message: Outgoing) -> Answer:
        self.taken.append(message)
        if self.meanwhile is not None:
            await self.meanwhile()
        return self.answer

    async def close(self) -> None:
        return None


@dataclass
class Stage:
    """One customer whose mail is due."""

    world: World
    request: Request
    resources: Resources
    email: Provider
    sms: Provider

    async def attempt(self) -> Leave | Outcome:
        """One attempt of the activity, and what the run is told first."""
        send = SendActivities(self.resources)
        reply = await ActivityEnvironment().run(send.send_message, self.request)
        given = reply.inputs[0]
        assert isinstance(given, Leave | Outcome)
        return given

    async def refused(self) -> str:
        """The type of the error with which an attempt ends."""
        with pytest.raises(ApplicationError) as caught:
            await self.attempt()
        return str(caught.value.type)

    async def left_behind(self, **changes: object) -> UUID:
        """A claim whose worker never came back, as old as its lease, with these columns changed; gives the message's id."""
        assert isinstance(self.request.command, SendMessage)
        async with self.world.db.transaction() as tx:
            await claim(await open_desk(tx, self.resources, self.request), self.request.command)
        over = {"lease_until": datetime.now(UTC) - timedelta(seconds=1), **changes}
        await self.world.run_sql(f"UPDATE message SET {', '.join(f'{name} = :{name}' for name in over)}", **over)
        (row,) = await self.world.rows("SELECT id FROM message")
        message: UUID = row["id"]
        return message

    async def ledger(self) -> list[tuple[Any, ...]]:
        rows = await self.world.rows("SELECT channel, attempt, state, unknown_count FROM message ORDER BY attempt")
        return [tuple(row.values()) for row in rows]


@pytest.fixture
async def stage(db: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr(sending, "PATIENCE", 1)
    world, channels = World(db), frozenset({"email", "sms"})
    async with db.transaction() as tx:
        for channel, source in (("email", "---\nsubject: Hello\n---\nHello"), ("sms", "Hello")):
            variant = Variant(source=source, compiled=compile_template(channel, "hello", source))
            await templates.publish(tx, channel, "hello", {"": variant}, actor="test")
        await publishing.save_draft(tx, "claims", JOURNEY, channels=channels, actor="test")
        await publishing.publish(tx, "claims", channels=channels, actor="test")
    await world.identify("ann", email="ann@example.com", phone="+14155552671")
    await world.track("ann", "Signed Up")
    await world.route()
    async with db.transaction() as tx:
        await grant(tx, await world.customer("ann"), channel="sms", source="test", at=datetime.now(UTC))
    (request,) = await requests_of(db, world.catalog)
    email, sms, webhooks = Provider("email"), Provider("sms", on_unknown="hold"), WebhookCaller("unused")
    signer, known = Signer("a secret for tests, long enough to sign", "https://m.test"), dict[str, Channel]()
    known.update(email=email, sms=sms)
    resources = Resources(db, world.catalog, signer, webhooks, "https://m.test", known)
    yield Stage(world, request, resources, email, sms)
    await webhooks.close()


def stop_of_another_run(customer: UUID) -> AcceptedEvent:
    return event(f"customer_id:{customer}", type="internal", name=EventName.STOP_REQUESTED, applied=True)


@pytest.mark.parametrize("name", ["Closed", "Bought", EventName.STOP_REQUESTED])
async def test_an_end_that_is_accepted_and_not_applied_holds_up_the_claim(stage: Stage, name: str) -> None:
    customer = await stage.world.customer("ann")
    is_internal = name == EventName.STOP_REQUESTED
    await stage.world.accept(stop_of_another_run(customer) if is_internal else event("ann", name=name))
    assert await stage.refused() == "behind"
    assert stage.email.taken == []
    assert await stage.ledger() == []


async def test_what_cannot_end_the_run_or_is_somebody_elses_holds_up_nothing(stage: Stage) -> None:
    await stage.world.track("ann", "Looked Around")
    await stage.world.track("bob", "Closed")
    given = await stage.attempt()
    assert isinstance(given, Outcome)
    assert given.result == "sent"


async def test_a_run_that_is_leaving_claims_nothing(stage: Stage) -> None:
    await stage.world.track("ann", "Closed")
    await stage.world.route()
    given = await stage.attempt()
    assert isinstance(given, Leave)
    assert given.reason == "exit:closed"
    assert await stage.ledger() == []


async def test_while_another_attempt_may_be_at_work_nothing_is_handed_over(stage: Stage) -> None:
    await stage.left_behind(lease_until=datetime.now(UTC) + timedelta(minutes=1))
    assert await stage.refused() == "claimed"
    assert stage.email.taken == []


async def test_what_was_left_behind_is_handed_over_again_under_its_own_id_and_counted(stage: Stage) -> None:
    message = await stage.left_behind()
    given = await stage.attempt()
    assert isinstance(given, Outcome)
    assert given.result == "sent"
    assert [taken.message_id for taken in stage.email.taken] == [str(message)]
    assert await stage.ledger() == [("email", 1, "handed_over", 1)]


@pytest.mark.parametrize(
    ("on_unknown", "times"), [("hold", 0), ("resend", MOST_UNKNOWN - 1)], ids=["held for a person", "too often"]
)
async def test_what_was_left_behind_waits_for_a_person(
    stage: Stage, on_unknown: Literal["resend", "hold"], times: int
) -> None:
    stage.email.on_unknown = on_unknown
    await stage.left_behind(state="unknown", unknown_count=times + 1)
    given = await stage.attempt()
    assert isinstance(given, Outcome)
    assert given.result == "unknown"
    assert stage.email.taken == stage.sms.taken == []


async def test_where_nothing_is_handed_over_again_a_person_is_asked_at_once(stage: Stage) -> None:
    stage.email.on_unknown = "hold"
    stage.email.answer = Unknown(reason="silent")
    given = await stage.attempt()
    assert isinstance(given, Outcome)
    assert given.result == "unknown"


async def test_nobody_hears_again_who_has_left_meanwhile(stage: Stage) -> None:
    await stage.left_behind()
    async with stage.world.db.transaction() as tx:
        await withdraw(tx, await stage.world.customer("ann"), channel="email", source="test", at=datetime.now(UTC))
    given = await stage.attempt()
    assert isinstance(given, Outcome)
    assert (given.result, given.code) == ("skipped", "unknown")
    assert stage.email.taken == stage.sms.taken == []
    assert await stage.ledger() == [("email", 1, "unknown", 1)]


@pytest.mark.parametrize("state", ["handed_over", "delivered", "bounced"])
async def test_what_was_handed_over_is_not_handed_over_again(stage: Stage, state: str) -> None:
    await stage.left_behind(state=state)
    given = await stage.attempt()
    assert isinstance(given, Outcome)
    assert given.result == "sent"
    assert stage.email.taken == []


@pytest.mark.parametrize(
    ("state", "ledger"),
    [
        ("refused", [("email", 1, "refused", 0), ("sms", 2, "handed_over", 0)]),
        ("released", [("email", 1, "released", 0), ("email", 2, "handed_over", 0)]),
    ],
)
async def test_only_what_was_refused_moves_on_to_the_next_channel(
    stage: Stage, state: str, ledger: list[tuple[Any, ...]]
) -> None:
    await stage.left_behind(state=state)
    await stage.attempt()
    assert await stage.ledger() == ledger


async def test_an_attempt_that_was_overtaken_records_nothing(stage: Stage) -> None:
    """Its lease was over, and another has taken the claim up, while the provider still had the message."""
    later = datetime.now(UTC) + timedelta(hours=1)

    async def taken_over() -> None:
        await stage.world.run_sql("UPDATE message SET lease_until = :later", later=later)

    stage.email.meanwhile = taken_over
    stage.email.answer = Refused(code="5.1.1", reason="no such mailbox", address_is_dead=True)
    assert await stage.refused() == "fenced_off"
    assert await stage.ledger() == [("email", 1, "claimed", 0)]
    assert await stage.world.rows("SELECT 1 FROM suppression") == []


async def test_a_provider_that_is_slower_than_the_claim_leaves_it_unknown(stage: Stage) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    stage.email.meanwhile = never
    stage.resources = replace(stage.resources, lease=timedelta(seconds=0.2))
    assert await stage.refused() == "unknown"
    assert await stage.ledger() == [("email", 1, "unknown", 1)]


async def test_a_claim_waits_for_whoever_has_the_customer_and_follows_a_merge(stage: Stage) -> None:
    """A router holds the customer while the claim begins, and gives the run to the customer who survives a merge."""
    world = stage.world
    await world.track("bob", "Looked Around")
    await world.route()
    ann, bob = await world.customer("ann"), await world.customer("bob")

    async def locked() -> UUID:
        async with world.db.transaction() as tx:
            run = await progress.lock(tx, stage.request.state.run.id)
            assert await world.rows(FREE, id=bob) == [], "the survivor is not locked"
            return run.customer_id

    async with world.db.transaction() as router:
        await customers.lock(router, [ann, bob])
        waiting = asyncio.create_task(locked())
        await asyncio.wait({waiting}, timeout=0.1)
        assert not waiting.done()
        await router.execute(text("UPDATE run SET customer_id = :id"), {"id": bob})
    assert await waiting == bob


async def test_what_is_written_is_never_dated_before_the_workflows_time(stage: Stage) -> None:
    """The clock of the workflow's server is ahead of the database's: a run's time does not run backwards."""
    ahead = datetime.now(UTC) + timedelta(minutes=20)
    given = await replace(stage, request=stage.request.model_copy(update={"at": ahead})).attempt()
    assert isinstance(given, Outcome)
    assert given.moment.at >= ahead
    (message,) = await stage.world.rows("SELECT claimed_at FROM message")
    assert message["claimed_at"] == ahead
