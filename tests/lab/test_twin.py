"""The lab's customer answers the gate and rules as the database does: what is written about them comes to the same facts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from content.templates import Rendered
from domain.account import Account
from domain.durations import Rate
from domain.gate.gathering import SendQuestion, facts_of
from domain.ids import new_id
from domain.reactions import SentMessage
from domain.rules.facts import Needs
from lab.customer import CHANNELS, Claimed, Customer, Letter
from store.customer.facts import load_many
from store.database import Database, Transaction
from store.permission import gate_facts, grant, put_topic, suppress, withdraw
from store.tables.customers import Customer as CustomerRow
from store.tables.messages import Message
from store.tables.permissions import Topic

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TOPICS = {"news": False, "vip": True}
RUNS = [UUID(int=1), UUID(int=2)]
HOUR = timedelta(hours=1)
COUNTED = ("claimed", "handed_over", "unknown", "delivered", "bounced", "complained")

agos = st.integers(0, 200).map(lambda hours: hours * HOUR)
attributes = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from(["a@example.com", "A@Example.com", " b@example.com", "none", "", 5, None]),
        "phone": st.sampled_from(["+14155550123", "(415) 555-0123", "no number", ""]),
        "timezone": st.sampled_from(["Europe/Berlin", "Nowhere"]),
    },
)
statements = st.lists(st.tuples(st.sampled_from(["email", "sms", "news", "vip"]), st.booleans(), agos), max_size=6)
suppressions = st.lists(
    st.tuples(st.sampled_from([("email", "a@example.com"), ("sms", "+14155550123"), ("email", "other@example.com")])),
    max_size=2,
    unique=True,
)
messages = st.lists(
    st.fixed_dictionaries(
        {
            "run": st.sampled_from(RUNS),
            "step": st.sampled_from(["hello", "bye"]),
            "channel": st.sampled_from([*CHANNELS]),
            "purpose": st.sampled_from(["marketing", "transactional"]),
            "template": st.sampled_from(["hello", "offer"]),
            "state": st.sampled_from([*COUNTED, "released", "refused", "ghost"]),
            "ago": agos,
            "elsewhere": st.booleans(),
        }
    ),
    max_size=8,
    unique_by=lambda one: (one["run"], one["step"]),
)
questions = st.fixed_dictionaries(
    {
        "channels": st.sampled_from([("email",), ("sms", "email"), ("push", "email")]),
        "topic": st.sampled_from([None, "news", "vip", "unknown"]),
        "once": st.booleans(),
        "caps": st.dictionaries(
            st.sampled_from(["all", "email", "sms"]),
            st.builds(Rate, count=st.integers(1, 3), per=st.sampled_from([24 * HOUR, 168 * HOUR])),
        ),
        "time_scale": st.sampled_from([1.0, 4.0]),
    }
)
accounts = st.builds(
    Account,
    implicit_consent=st.sampled_from([(), ("email",), ("email", "sms")]),
    caps=st.dictionaries(
        st.sampled_from(["all", "email"]), st.builds(Rate, count=st.integers(1, 2), per=st.just(48 * HOUR)), max_size=1
    ),
)


@given(attributes, statements, suppressions, messages, questions, accounts)
@settings(
    max_examples=25, deadline=None, suppress_health_check=(HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
)
async def test_the_gate_is_told_the_same(
    db: Database,
    given_attributes: dict[str, Any],
    said: list[Any],
    suppressed: list[Any],
    sent: list[dict[str, Any]],
    asked: dict[str, Any],
    account: Account,
) -> None:
    customer = uuid4()
    lab = Customer(id=customer, account=account, topics=TOPICS, attributes=given_attributes)
    async with db.transaction() as tx:
        for table in ("consent", "suppression", "message", "customer"):
            await tx.execute(text(f"DELETE FROM {table}"))
        await _write(tx, lab, said, suppressed, sent)
        question = SendQuestion(
            customer_id=customer,
            attributes=given_attributes,
            run_id=RUNS[0],
            step="hello",
            visit=1,
            template="hello",
            providers=frozenset(CHANNELS),
            **asked,
        )
        stored = await gate_facts(tx, question, account=account, now=NOW)
        known = (await load_many(tx, [customer], Needs(reachable=True, topics=True), now=NOW, account=account))[
            customer
        ]
    addresses = {channel: lab.address(channel) for channel in question.channels}
    assert facts_of(question, account, addresses, lab.books(question, NOW)) == stored
    facts = lab.facts(NOW)
    assert facts.subscribed == known.subscribed
    if not _is_read_differently(given_attributes):
        assert facts.reachable == known.reachable


def _is_read_differently(given_attributes: dict[str, Any]) -> bool:
    """Rules over everybody take a number without its country code for none: `store/rules/reach.py` says so."""
    return given_attributes.get("phone") == "(415) 555-0123"


async def _write(
    tx: Transaction, lab: Customer, said: list[Any], suppressed: list[Any], sent: list[dict[str, Any]]
) -> None:
    """The same life in both: rows in the database, words and letters in the lab."""
    await tx.execute(insert(CustomerRow), {"id": lab.id, "attributes": lab.attributes})
    for topic, opt_in in TOPICS.items():
        await put_topic(tx, Topic(id=topic, opt_in=opt_in))
    for name, granted, ago in said:
        about: dict[str, Any] = {"topic" if name in TOPICS else "channel": name}
        await (grant if granted else withdraw)(tx, lab.id, **about, source="test", at=NOW - ago)
        lab.say(name, granted, at=NOW - ago, source="test")
    for ((channel, address),) in suppressed:
        await suppress(tx, channel, address, reason="complaint", at=NOW)
        lab.suppress(channel, "complaint", address)
    for one in sent:
        await tx.execute(insert(Message).values(_row(lab.id, one).model_dump()))
        if not one["elsewhere"] or one["state"] not in COUNTED or one["run"] == RUNS[0]:
            lab.letters.append(_letter(lab.id, one))
        else:
            claimed = Claimed(one["purpose"], one["channel"], one["template"], NOW - one["ago"])
            lab.elsewhere.append(claimed)


def _row(customer: UUID, one: dict[str, Any]) -> Message:
    at = NOW - one["ago"]
    return Message(
        id=new_id(),
        customer_id=customer,
        journey_id="j",
        version=1,
        run_id=one["run"],
        step=one["step"],
        visit=1,
        attempt=1,
        channel=one["channel"],
        purpose=one["purpose"],
        template=one["template"],
        template_version=1,
        state=one["state"],
        address="a@example.com",
        content_hash="",
        content={},
        answer={},
        claimed_at=at,
        lease_until=at,
    )


def _letter(customer: UUID, one: dict[str, Any]) -> Letter:
    message = SentMessage(
        id=new_id(),
        customer_id=customer,
        run_id=one["run"],
        journey_id="j",
        step=one["step"],
        channel=one["channel"],
        template=one["template"],
        address="a@example.com",
    )
    state = {"ghost": "ghost", "refused": "refused", "released": "refused"}.get(one["state"], "handed_over")
    return Letter(message, 1, one["purpose"], NOW - one["ago"], state, Rendered(text="", content_hash=""))
