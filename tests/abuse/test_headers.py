"""No value of a customer, an event or an author adds a header, a recipient or a mail."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email_smtp.mime import build, mailbox
from channels.protocol import Outgoing
from domain.errors import InvalidInput

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
GIVEN = ["From", "To", "Subject", "Date", "Message-ID", "Reply-To", "List-Unsubscribe"]
PIECES = [
    "\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x1e", "\x85", "\u2028", "\u2029", "Bcc: eve@x.test", ":", " ", "\t", "Ada",
    '"', "\\", "<", ">", "@", ",", ";", "(", "é", "\U0001f600", "=?utf-8?q?=0ABcc:?=", "a" * 200, ".", "\r\n.\r\n",
]  # fmt: skip
lines = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def mail(**changes: object) -> bytes:
    usual: dict[str, object] = {
        "message_id": "1",
        "to": "ada@shop.test",
        "sender": "Shop <hello@shop.test>",
        "subject": "Hello",
        "text": "Hello",
        "reply_to": "reply@shop.test",
        "headers": {"List-Unsubscribe": "<https://t.test/u/x>"},
    }
    message = Outgoing.model_validate(usual | changes)
    return build(message, mailbox(message.sender), mailbox(message.to), NOW)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(subject=lines, name=lines, reply=lines, unsubscribe=lines, text=lines)
def test_a_mail_has_the_headers_that_it_was_given(
    subject: str, name: str, reply: str, unsubscribe: str, text: str
) -> None:
    try:
        written = mail(
            subject=subject,
            sender=f"{name} <hello@shop.test>",
            reply_to=f"{reply} <reply@shop.test>",
            headers={"List-Unsubscribe": f"<https://t.test/u/{unsubscribe}>"},
            text=text,
        )
    except (InvalidInput, ValueError):
        return  # refused, which the channel answers as our own mistake
    head, _, body = written.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    assert [one for one in names if not one.startswith(("MIME", "Content"))] == GIVEN
    assert len(message_from_bytes(written, policy=SMTP)["From"].addresses) == 1
    assert b"\n" not in body.replace(b"\r\n", b"")


RECIPIENTS = [
    "a@b.test\r\nBcc: c@d.test", "a@b.test, c@d.test", "a@b.test\r\nRCPT TO:<c@d.test>", "<a@b.test>\0",
    "a@b.test>\r\nDATA", "a b@c.test", "@b.test", "a@[127.0.0.1]", "a" * 400 + "@b.test",
]  # fmt: skip


@pytest.mark.parametrize("address", RECIPIENTS)
def test_a_recipient_is_one_address_or_none(address: str) -> None:
    try:
        recipient = mailbox(address)
    except InvalidInput:
        return
    assert recipient.addr_spec == "a@b.test"
    assert mail(to=address).count(b"\nTo: ") == 1
    assert b"\nBcc:" not in mail(to=address)
