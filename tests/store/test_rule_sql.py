"""The two evaluators of rules give the same verdict, and nothing that a rule says becomes part of a query's text."""

from collections.abc import AsyncIterator
from datetime import UTC
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, make_url, text

from domain.account import Account
from domain.calendar import INSTANT, parse_instant, zone_names, zone_of
from domain.errors import InvalidInput
from domain.ids import new_id
from domain.rules.evaluate import evaluate
from domain.rules.facts import Facts, Needs
from domain.rules.parse import parse_rule
from store.customer.facts import load_many
from store.database import Database, Transaction
from store.permission import grant, put_topic, suppress, withdraw
from store.rules.customers_matching import customers_matching
from store.tables.customers import Customer
from store.tables.events import Event
from store.tables.permissions import Topic
from tests.fixtures.rules import EVENTS, GAPS, INSTANTS, NO_INSTANTS, NOW, SPANS, ZONES, attributes, happenings, rules

ACCOUNT = Account(timezone="America/New_York", implicit_consent=("email",))
EVERYTHING = Needs(events=dict.fromkeys(EVENTS), reachable=True, topics=True)
SCORES = [0.0, 5.0, 18.0, 0.1, 1 / 3, -5.0, 1e16, 123456789.123456789]

_UNHURRIED = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


def examples(count: int) -> settings:
    """The database stays the same over the examples of a test, on purpose."""
    return settings(max_examples=count, deadline=None, suppress_health_check=_UNHURRIED)


async def add(tx: Transaction, random: Random, customer: UUID) -> None:
    """One person with a past."""
    await tx.execute(
        insert(Customer), {"id": customer, "attributes": attributes(random), "score": random.choice(SCORES)}
    )
    for place, (name, timestamp, properties) in enumerate(happenings(random)):
        row = Event(
            id=new_id(),
            received_at=NOW,
            position=place,
            customer_id=customer,
            name=name,
            type="track",
            timestamp=timestamp,
            properties=properties,
            context={},
            source="test",
            message_id=str(place),
        )
        await tx.execute(insert(Event), row.model_dump())
    for topic in ("news", "offers"):
        if random.random() < 0.6:
            await random.choice([grant, withdraw])(tx, customer, topic=topic, source="test", at=NOW)
    for channel in ("email", "sms"):
        if random.random() < 0.6:
            await random.choice([grant, withdraw])(tx, customer, channel=channel, source="test", at=NOW)


class People:
    """Not a dataclass: hypothesis would print all of them."""

    def __init__(self, tx: Transaction, known: dict[UUID, Facts]) -> None:
        self.tx, self.known = tx, known


@pytest.fixture
async def people(db: Database) -> AsyncIterator[People]:
    """An open transaction, and the facts of everybody in it."""
    async with db.transaction() as tx:
        await put_topic(tx, Topic(id="news"))
        await put_topic(tx, Topic(id="offers", opt_in=True))
        await suppress(tx, "email", "ada@shop.test", reason="complaint", at=NOW)
        random = Random(1)
        ids = [new_id() for _ in range(80)]
        for customer in ids:
            await add(tx, random, customer)
        yield People(tx, await load_many(tx, ids, EVERYTHING, now=NOW, account=ACCOUNT))


@examples(200)
@given(raw=rules)
async def test_sql_and_python_agree_on_every_rule(people: People, raw: Any) -> None:
    await agree(people, raw)


async def agree(people: People, raw: Any) -> None:
    rule = parse_rule(raw, path="if")
    query = customers_matching(rule, now=NOW, account=ACCOUNT)
    async with people.tx.begin_nested():
        by_sql = set((await people.tx.execute(query)).scalars())
    by_python = {customer for customer, facts in people.known.items() if evaluate(rule, facts).holds}
    parted = [(customer in by_sql, people.known[customer]) for customer in by_sql ^ by_python]
    assert not parted, f"{raw} in SQL: {parted[0][0]}; {parted[0][1]}"


async def test_they_agree_on_what_chance_seldom_hits(people: People) -> None:
    for stat, limit in product(["median", "mean", "min", "max", "last"], GAPS):
        await agree(people, {"gap": {"of": EVENTS[0], "stat": stat, "gte": limit}})
        await agree(people, {"gap": {"of": EVENTS[0], "stat": stat, "eq": limit, "at_least": 2}})
    for operator, span in product(["in_next", "in_last"], SPANS):
        await agree(people, {"any": [{path: {operator: span}} for path in ("when", "age", "plan", "tags")]})
    for left, right in product(["when", "age", "plan", "tags", "items"], repeat=2):
        await agree(people, {left: {"ref": f"customer.{right}"}})
        await agree(people, {left: {"contains": {"ref": f"customer.{right}"}}})


storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
values = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | storable | st.booleans()


