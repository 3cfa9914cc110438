"""Load over HTTP: kept connections that send prepared requests, as fast as they are answered or at a fixed rate.

Plain streams: a full client library would take more CPU than what it measures, on the same machine.
"""

import asyncio
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Address = tuple[str, int]


def requests(path: str, key: str, bodies: Iterable[Any]) -> list[bytes]:
    """Prepared POST requests with a JSON body each."""
    return [_request(path, key, json.dumps(body).encode()) for body in bodies]


def track(who: str, event: str, **properties: Any) -> dict[str, Any]:
    """The body of a track call."""
    return {"userId": who, "event": event, "properties": properties}


async def closed_loop(address: Address, prepared: Sequence[bytes], connections: int) -> list[float]:
    """Every connection sends its next request when the last one was answered. Latencies in seconds."""
    waiting = iter(prepared)
    taken = await asyncio.gather(*(_work_off(address, waiting) for _ in range(connections)))
    return [latency for latencies in taken for latency in latencies]


async def open_loop(address: Address, prepared: Sequence[bytes], rate: float, connections: int = 32) -> list[float]:
    """Requests start at a fixed rate, whether earlier ones were answered or not. When each was to start (perf_counter)."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    opened = [await Connection.open(address) for _ in range(connections)]
    for connection in opened:
        free.put_nowait(connection)
    began = time.perf_counter() + 0.05
    due = [began + place / rate for place in range(len(prepared))]

    async def send(request: bytes) -> None:
        connection = await free.get()
        await connection.send(request)
        free.put_nowait(connection)

    async with asyncio.TaskGroup() as tasks:
        for moment, request in zip(due, prepared, strict=True):
            await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            tasks.create_task(send(request))
    for connection in opened:
        connection.close()
    return due


class Connection:
    """One kept connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, address: Address) -> "Connection":
        return cls(*await asyncio.open_connection(*address))

    async def send(self, request: bytes) -> bytes:
        """The answer's body. Raises RuntimeError for anything but 200."""
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        body = await self._reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]))
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(f"{head.decode()}{body.decode()}")
        return body

    def close(self) -> None:
        self._writer.close()


async def _work_off(address: Address, waiting: Iterator[bytes]) -> list[float]:
    connection = await Connection.open(address)
    latencies = []
    for request in waiting:
        began = time.perf_counter()
        await connection.send(request)
        latencies.append(time.perf_counter() - began)
    connection.close()
    return latencies


def _request(path: str, key: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
