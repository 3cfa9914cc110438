"""Published templates: versions, locales, archive."""

import pytest
from sqlalchemy import text

from content.templates import compile_template
from domain.errors import NotFound
from store.database import Database, Transaction
from store.journey import templates
from store.journey.live_templates import LiveTemplates


def variant(words: str, locale: str = "") -> templates.Variant:
    source = f"---\nsubject: {words}\n---\n{words}"
    return templates.Variant(source=source, compiled=compile_template("email", "hello", source, locale=locale))


async def publish(tx: Transaction, **words: str) -> templates.PublishedTemplate:
    """The default text is `default`; `zh_Hant` stands for zh-Hant."""
    variants = {"" if tag == "default" else tag: variant(said) for tag, said in words.items()}
    return await templates.publish(tx, "email", "hello", variants, actor="test")


async def subject(tx: Transaction, locale: str) -> str | None:
    found = await templates.live(tx, "email", "hello", locale)
    return found.compiled.subject if found else None


async def test_the_same_text_twice_is_one_version(db: Database) -> None:
    async with db.transaction() as tx:
        first = await publish(tx, default="one")
        same = await publish(tx, default="one")
        other = await publish(tx, default="two")
    assert [(one.version, one.changed) for one in (first, same, other)] == [(1, True), (1, False), (2, True)]


async def test_what_is_kept_in_memory_is_read_again_once_something_was_published(db: Database) -> None:
    kept = LiveTemplates()
    async with db.transaction() as tx:
        await publish(tx, default="one")
        first = await kept.find(tx, "email", "hello", "", revision=1)
        await publish(tx, default="two")
        same = await kept.find(tx, "email", "hello", "", revision=1)
        next_ = await kept.find(tx, "email", "hello", "", revision=2)
    assert first is same
    assert [found.version for found in (first, next_) if found] == [1, 2]


async def test_publishing_one_locale_keeps_the_others(db: Database) -> None:
    async with db.transaction() as tx:
        await publish(tx, default="one", de="eins")
        assert (await publish(tx, de="zwei")).version == 2
        assert await subject(tx, "en") == "one"
        assert await subject(tx, "de") == "zwei"
        old = await templates.show(tx, "email", "hello", 1)
        new = await templates.show(tx, "email", "hello")
    assert [(text.locale, text.compiled.subject) for text in old] == [("", "one"), ("de", "eins")]
    assert [(text.locale, text.compiled.subject) for text in new] == [("", "one"), ("de", "zwei")]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("zh-Hant-HK", "hant"),
        ("zh_hant_hk", "hant"),
        ("zh-Hans-CN", "zh"),
        ("zh", "zh"),
        ("pt-BR", "brazil"),
        ("pt", "default"),
        ("de-AT", "default"),
        ("", "default"),
        ("not a locale", "default"),
    ],
)
async def test_the_nearest_locale_is_taken(db: Database, asked: str, found: str) -> None:
    async with db.transaction() as tx:
        await publish(tx, default="default", zh="zh", zh_Hant="hant", pt_br="brazil")
        assert await subject(tx, asked) == found


async def test_a_template_without_a_default_is_sent_as_it_is(db: Database) -> None:
    async with db.transaction() as tx:
        await publish(tx, de="eins")
        assert await subject(tx, "fr") == "eins"


async def test_what_is_archived_cannot_be_sent_until_it_is_published_again(db: Database) -> None:
    async with db.transaction() as tx:
        await publish(tx, default="one")
        assert await templates.live_names(tx) == {("email", "hello")}
        for _ in range(2):
            await templates.archive(tx, "email", "hello", actor="test")
        assert await templates.live_names(tx) == frozenset()
        assert await subject(tx, "") is None
        assert await templates.records(tx) == []
        assert [record.archived for record in await templates.records(tx, archived=True)] == [True]
        again = await publish(tx, default="one")
        assert (again.version, again.changed) == (1, False)
        assert await subject(tx, "") == "one"
        actions = (await tx.execute(text("SELECT action FROM audit ORDER BY at, id"))).scalars().all()
    assert actions == ["template.publish", "template.archive", "template.publish"]


async def test_the_list_says_which_locales_there_are(db: Database) -> None:
    async with db.transaction() as tx:
        await publish(tx, default="one", de="eins")
        (record,) = await templates.records(tx, channel="email")
        assert await templates.records(tx, channel="sms") == []
    assert (record.name, record.live_version, record.locales) == ("hello", 1, ("", "de"))


async def test_what_does_not_exist_is_not_found(db: Database) -> None:
    async with db.transaction() as tx:
        assert await templates.live(tx, "email", "hello") is None
        for wrong in (templates.show(tx, "email", "hello"), templates.archive(tx, "email", "hello", actor="test")):
            with pytest.raises(NotFound):
                await wrong


async def test_every_change_tells_the_caches(db: Database) -> None:
    async with db.transaction() as tx:
        before = (await tx.execute(text("SELECT revision FROM catalog"))).scalar_one()
        await publish(tx, default="one")
        await publish(tx, default="one")
        assert (await tx.execute(text("SELECT revision FROM catalog"))).scalar_one() == before + 1
