"""Mail over SMTP against a real server on loopback that answers as scripted."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from channels.email_smtp import EmailSmtp, SmtpSettings
from channels.protocol import Answer, Channel, HandedOver, Misconfigured, Outgoing, Refused, Released, Unknown
from tests.channels.certificates import server_certificate
from tests.doubles.smtp import Drop, SmtpScript, smtp_double

MESSAGE = "6f2d8a64-52a5-5a6b-9d2c-0f6f1c9b7a11"


def outgoing(**changes: Any) -> Outgoing:
    given = {
        "message_id": MESSAGE,
        "to": "ada@example.com",
        "sender": "Shop <hello@shop.test>",
        "subject": "Grüße",
        "text": "Hello\n.dot\nÜ",
        "html": "<p>Hello</p>",
    }
    return Outgoing.model_validate(given | changes)


@asynccontextmanager
async def channel_to(script: SmtpScript, **changes: Any) -> AsyncIterator[EmailSmtp]:
    given = {"host": "127.0.0.1", "port": script.port, "timeout": timedelta(seconds=5)}
    channel = EmailSmtp(SmtpSettings.model_validate(given | changes))
    try:
        yield channel
    finally:
        await channel.close()


async def handed_over(script: SmtpScript, message: Outgoing | None = None, **settings: Any) -> Answer:
    async with smtp_double(script), channel_to(script, **settings) as channel:
        return await channel.hand_over(message or outgoing())


async def test_a_mail_arrives_with_its_text_its_page_and_a_message_id_that_never_changes() -> None:
    script = SmtpScript()
    async with smtp_double(script), channel_to(script) as channel:
        protocol: Channel = channel
        first = await protocol.hand_over(outgoing())
        second = await protocol.hand_over(outgoing())
    assert isinstance(first, HandedOver)
    assert first.provider == "smtp"
    assert first.provider_id == f"<{MESSAGE}@shop.test>"
    assert first.response == "2.0.0 queued as 4711"
    assert second == first
    mail, again = script.parsed()
    assert mail["Message-ID"] == again["Message-ID"] == first.provider_id
    assert mail["Subject"] == "Grüße"
    assert mail["From"] == "Shop <hello@shop.test>"
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text
    assert html
    assert text.get_content().splitlines() == ["Hello", ".dot", "Ü"]
    assert html.get_content().strip() == "<p>Hello</p>"
    assert all(byte < 128 for byte in script.mails[0])
    assert script.connections == 1


async def test_headers_and_attachments_come_along() -> None:
    script = SmtpScript()
    headers = {"List-Unsubscribe": "<https://m.test/u/x>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = outgoing(
        headers=headers, reply_to="Sales <sales@shop.test>", attachments=[("w.ics", "text/calendar", b"BEGIN")]
    )
    await handed_over(script, message)
    (mail,) = script.parsed()
    assert mail["List-Unsubscribe"] == headers["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] == headers["List-Unsubscribe-Post"]
    assert mail["Reply-To"] == "Sales <sales@shop.test>"
    assert mail.get_content_type() == "multipart/mixed"
    (attachment,) = mail.iter_attachments()
    assert attachment.get_filename() == "w.ics"
    assert attachment.get_content_type() == "text/calendar"
    assert attachment.get_payload(decode=True) == b"BEGIN"


async def test_no_value_can_add_a_header() -> None:
    script = SmtpScript()
    evil = "x\r\nBcc: everybody@example.com\r\n\r\nbody"
    answer = await handed_over(script, outgoing(subject=evil, headers={"X-Note": evil}))
    assert isinstance(answer, HandedOver)
    (mail,) = script.parsed()
    assert "Bcc" not in mail
    assert mail["Subject"] == "x Bcc: everybody@example.com body"
    assert script.envelopes == [("hello@shop.test", ["ada@example.com"])]


async def test_an_international_domain_is_written_in_ascii() -> None:
    script = SmtpScript()
    await handed_over(script, outgoing(to="ada@bücher.example"))
    assert script.envelopes[0][1] == ["ada@xn--bcher-kva.example"]


@pytest.mark.parametrize("address", ["nobody", "a@b@c", "", "ädä@example.com", "x\r\ny@example.com"])
async def test_an_address_that_plain_smtp_cannot_carry_is_refused_without_a_connection(address: str) -> None:
    script = SmtpScript()
    answer = await handed_over(script, outgoing(to=address))
    assert isinstance(answer, Refused)
    assert answer.address_is_dead
    assert script.connections == 0


async def test_a_sender_that_is_no_address_is_our_own_mistake() -> None:
    answer = await handed_over(SmtpScript(), outgoing(sender="Shop"))
    assert isinstance(answer, Misconfigured)


RECIPIENT_ANSWERS = [
    ("450 4.2.0 greylisted", Released, None),
    ("550 5.1.1 <ada@example.com> unknown", Refused, True),
    ("550 no such user here", Refused, True),
    ("553 mailbox name not allowed", Refused, True),
    ("550 5.7.1 blocked by policy", Refused, False),
    ("552 5.2.2 mailbox full", Refused, False),
    ("554 no", Refused, False),
    ("530 5.7.0 authentication required", Misconfigured, None),
]


@pytest.mark.parametrize(("said", "kind", "is_dead"), RECIPIENT_ANSWERS)
async def test_what_the_server_says_about_a_recipient_is_understood(
    said: str, kind: type, is_dead: bool | None
) -> None:
    answer = await handed_over(SmtpScript(answers={"ada@example.com": said}))
    assert isinstance(answer, kind)
    if isinstance(answer, Refused):
        assert answer.address_is_dead is is_dead
        assert "ada" not in answer.reason


async def test_one_refused_recipient_does_not_cost_the_connection() -> None:
    script = SmtpScript(answers={"bob@example.com": "550 5.1.1 unknown"})
    async with smtp_double(script), channel_to(script) as channel:
        assert isinstance(await channel.hand_over(outgoing(to="bob@example.com")), Refused)
        assert isinstance(await channel.hand_over(outgoing()), HandedOver)
    assert script.connections == 1


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (SmtpScript(sender_answer="451 try later"), Released),
        (SmtpScript(sender_answer="550 5.7.1 not your domain"), Misconfigured),
        (SmtpScript(data_answer="451 not now"), Released),
        (SmtpScript(data_answer="554 no valid recipients"), Refused),
        (SmtpScript(mail_answer="452 4.3.1 disk full"), Released),
        (SmtpScript(mail_answer="554 5.7.1 spam"), Refused),
        (SmtpScript(sender_answer="421 closing"), Released),
        (SmtpScript(sender_answer=Drop), Released),
        (SmtpScript(data_answer=Drop), Released),
        (SmtpScript(mail_answer=Drop), Unknown),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
async def test_every_stage_has_its_own_no(script: SmtpScript, kind: type) -> None:
    answer = await handed_over(script)
    assert isinstance(answer, kind)
    assert not script.mails or kind is Unknown
    if isinstance(answer, Refused):
        assert not answer.address_is_dead


@pytest.mark.parametrize(("stage", "kind"), [("rcpt", Released), ("data", Released), ("mail", Unknown)])
async def test_silence_is_released_before_the_last_dot_and_unknown_after_it(stage: str, kind: type) -> None:
    script, patience = SmtpScript(silent_at=frozenset((stage,))), timedelta(seconds=0.2)
    answer = await handed_over(script, timeout=patience, answer_timeout=patience)
    assert isinstance(answer, kind)


async def test_a_server_that_is_not_there_is_tried_again_later() -> None:
    async with smtp_double() as script:
        pass
    async with channel_to(script) as channel:
        answer = await channel.hand_over(outgoing())
    assert isinstance(answer, Released)
    assert answer.code == "unreachable"


async def test_a_kept_connection_that_died_is_replaced_once() -> None:
    script = SmtpScript()
    async with smtp_double(script), channel_to(script) as channel:
        await channel.hand_over(outgoing())
        script.cut_connections()
        assert isinstance(await channel.hand_over(outgoing()), HandedOver)
        script.sender_answer = "421 4.3.2 shutting down"
        answer = await channel.hand_over(outgoing())
    assert isinstance(answer, Released)
    assert answer.code == "421"
    assert len(script.mails) == 2
    assert script.connections == 3


async def test_many_mails_share_few_connections() -> None:
    script = SmtpScript()
    async with smtp_double(script), channel_to(script, connections=3) as channel:
        answers = await asyncio.gather(*(channel.hand_over(outgoing(to=f"a{n}@example.com")) for n in range(30)))
    assert all(isinstance(answer, HandedOver) for answer in answers)
    assert len(script.mails) == 30
    assert script.connections == 3


async def test_a_connection_is_given_up_after_its_share_of_mails_or_when_idle() -> None:
    script = SmtpScript()
    async with smtp_double(script):
        async with channel_to(script, mails_per_connection=2) as channel:
            for _ in range(4):
                await channel.hand_over(outgoing())
        assert script.connections == 2
        async with channel_to(script, idle=timedelta(0)) as channel:
            for _ in range(2):
                await channel.hand_over(outgoing())
        assert script.connections == 4


async def test_the_account_is_used_and_a_wrong_password_is_our_own_mistake() -> None:
    script = SmtpScript(login=("shop", "secret"))
    assert isinstance(await handed_over(script, username="shop", password="secret"), HandedOver)
    wrong = await handed_over(script, username="shop", password="guess")
    assert isinstance(wrong, Misconfigured)
    assert wrong.code == "authentication_refused"
    assert isinstance(await handed_over(script), Misconfigured)


@pytest.mark.parametrize("mode", ["tls", "starttls"])
async def test_tls_is_spoken_and_certificates_are_checked(mode: str, tmp_path: Path) -> None:
    context, authority = server_certificate(tmp_path)
    script = SmtpScript()
    async with smtp_double(
        script, tls=context if mode == "tls" else None, starttls=context if mode == "starttls" else None
    ):
        async with channel_to(script, tls=mode, ca_file=str(authority), host="localhost") as channel:
            assert isinstance(await channel.hand_over(outgoing()), HandedOver)
        async with channel_to(script, tls=mode, host="localhost") as channel:
            answer = await channel.hand_over(outgoing())
    assert isinstance(answer, Misconfigured)
    assert answer.code == "tls_failed"


async def test_without_starttls_on_the_server_nothing_is_sent_in_the_clear() -> None:
    script = SmtpScript()
    answer = await handed_over(script, tls="starttls")
    assert isinstance(answer, Misconfigured)
    assert not script.mails


async def test_the_mail_looks_the_same_at_every_attempt_but_for_its_date() -> None:
    script = SmtpScript()
    async with smtp_double(script), channel_to(script) as channel:
        for _ in range(2):
            await channel.hand_over(outgoing())
    one, two = (re.sub(rb"(?m)^Date: .*$", b"", mail) for mail in script.mails)
    assert one == two
