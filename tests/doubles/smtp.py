"""An SMTP server on loopback that does what a test tells it to, over real sockets and real TLS."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Drop = "drop"
"""In place of an answer: the connection is cut."""


@dataclass
class SmtpScript:
    """What the server answers: None is its usual yes. `silent_at` names commands (or `mail`) that get no answer at all.

    `answers` maps a recipient to the answer to RCPT. `mails` are those that it took, as they came over the wire; one whose
    `mail_answer` is `Drop` was taken too, but the sender is never told. `pause` is how many seconds it thinks about a mail.
    """

    answers: dict[str, str] = field(default_factory=dict)
    sender_answer: str | None = None
    data_answer: str | None = None
    mail_answer: str | None = None
    login: tuple[str, str] | None = None
    silent_at: frozenset[str] = frozenset()
    pause: float = 0
    mails: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    connections: int = 0
    transports: list[asyncio.Transport] = field(default_factory=list)
    port: int = 0

    def parsed(self) -> list[EmailMessage]:
        """The mails as a reader has them."""
        return [message_from_bytes(mail, policy=default) for mail in self.mails]

    def cut_connections(self) -> None:
        """Closes every open connection without a word."""
        for transport in self.transports:
            transport.abort()


class _Server(SMTP):
    """aiosmtpd with the script's answers where its hooks do not reach."""

    def __init__(self, script: SmtpScript, tls: ssl.SSLContext | None) -> None:
        self.script = script
        check = self._check if script.login else None
        with warnings.catch_warnings():
            # It warns of passwords in the clear, which is what loopback is for.
            warnings.simplefilter("ignore")
            super().__init__(
                _Handler(script),
                hostname="double.test",
                tls_context=tls,
                authenticator=check,
                auth_required=check is not None,
                auth_require_tls=False,
            )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if isinstance(transport, asyncio.Transport):
            self.script.transports.append(transport)
            self.script.connections += 1

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 (aiosmtpd's name)
        if "data" in self.script.silent_at:
            await asyncio.sleep(3600)
        if self.script.data_answer == Drop:
            self.script.cut_connections()
            return
        if self.script.data_answer:
            await self.push(self.script.data_answer)
            return
        await super().smtp_DATA(arg)

    def _check(self, server: object, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == self.script.login, handled=False)


class _Handler:
    """aiosmtpd's hooks."""

    def __init__(self, script: SmtpScript) -> None:
        self.script = script

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._answer("mail_from", self.script.sender_answer)
        if answer:
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._answer("rcpt", self.script.answers.get(address))
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        mail_answer = self.script.mail_answer
        if mail_answer is None or mail_answer == Drop or mail_answer.startswith("250"):
            content = envelope.content
            self.script.mails.append(content if isinstance(content, bytes) else (content or "").encode())
            self.script.envelopes.append((envelope.mail_from or "", envelope.rcpt_tos))
        await asyncio.sleep(self.script.pause)
        answer = await self._answer("mail", mail_answer)
        return answer or "250 2.0.0 queued as 4711"

    async def _answer(self, command: str, answer: str | None) -> str | None:
        if command in self.script.silent_at:
            await asyncio.sleep(3600)
        if answer == Drop:
            self.script.cut_connections()
            return "421 gone"
        return answer


@asynccontextmanager
async def smtp_double(
    script: SmtpScript | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    port: int = 0,
) -> AsyncIterator[SmtpScript]:
    """The server on this port of loopback, or a free one; `script.port` says which. Everything is closed at the end."""
    script = script or SmtpScript()
    make: Callable[[], SMTP] = lambda: _Server(script, starttls)  # noqa: E731
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", port, ssl=tls)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        script.cut_connections()
        await asyncio.sleep(0)
        await server.wait_closed()
