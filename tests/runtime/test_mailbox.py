"""The development inbox: what is sent to it can be read, by people and by scripts."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from runtime.mailbox.app import create_mailbox_app
from runtime.mailbox.letters import Letters, read_letter
from tests.fixtures.mailbox import Mailbox


def mail(to: str, *, subject: str = "Thanks & welcome", html: str | None = "<p>Hello <b>Ann</b></p>") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Shop <shop@example.com>"
    message["To"] = to
    message["Subject"] = subject
    message["List-Unsubscribe"] = "<http://localhost/u/1>"
    message.set_content("Hello Ann, 你好")
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


def test_a_mail_sent_by_smtp_is_listed_with_its_parts_and_headers(mailbox: Mailbox) -> None:
    address = f"{uuid4().hex}@example.com"
    with smtplib.SMTP(mailbox.host, mailbox.smtp_port) as smtp:
        smtp.send_message(mail(address))
    (found,) = mailbox.messages(to=address)
    assert found["from"] == "Shop <shop@example.com>"
    assert found["to"] == [address]
    assert found["subject"] == "Thanks & welcome"
    assert found["text"].strip() == "Hello Ann, 你好"
    assert found["html"].strip() == "<p>Hello <b>Ann</b></p>"
    assert found["headers"]["List-Unsubscribe"] == "<http://localhost/u/1>"
    assert found["received_at"].endswith("Z")
    assert httpx.get(f"{mailbox.url}/", trust_env=False).status_code == 200


def client_of(letters: Letters) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_mailbox_app(letters))
    return httpx.AsyncClient(transport=transport, base_url="http://inbox.test")


@pytest.fixture
def letters(tmp_path: Path) -> Iterator[Letters]:
    kept = Letters(tmp_path / "letters.jsonl")
    for number in range(3):
        kept.add(
            read_letter(
                bytes(mail(f"Ann{number}@example.com", subject=f"<Mail {number}>")), [f"Ann{number}@example.com"]
            )
        )
    yield kept
    kept.close()


async def test_the_newest_comes_first_and_can_be_asked_for_by_address(letters: Letters) -> None:
    client = client_of(letters)
    assert [each["subject"] for each in (await client.get("/api/messages")).json()] == [
        "<Mail 2>",
        "<Mail 1>",
        "<Mail 0>",
    ]
    assert [each["subject"] for each in (await client.get("/api/messages?limit=1")).json()] == ["<Mail 2>"]
    assert [each["subject"] for each in (await client.get("/api/messages?to=ann1@EXAMPLE.com")).json()] == ["<Mail 1>"]
    assert (await client.get("/api/messages?limit=many")).status_code == 400


def test_mail_survives_a_restart_even_if_the_last_line_was_cut_off(letters: Letters, tmp_path: Path) -> None:
    letters.close()
    with (tmp_path / "letters.jsonl").open("a") as file:
        file.write('{"id": "half of a')
    again = Letters(tmp_path / "letters.jsonl")
    assert [each.subject for each in again.newest()] == ["<Mail 2>", "<Mail 1>", "<Mail 0>"]
    again.close()


async def test_delete_empties_the_inbox_for_good(letters: Letters, tmp_path: Path) -> None:
    client = client_of(letters)
    assert (await client.delete("/api/messages")).status_code == 204
    assert (await client.get("/api/messages")).json() == []
    letters.add(read_letter(bytes(mail("b@example.com")), ["b@example.com"]))
    again = Letters(tmp_path / "letters.jsonl")
    assert len(again.newest()) == 1
    again.close()


async def test_pages_escape_what_a_mail_says_and_frame_its_html_in_a_sandbox(letters: Letters) -> None:
    client = client_of(letters)
    newest = letters.newest()[0]
    assert "&lt;Mail 2&gt;" in (await client.get("/")).text
    page = (await client.get(f"/messages/{newest.id}")).text
    assert "&lt;Mail 2&gt;" in page
    assert "<Mail 2>" not in page
    body = await client.get(f"/messages/{newest.id}/html")
    assert "<b>Ann</b>" in body.text
    assert body.headers["content-security-policy"].startswith("sandbox")
    assert "Subject: <Mail 2>" in (await client.get(f"/messages/{newest.id}/source")).text
    assert (await client.get("/messages/unknown")).status_code == 404
