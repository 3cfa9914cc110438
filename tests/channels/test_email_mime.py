"""The mail as bytes: what is in its headers can be read, and what belongs into one part stays in it."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from channels.email_smtp.mime import build, mailbox
from channels.protocol import Outgoing

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def raw(**fields: Any) -> bytes:
    known = {
        "message_id": "m1",
        "to": "ada@example.com",
        "sender": "Shop <shop@example.com>",
        "text": "Hello",
        "subject": "Hi",
    }
    message = Outgoing.model_validate({**known, **fields})
    return build(message, mailbox(message.sender), mailbox(message.to), NOW)


def read(**fields: Any) -> EmailMessage:
    return message_from_bytes(raw(**fields), policy=policy.default)


def test_a_long_address_in_a_header_is_neither_encoded_nor_broken() -> None:
    address = f"<https://m.test/u/{'x' * 200}>"
    assert f"List-Unsubscribe: {address}\r\n".encode() in raw(headers={"List-Unsubscribe": address})


def test_a_long_subject_is_folded_and_read_back_as_it_was() -> None:
    subject = "words and  more words " * 12
    assert all(len(line) <= 78 for line in raw(subject=subject).splitlines())
    assert read(subject=subject)["Subject"] == subject.strip()


def test_other_letters_than_ascii_are_encoded() -> None:
    mail = read(subject="Grüße an alle " * 10, sender='"Åsa, B" <shop@example.com>')
    assert raw(subject="Grüße").isascii()
    assert mail["Subject"] == ("Grüße an alle " * 10).strip()
    assert mail["From"].addresses[0].display_name == "Åsa, B"


def test_what_looks_like_a_boundary_stays_in_its_part() -> None:
    text = "--=_alternative\n--=_mixed--\n.\nend"
    mail = read(text=text, html=f"<pre>{text}</pre>", attachments=(("a.ics", "text/calendar", b"BEGIN"),))
    assert [part.get_content_type() for part in mail.walk()] == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"),
    ]
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == text.splitlines()
    assert mail.defects == []


def test_line_breaks_and_encoded_words_in_a_value_add_nothing() -> None:
    mail = read(subject="a\r\nBcc: x@example.com", headers={"X-One": "=?utf-8?q?=0D=0ABcc=3A?= x"})
    assert mail["Bcc"] is None
    assert b"\r\nBcc" not in raw(
        sender='"=?utf-8?q?=0D=0ABcc=3A?= x" <shop@example.com>', subject="=?utf-8?q?=0D=0ABcc=3A?= x"
    )
    assert mail["Subject"] == "a Bcc: x@example.com"
