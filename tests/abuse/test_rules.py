"""Hostile text in every place of a rule: both evaluators read it as text, agree, and PostgreSQL sees parameters."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert, text

from domain.account import Account
from domain.errors import InvalidDocument
from domain.ids import new_id
from domain.rules.evaluate import evaluate
from domain.rules.facts import Needs
from domain.rules.parse import parse_rule
from store.customer.facts import load_many
from store.database import Database
from store.rules.customers_matching import customers_matching
from store.tables.customers import Customer

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOSTILE = [
    "'; DROP TABLE customer; --", '"', "\\", "$$", "%", "_", "%s", "%(id)s", ":id", "{0}", "$[*] ? (@ == 1)", "a\"].b[\"c",
    "lax $", "\u2028", "\U0001f600", "\x7f", "\x01", "e\u0301", "' OR 1=1", "*", "**", "@", "a b", "[0]", "-1", "\\u0000",
    ".*", "(a+)+$", "a" * 5_000,
]  # fmt: skip


def places(word: str) -> list[dict[str, Any]]:
    """Rules with the word in every place that takes one."""
    return [
        {f"customer.{word}": word},
        {f"customer.deep.{word}": {"in": [word, "x"]}},
        *({"customer.word": {operator: word}} for operator in ("eq", "not", "contains", "starts_with", "ends_with")),
        {"customer.word": {"ref": f"customer.{word}"}},
        {"did": {"event": word, "where": {word: word}}},
        {"sum": {"of": {"event": word, "property": word}, "gte": 1}},
        {"gap": {"of": word, "gte": "1d"}},
        {"subscribed": word},
        {"reachable": word},
    ]


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_text_in_a_rule_is_text(db: Database, word: str) -> None:
    people = [{word: word, "word": f"a{word}b", "deep": {word: word}}, {"word": word}, {"word": "other"}]
    ids = [new_id() for _ in people]
    async with db.transaction() as tx:
        rows = [{"id": one, "attributes": attributes} for one, attributes in zip(ids, people, strict=True)]
        await tx.execute(insert(Customer), rows)
        needs = Needs(events={word: None}, reachable=True, topics=True)
        known = await load_many(tx, ids, needs, now=NOW, account=Account())
        for raw in places(word):
            try:
                rule = parse_rule(raw, path="if")
            except InvalidDocument:
                continue
            query = customers_matching(rule, now=NOW, account=Account())
            found = set((await tx.execute(query)).scalars())
            assert found == {one for one, facts in known.items() if evaluate(rule, facts).holds}, raw
        assert (await tx.execute(text("SELECT count(*) FROM customer"))).scalar_one() == len(people)


async def test_a_path_of_thousands_of_parts_is_no_fault(db: Database) -> None:
    path = ".".join("a" * 3_000)
    rule = parse_rule({f"customer.{path}": 1}, path="if")
    async with db.transaction() as tx:
        assert list((await tx.execute(customers_matching(rule, now=NOW, account=Account()))).scalars()) == []
