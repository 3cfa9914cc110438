"""Topics: what customers can subscribe to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from api.admin.texts import sound_json
from api.auth import AdminKey
from api.dependencies import Open
from domain.errors import NotFound
from domain.frozen import Frozen
from domain.records import Page
from store.access import audit
from store.permission.topics import list_topics, put_topic
from store.tables.permissions import Topic

router = APIRouter(prefix="/v1/topics", tags=["account"], dependencies=[Depends(sound_json)])

TopicName = Annotated[
    str,
    Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100, description="The topic's id.", examples=["product-news"]),
]


class TopicWords(Frozen):
    """`opt_in`: only those who subscribed are written to; otherwise everybody who has not unsubscribed."""

    title: str = Field("", max_length=200, examples=["Product news"])
    description: str = Field("", max_length=2000, examples=["What is new, about once a month."])
    opt_in: bool = False


class TopicRecord(TopicWords):
    """A topic with its id."""

    id: str


@router.get("")
async def list_all(opened: Open, _: AdminKey) -> Page[TopicRecord]:
    """All topics, by id."""
    async with opened.db.transaction() as tx:
        return Page(items=tuple(_record(topic) for topic in await list_topics(tx)))


@router.get("/{topic}")
async def show(topic: TopicName, opened: Open, _: AdminKey) -> TopicRecord:
    """One topic."""
    async with opened.db.transaction() as tx:
        found = next((known for known in await list_topics(tx) if known.id == topic), None)
    if found is None:
        raise NotFound(f"There is no topic {topic}. `GET /v1/topics` lists those that exist.", code="unknown_topic")
    return _record(found)


@router.put("/{topic}")
async def put(topic: TopicName, words: TopicWords, opened: Open, key: AdminKey) -> TopicRecord:
    """Creates a topic, or changes its words. Who is subscribed stays as it is."""
    wanted = TopicRecord(id=topic, **words.model_dump())
    async with opened.db.transaction() as tx:
        if wanted not in [_record(known) for known in await list_topics(tx)]:
            await put_topic(tx, Topic(**wanted.model_dump()))
            await audit.record(tx, key.prefix, "topic.put", topic, words.model_dump())
    return wanted


def _record(topic: Topic) -> TopicRecord:
    return TopicRecord.model_validate(topic.model_dump())
