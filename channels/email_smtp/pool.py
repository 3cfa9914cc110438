"""Connections to the mail server, kept and used again: a fresh one costs several round trips and a TLS handshake."""

import asyncio
import ssl
import time
from dataclasses import dataclass
from functools import cached_property

from aiosmtplib import SMTP, SMTPException

from channels.email_smtp.settings import SmtpSettings


@dataclass(slots=True)
class Connection:
    """One connection. `mails` counts the transactions that it came back from."""

    client: SMTP
    used_at: float
    mails: int = 0

    @property
    def is_used(self) -> bool:
        return self.mails > 0


class Pool:
    """At most `connections` at once. `take` opens or reuses, `give_back` keeps, `discard` closes; each take needs one of

    the two. Idle ones are closed at the next `take`, or by the server, which is noticed then.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._free = asyncio.Semaphore(settings.connections)
        self._idle: list[Connection] = []

    async def take(self, *, fresh: bool = False) -> Connection:
        """A connection that greeted us, is secured and logged in. Raises what aiosmtplib and ssl raise.

        `fresh`: one that was just opened; the idle ones are closed, for the one that died was not alone.
        """
        await self._free.acquire()
        try:
            self._drop_stale(all_of_them=fresh)
            return self._idle.pop() if self._idle else await self._open()
        except BaseException:
            self._free.release()
            raise

    def give_back(self, connection: Connection) -> None:
        """The connection is clean: the next mail may use it."""
        connection.mails += 1
        if connection.mails >= self._settings.mails_per_connection or not connection.client.is_connected:
            self.discard(connection)
            return
        connection.used_at = time.monotonic()
        self._idle.append(connection)
        self._free.release()

    def discard(self, connection: Connection) -> None:
        """The connection is closed without a word: nothing more is expected of it."""
        connection.client.close()
        self._free.release()

    async def close(self) -> None:
        """Says goodbye on the idle ones."""
        idle, self._idle = self._idle, []
        for connection in idle:
            try:
                await connection.client.quit(timeout=1)
            except (SMTPException, OSError):
                connection.client.close()

    def _drop_stale(self, *, all_of_them: bool) -> None:
        oldest = time.monotonic() - self._settings.idle.total_seconds()
        for connection in list(self._idle):
            if all_of_them or connection.used_at < oldest or not connection.client.is_connected:
                self._idle.remove(connection)
                connection.client.close()

    async def _open(self) -> Connection:
        settings = self._settings
        client = SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.username or None,
            password=settings.password.get_secret_value() if settings.username else None,
            local_hostname=settings.local_hostname,
            timeout=settings.timeout.total_seconds(),
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            tls_context=self._tls if settings.tls != "none" else None,
        )
        await client.connect()
        return Connection(client=client, used_at=time.monotonic())

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._settings.ca_file)
