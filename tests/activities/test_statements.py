"""What a send costs PostgreSQL is an assertion: statements in its two transactions."""

from typing import Literal

from temporalio.testing import ActivityEnvironment

from activities.resources import Resources
from activities.sending.send import SendActivities
from benchmarks.email import SENDING, TEMPLATE, requests_of
from benchmarks.routing import accept_events, route_all
from benchmarks.stack.database import publish
from channels.protocol import Answer, HandedOver, Outgoing
from channels.webhook_http import WebhookCaller
from content.links import Signer
from domain.events import EventName
from store.database import Database
from store.journey.catalog import Catalog
from tests.fixtures.statements import statements

CLAIM = ("lock customer and run", "what is still in the inbox", "attempts", "gate", "ledger row")
RECORD = ("lock customer and run", "ledger answer", "run", "decisions")


class Taking:
    """A channel whose provider takes everything."""

    medium = "email"
    provider = "test"
    on_unknown: Literal["resend", "hold"] = "resend"

    async def hand_over(self, message: Outgoing) -> Answer:
        return HandedOver(provider=self.provider, provider_id=message.message_id, response="ok")

    async def close(self) -> None:
        return None


async def test_a_send_takes_nine_statements(db: Database) -> None:
    await publish(db, SENDING, hello=TEMPLATE)
    await accept_events(db, 2, EventName.IDENTIFIED, "identify")
    await accept_events(db, 2, "Ordered", "track")
    await route_all(db)
    catalog = Catalog()
    signer = Signer("a secret for tests, long enough to sign", "https://m.test")
    webhooks = WebhookCaller("unused")
    effects = Resources(db, catalog, signer, webhooks, "https://m.test", channels={"email": Taking()})
    first, second = await requests_of(db, catalog)
    send = SendActivities(effects)
    await ActivityEnvironment().run(send.send_message, first)
    with statements(db) as sent:
        await ActivityEnvironment().run(send.send_message, second)
    await webhooks.close()
    assert len(sent) <= len(CLAIM) + len(RECORD), "\n".join(sent)
