"""What the gate has to know about a send, in one query: it is asked in every claim, under the customer's lock."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from domain.account import Account
from domain.gate import GateFacts, Said
from domain.gate.gathering import Books, Counted, SendQuestion, facts_of
from store.customer.addresses import address_of
from store.database import Transaction

_ASK = text("""
WITH sent AS (
    SELECT channel, purpose, template, claimed_at FROM message
    WHERE customer_id = :customer AND state NOT IN ('released', 'refused')
      AND CASE WHEN :shadow > 0 AND journey_id = :journey THEN state = 'ghost' AND version = :shadow ELSE state <> 'ghost' END
      AND (run_id, step, visit) <> (:run, :step, :visit)
)
SELECT
    (SELECT jsonb_agg(said) FROM (
        SELECT DISTINCT ON (channel, topic) channel, topic, granted, source, at FROM consent
        WHERE customer_id = :customer AND (channel = ANY(CAST(:channels AS text[])) OR topic = :topic)
        ORDER BY channel, topic, at DESC, id DESC
    ) said) AS said,
    (SELECT jsonb_object_agg(channel, reason) FROM suppression
        JOIN unnest(CAST(:channels AS text[]), CAST(:addresses AS text[])) AS wanted (channel, address)
        USING (channel, address)) AS suppressed,
    (SELECT NOT opt_in FROM topic WHERE id = :topic) AS topic_implied,
    :once AND EXISTS (SELECT FROM sent WHERE template = :template) AS sent_before,
    (SELECT jsonb_object_agg(cap.name, jsonb_build_object('used', newest.used, 'oldest', newest.oldest))
        FROM unnest(CAST(:names AS text[]), CAST(:counts AS integer[]), CAST(:spans AS interval[]))
            AS cap (name, count, span), LATERAL (
            SELECT count(*) AS used, min(claimed_at) AS oldest FROM (
                SELECT claimed_at FROM sent
                WHERE purpose = 'marketing' AND cap.name IN ('all', channel) AND claimed_at > :now - cap.span
                ORDER BY claimed_at DESC LIMIT cap.count
            ) counted
        ) newest) AS caps,
    (SELECT jsonb_object_agg(name, id) FROM hold
        WHERE kind = 'channel' AND lifted_at IS NULL AND name = ANY(CAST(:channels AS text[]))) AS holds
""")


async def gate_facts(tx: Transaction, question: SendQuestion, *, account: Account, now: datetime) -> list[GateFacts]:
    """One `GateFacts` for each of the step's channels, in its order. A cap counts marketing claims of the customer in
    the span before `now`, over all journeys, without those that are known not to have gone out."""
    addresses = {
        channel: address_of(channel, question.attributes, country=account.default_country)
        for channel in question.channels
    }
    rates = question.rates(account)
    parameters = {
        "customer": question.customer_id,
        "run": question.run_id,
        "step": question.step,
        "visit": question.visit,
        "template": question.template,
        "topic": question.topic,
        "once": question.once,
        "journey": question.journey,
        "shadow": question.shadow,
        "channels": list(addresses),
        "addresses": list(addresses.values()),
        "names": list(rates),
        "counts": [rate.count for rate in rates.values()],
        "spans": [rate.per / question.time_scale for rate in rates.values()],
        "now": now,
    }
    found = (await tx.execute(_ASK, parameters)).mappings().one()
    said = {(row["channel"], row["topic"]): _said(row) for row in found["said"] or ()}
    books = Books(
        said=said,
        suppressed=found["suppressed"] or {},
        topic_implied=found["topic_implied"],
        sent_before=found["sent_before"],
        caps={name: _counted(counted) for name, counted in (found["caps"] or {}).items()},
        holds={channel: UUID(hold) for channel, hold in (found["holds"] or {}).items()},
    )
    return facts_of(question, account, addresses, books)


def _said(row: Mapping[str, Any]) -> Said:
    return Said(granted=row["granted"], at=datetime.fromisoformat(row["at"]).astimezone(UTC), source=row["source"])


def _counted(row: Mapping[str, Any]) -> Counted:
    oldest = datetime.fromisoformat(row["oldest"]).astimezone(UTC) if row["oldest"] else None
    return Counted(used=row["used"], oldest=oldest)
