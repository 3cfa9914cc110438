"""The public pages, asked as mail programs, scanners and people ask them."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import select, text

from content.links import Signer
from runtime.settings import Settings
from store.database import Database
from store.tables.permissions import Consent
from tests.store.ledger_rows import inbox_events, message_row, sent_message

BROWSER = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15"
SHOP = "https://shop.test/a?b=1&c=ü"


@pytest.fixture
def signer(settings: Settings) -> Signer:
    return Signer(settings.secret_key.get_secret_value(), settings.link_url)


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(app=app)
    async with AsyncClient(transport=transport, base_url="http://test", headers={"User-Agent": BROWSER}) as client:
        yield client


async def click(browser: AsyncClient, url: str, **headers: str) -> Response:
    return await browser.get(url, headers=headers)


async def consents(db: Database) -> list[dict[str, Any]]:
    async with db.transaction() as tx:
        return [dict(row) for row in (await tx.execute(select(Consent))).mappings()]


async def test_a_link_leads_where_the_message_said_and_is_counted(
    browser: AsyncClient, db: Database, signer: Signer
) -> None:
    message = await sent_message(db)
    answer = await click(browser, signer.click(message, SHOP, "register"))
    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://shop.test/a?b=1&c=%C3%BC"
    assert "no-store" in answer.headers["Cache-Control"]
    row = await message_row(db, message)
    assert (row["clicks"], row["machine_clicks"]) == (1, 0)
    (event,) = await inbox_events(db)
    assert event["properties"]["link"] == "register"


async def test_the_pixel_is_a_picture_and_is_counted(browser: AsyncClient, db: Database, signer: Signer) -> None:
    message = await sent_message(db)
    answer = await browser.get(signer.open(message))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/gif"
    assert answer.content.startswith(b"GIF89a")
    assert (await message_row(db, message))["opens"] == 1


async def test_scanners_and_privacy_proxies_are_served_and_not_counted(
    browser: AsyncClient, db: Database, signer: Signer
) -> None:
    message = await sent_message(db)
    await browser.get(signer.open(message), headers={"User-Agent": "Mozilla/5.0"})
    assert (await browser.head(signer.click(message, SHOP))).status_code == 302
    for link in ("a", "b", "c"):
        await click(browser, signer.click(message, SHOP, link))
    row = await message_row(db, message)
    assert (row["opens"], row["machine_opens"]) == (0, 1)
    assert row["machine_clicks"] >= 3


def forged(url: str) -> list[str]:
    token = url.rpartition("/")[2]
    payload, _, signature = token.rpartition(".")
    base = url.removesuffix(token)
    other = {"x": "y"}.get(payload[5], "x")
    changed = [
        f"{payload[:5]}{other}{payload[6:]}.{signature}",
        f"{payload}.{signature[::-1]}",
        payload,
        "%F0%9F.x",
        ".",
    ]
    return [f"{base}{wrong}" for wrong in changed]


async def test_what_we_did_not_sign_leads_nowhere(browser: AsyncClient, db: Database, signer: Signer) -> None:
    message = await sent_message(db)
    stranger = Signer("another secret", signer.public_url)
    links = [*forged(signer.click(message, SHOP)), stranger.click(message, SHOP)]
    links.append(signer.unsubscribe(message).replace("/u/", "/c/"))
    for link in links:
        answer = await click(browser, link)
        assert answer.status_code == 404
        assert "Location" not in answer.headers
    for page in [*forged(signer.unsubscribe(message)), stranger.unsubscribe(message), signer.unsubscribe(uuid4())]:
        assert (await browser.get(page)).status_code == 404
        assert (await browser.post(page)).status_code == 404
    assert (await browser.get(stranger.open(message))).status_code == 404
    assert await inbox_events(db) == []
    assert await consents(db) == []


async def test_a_link_of_a_message_that_is_gone_still_leads_on(
    browser: AsyncClient, db: Database, signer: Signer
) -> None:
    assert (await click(browser, signer.click(uuid4(), SHOP))).status_code == 302


async def test_looking_at_the_unsubscribe_page_changes_nothing(
    browser: AsyncClient, db: Database, signer: Signer
) -> None:
    message = await sent_message(db)
    for method in ("GET", "HEAD"):
        await browser.request(method, signer.unsubscribe(message))
    assert await consents(db) == []
    assert await inbox_events(db) == []


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"content": b""},
    ],
    ids=["form", "multipart", "empty"],
)
async def test_a_mail_program_unsubscribes_in_one_click(
    browser: AsyncClient, db: Database, signer: Signer, sent: dict[str, Any]
) -> None:
    message = await sent_message(db)
    answer = await browser.post(signer.unsubscribe(message), **sent)
    assert answer.status_code == 200
    (consent,) = await consents(db)
    assert (consent["channel"], consent["topic"], consent["granted"]) == ("email", None, False)
    (event,) = await inbox_events(db)
    assert event["name"] == "Unsubscribed"


@pytest.mark.parametrize(("choice", "expected"), [("topic", (None, "news")), ("everything", ("email", None))])
async def test_a_person_chooses_what_to_leave(
    browser: AsyncClient, db: Database, signer: Signer, choice: str, expected: tuple[str | None, str | None]
) -> None:
    message = await sent_message(db)
    answer = await browser.post(signer.unsubscribe(message), data={"choice": choice})
    assert "You have unsubscribed" in answer.text
    (consent,) = await consents(db)
    assert (consent["channel"], consent["topic"]) == expected


async def test_the_page_offers_the_topic_only_where_there_is_one(
    browser: AsyncClient, db: Database, signer: Signer
) -> None:
    async with db.transaction() as tx:
        await tx.execute(
            text("INSERT INTO topic (id, title, description, opt_in) VALUES ('news', 'A <b> & C', '', false)")
        )
    with_topic = await browser.get(signer.unsubscribe(await sent_message(db)))
    assert "A &lt;b&gt; &amp; C" in with_topic.text
    assert with_topic.text.count('type="radio"') == 2
    without = await browser.get(signer.unsubscribe(await sent_message(db, topic=None)))
    assert without.text.count('type="radio"') == 1


LANGUAGES = [
    ("de", "", "en", "Unsubscribe"),
    ("zh-Hans-CN", "", "zh-Hans", "退订"),
    ("zh_TW", "en", "zh-Hant", "取消訂閱"),
    (None, "fr, zh-HK;q=0.8, en;q=0.9", "en", "Unsubscribe"),
    (None, "zh-HK, en;q=0.9", "zh-Hant", "取消訂閱"),
    (None, "zh", "zh-Hans", "退订"),
    (None, ";;;q=x,,", "en", "Unsubscribe"),
]


@pytest.mark.parametrize(("locale", "accepted", "language", "word"), LANGUAGES)
async def test_the_page_speaks_the_customers_language_or_the_browsers(
    browser: AsyncClient, db: Database, signer: Signer, locale: str | None, accepted: str, language: str, word: str
) -> None:
    message = await sent_message(db, attributes={"locale": locale} if locale else {})
    asked = await browser.get(signer.unsubscribe(message), headers={"Accept-Language": accepted})
    done = await browser.post(signer.unsubscribe(message), headers={"Accept-Language": accepted})
    for page in (asked, done):
        assert f'<html lang="{language}">' in page.text
        assert page.headers["Content-Language"] == language
        assert word.lower()[:2] in page.text.lower()


async def test_the_page_runs_nothing_and_cannot_be_framed(browser: AsyncClient, db: Database, signer: Signer) -> None:
    answer = await browser.get(signer.unsubscribe(await sent_message(db)))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "<script" not in answer.text
    assert " on" not in answer.text.partition("<body>")[2].partition("<form")[0]


async def test_a_reader_gets_on_while_the_database_is_away(app: FastAPI, browser: AsyncClient, signer: Signer) -> None:
    app.state.resources.db = Database("postgresql://nobody:x@127.0.0.1:1/none", pool_size=1)
    message = UUID(int=1)
    assert (await click(browser, signer.click(message, SHOP))).status_code == 302
    assert (await browser.get(signer.open(message))).status_code == 200
    assert (await browser.post(signer.unsubscribe(message))).status_code == 503
