"""Keys lead to customers, and each leads to one."""

from uuid import UUID

from sqlalchemy import text

from domain.events import AcceptedEvent
from domain.ids import new_id
from store.customer.customers import Person, save
from store.customer.identities import add, named_in, resolve
from store.database import Database, Transaction
from tests.routing.world import event


async def customer(tx: Transaction, *keys: str) -> UUID:
    person = Person(new_id(), {}, position=7, is_new=True)
    await save(tx, [person])
    await add(tx, [(key, person.id) for key in keys])
    return person.id


async def test_one_key_gives_all_keys_of_the_customer(db: Database) -> None:
    async with db.transaction() as tx:
        ann = await customer(tx, "user_id:ann", "anonymous_id:a:1")
        await customer(tx, "user_id:bob")
        found = await resolve(tx, ["anonymous_id:a:1", "user_id:nobody", "customer_id:nonsense"])
        keys = {(f"customer_id:{ann}", ann, 7), ("user_id:ann", ann, None), ("anonymous_id:a:1", ann, None)}
        assert set(found) == keys
        assert set(await resolve(tx, [f"customer_id:{ann}"])) == keys


async def test_a_key_that_leads_somewhere_stays_there(db: Database) -> None:
    async with db.transaction() as tx:
        ann = await customer(tx, "user_id:ann")
        bob = await customer(tx, "user_id:bob")
        assert await add(tx, [("user_id:ann", bob), ("anonymous_id:b", bob)]) == 1
        assert {customer for _, customer, _ in await resolve(tx, ["user_id:ann"])} == {ann}


async def test_a_customer_who_was_merged_away_is_not_found_by_id(db: Database) -> None:
    async with db.transaction() as tx:
        ann = await customer(tx, "user_id:ann")
        await tx.execute(text("UPDATE customer SET merged_into = gen_random_uuid()"))
        assert await resolve(tx, [f"customer_id:{ann}"]) == []


def test_an_alias_names_whom_it_is_about_of_either_kind() -> None:
    alias: AcceptedEvent = event("ann", type="alias", previous_id="a1")
    assert named_in(alias) == ["user_id:ann", "user_id:a1", "anonymous_id:a1"]
    assert named_in(event("ann ?a2")) == ["user_id:ann", "anonymous_id:a2"]