@examples(60)
@given(
    stored=st.lists(st.tuples(storable, values | st.lists(values, max_size=3)), min_size=1, max_size=12), data=st.data()
)
async def test_they_agree_on_names_and_values_that_nobody_thought_of(db: Database, stored: Any, data: Any) -> None:
    name, value = data.draw(st.sampled_from(stored))
    name = ".".join(part for part in name.split(".") if part) or "x"
    literal = data.draw(values) if isinstance(value, list) else value
    operators = ["eq", "not", "contains"]
    if isinstance(literal, str):
        operators += ["starts_with", "ends_with"]
    elif not isinstance(literal, bool):
        operators += ["gt", "lte"]
    operator = data.draw(st.sampled_from(operators))
    rule = parse_rule({f"customer.{name}": {operator: literal}}, path="if")
    people = [(new_id(), {key: kept}) for key, kept in stored] + [(new_id(), {name: value})]
    async with db.transaction() as tx:
        await tx.execute(insert(Customer), [{"id": customer, "attributes": own} for customer, own in people])
        known = await load_many(tx, [customer for customer, _ in people], Needs(), now=NOW, account=ACCOUNT)
        found = set((await tx.execute(customers_matching(rule, now=NOW, account=ACCOUNT))).scalars())
        await tx.rollback()
    assert found == {customer for customer, facts in known.items() if evaluate(rule, facts).holds}


@examples(40)
@given(
    st.lists(
        st.tuples(
            st.from_regex(INSTANT, fullmatch=True) | st.sampled_from(INSTANTS + NO_INSTANTS) | storable,
            st.sampled_from(ZONES),
        ),
        min_size=1,
        max_size=40,
    )
)
async def test_they_read_the_same_instants_in_the_same_zones(db: Database, read: list[tuple[str, Any]]) -> None:
    query = text(
        "SELECT instant_of(value, zone_of(jsonb_build_object('timezone', zone), CAST(:known AS text[]), 'America/New_York'))"
        " FROM jsonb_to_recordset(CAST(:read AS jsonb)) AS told (place int, value jsonb, zone jsonb) ORDER BY place"
    )
    rows = [{"place": place, "value": value, "zone": zone} for place, (value, zone) in enumerate(read)]
    async with db.transaction() as tx:
        answer = await tx.execute(query, {"known": sorted(zone_names()), "read": orjson.dumps(rows).decode()})
    found = [moment and moment.astimezone(UTC) for moment in answer.scalars()]
    in_python = [parse_instant(value, zone_of({"timezone": zone}, ACCOUNT)[0]) for value, zone in read]
    parted = [(*what, one, other) for what, one, other in zip(read, found, in_python, strict=True) if one != other]
    assert not parted, parted


@pytest.mark.parametrize("name", ["x'; DROP TABLE customer; --", 'x"; $$', "%(param_1)s", ":param_1", "\\", "{}"])
def test_names_and_values_are_parameters_and_never_text(name: str) -> None:
    raw = {
        f"customer.{name}": {"in": [name], "contains": name, "exists": True},
        "did": {"event": name, "where": {name: name}},
        "sum": {"of": {"event": name, "property": name}, "gte": {"ref": f"customer.{name}"}},
        "gap": {"of": name, "lte": "1d"},
        "reachable": name,
        "subscribed": name,
    }
    harmless = {
        "customer.y": {"in": ["y"], "contains": "y", "exists": True},
        "did": {"event": "y", "where": {"y": "y"}},
    }
    harmless |= {"sum": {"of": "y.y", "gte": {"ref": "customer.y"}}, "gap": {"of": "y", "lte": "1d"}}
    harmless |= {"reachable": "y", "subscribed": "y"}
    assert _sql(raw) == _sql(harmless)


def _sql(raw: Any) -> str:
    query = customers_matching(parse_rule(raw, path="if"), now=NOW, account=ACCOUNT)
    return str(query.compile(dialect=make_url("postgresql+psycopg://").get_dialect()()))


@pytest.mark.parametrize(
    "raw",
    [
        {"event.total": 5},
        {"run.code": "x"},
        {"item": "x"},
        {"plan": {"ref": "event.plan"}},
        {"score": {"gte": {"ref": "run.limit"}}},
        {"did": {"event": "A", "where": {"id": {"ref": "event.id"}}}},
        {"reacted": "send-welcome"},
        {"in_segment": "vip"},
        {"any": [{"plan": "pro"}, {"not": {"in_segment": "vip"}}]},
    ],
)
def test_what_only_a_run_knows_is_refused(raw: Any) -> None:
    with pytest.raises(InvalidInput):
        customers_matching(parse_rule(raw, path="if"), now=NOW, account=ACCOUNT)


async def test_merged_customers_are_not_found(db: Database) -> None:
    one, other = new_id(), new_id()
    async with db.transaction() as tx:
        await tx.execute(insert(Customer), {"id": one, "attributes": {"plan": "pro"}})
        await tx.execute(insert(Customer), {"id": other, "attributes": {"plan": "pro"}, "merged_into": one})
        found = await tx.execute(customers_matching(parse_rule({"plan": "pro"}, path=""), now=NOW, account=ACCOUNT))
    assert list(found.scalars()) == [one]


async def test_a_server_that_does_not_know_a_zone_uses_the_accounts(db: Database) -> None:
    async with db.transaction() as tx:
        query = text("""SELECT zone_of('{"timezone": "Mars/Phobos"}', ARRAY['Mars/Phobos'], 'Europe/Berlin')""")
        assert (await tx.execute(query)).scalar_one() == "Europe/Berlin"
