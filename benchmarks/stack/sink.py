"""A mail server that takes everything and keeps nothing: `python -m benchmarks.stack.sink PORT`, or within a
benchmark.

It does as little as RFC 5321 lets it, so that it measures others. Several may share a port (SO_REUSEPORT).
"""

import asyncio
import socket
import sys
import time
from collections.abc import Callable
from typing import cast

import uvloop

LISTENING = "listening"

Taken = Callable[[str, float], None]
"""Called with the recipient and the moment (perf_counter) when a mail has been taken."""


class Sink(asyncio.Protocol):
    """One connection."""

    def __init__(self, taken: Taken) -> None:
        self._taken = taken
        self._buffer = b""
        self._is_mail = False
        self._recipient = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            end = b"\r\n.\r\n" if self._is_mail else b"\r\n"
            text, found, rest = self._buffer.partition(end)
            if not found:
                return
            self._buffer = rest
            if self._is_mail:
                self._is_mail = False
                self._transport.write(b"250 taken\r\n")
                self._taken(self._recipient, time.perf_counter())
            else:
                self._obey(text)

    def _obey(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"DATA":
            self._is_mail = True
            self._transport.write(b"354 go on\r\n")
        elif verb == b"QUIT":
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
        else:
            if verb == b"RCPT":
                self._recipient = line.partition(b"<")[2].partition(b">")[0].decode()
            self._transport.write(b"250 ok\r\n")


async def open_sink(port: int, taken: Taken = lambda recipient, at: None) -> asyncio.Server:
    """Listens on loopback until it is closed."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", port))
    return await asyncio.get_running_loop().create_server(lambda: Sink(taken), sock=listener)


async def _serve(port: int) -> None:
    server = await open_sink(port)
    print(LISTENING, flush=True)  # noqa: T201  whoever started it waits for this
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
