"""What one can subscribe to. `opt_in`: only who asked for it gets it; otherwise who has not declined it."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from store.database import Transaction
from store.tables.permissions import Topic


async def put_topic(tx: Transaction, topic: Topic) -> None:
    """Creates the topic, or changes its title, description and default."""
    values = topic.model_dump()
    changes = {name: value for name, value in values.items() if name != "id"}
    await tx.execute(insert(Topic).values(**values).on_conflict_do_update(index_elements=["id"], set_=changes))


async def list_topics(tx: Transaction) -> list[Topic]:
    """All topics, by id."""
    rows = (await tx.execute(select(Topic).order_by(col(Topic.id)))).mappings()
    return [Topic(**row) for row in rows]
