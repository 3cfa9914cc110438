"""Hands mail over to an SMTP server and says honestly what became of it."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Literal

from aiosmtplib import (
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from channels.email_smtp import answers
from channels.email_smtp.dkim import DkimSigner
from channels.email_smtp.mime import build, mailbox, message_id
from channels.email_smtp.pool import Connection, Pool
from channels.email_smtp.settings import SmtpSettings
from channels.protocol import Answer, HandedOver, Misconfigured, Outgoing, Refused, Released, Unknown
from domain.errors import InvalidInput

_DOT = re.compile(rb"^\.", re.MULTILINE)
_CLOSING = 421


class _Dead(Exception):
    """A kept connection turned out to be closed before the server was given the mail."""


class EmailSmtp:
    """The channel `email`. One Message-ID per message makes a second hand-over harmless, hence `resend`."""

    medium = "email"
    provider = "smtp"
    on_unknown: Literal["resend", "hold"] = "resend"

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._patience = settings.timeout.total_seconds()
        self._pool = Pool(settings)
        self._signer = DkimSigner(settings.dkim) if settings.dkim else None

    async def hand_over(self, message: Outgoing) -> Answer:
        """One SMTP transaction. If a kept connection is found dead before DATA, it is tried once more on a fresh one."""
        try:
            recipient = mailbox(message.to)
        except InvalidInput as error:
            return Refused(code=error.code, reason=error.message, address_is_dead=True)
        try:
            sender = mailbox(message.sender)
            mail = build(message, sender, recipient, datetime.now(UTC))
        except (InvalidInput, ValueError) as error:
            return Misconfigured(code="sender_invalid", reason=f"The mail cannot be written: {type(error).__name__}.")
        mail = self._signer.sign(mail) if self._signer else mail
        envelope = (self._settings.return_path or sender.addr_spec, recipient.addr_spec)
        try:
            answer = await self._try(envelope, mail, fresh=False)
        except _Dead:
            answer = await self._try(envelope, mail, fresh=True)
        if isinstance(answer, HandedOver):
            return answer.model_copy(update={"provider_id": message_id(message, sender)})
        return answer

    async def close(self) -> None:
        await self._pool.close()

    async def _try(self, envelope: tuple[str, str], mail: bytes, *, fresh: bool) -> Answer:
        try:
            async with asyncio.timeout(self._patience):
                connection = await self._pool.take(fresh=fresh)
        except (SMTPException, OSError) as error:
            return answers.to_connecting(error)
        is_clean = False
        try:
            async with asyncio.timeout(self._patience):
                refusal = await self._announce(connection, *envelope)
            answer = refusal or await self._transmit(connection, mail)
            is_clean = isinstance(answer, HandedOver) or (not isinstance(answer, Unknown) and await _reset(connection))
        except (SMTPException, OSError) as error:
            if connection.is_used:
                raise _Dead from error
            return Released(code="disconnected", reason="The mail server went away before it had the mail.")
        finally:
            if is_clean:
                self._pool.give_back(connection)
            else:
                self._pool.discard(connection)
        return answer

    async def _announce(self, connection: Connection, sender: str, recipient: str) -> Answer | None:
        """MAIL, RCPT, DATA; None when the server wants the mail. Raises when the connection is lost."""
        client = connection.client
        try:
            await client.mail(sender)
            await client.rcpt(recipient)
        except SMTPSenderRefused as error:
            _refuse_goodbye(connection, error)
            return answers.to_sender(error.code, error.message)
        except SMTPRecipientRefused as error:
            _refuse_goodbye(connection, error)
            return answers.to_recipient(error.code, error.message)
        code, text = await client.execute_command(b"DATA")
        return None if code == 354 else answers.to_content(code, text)

    async def _transmit(self, connection: Connection, mail: bytes) -> Answer:
        """The mail and its last dot. From there on, without an answer nobody knows whether it was taken."""
        protocol = connection.client.protocol
        if protocol is None:
            raise SMTPServerDisconnected("Connection lost")
        protocol.write(_DOT.sub(b"..", mail).removesuffix(b"\r\n") + b"\r\n.\r\n")
        try:
            code, text = await protocol.read_response(timeout=self._settings.answer_timeout.total_seconds())
        except (SMTPException, OSError) as error:
            return Unknown(reason=f"The mail was sent and the server's answer is missing: {type(error).__name__}.")
        if code == 250:
            return HandedOver(provider=self.provider, provider_id="", response=answers.words(text))
        return answers.to_content(code, text)


def _refuse_goodbye(connection: Connection, error: SMTPResponseException) -> None:
    """421 on a kept connection is the server's goodbye to it, and says nothing about the mail."""
    if error.code == _CLOSING and connection.is_used:
        raise _Dead from error


async def _reset(connection: Connection) -> bool:
    """Is the connection ready for another mail after a no?"""
    try:
        await connection.client.rset()
    except (SMTPException, OSError):
        return False
    return True
