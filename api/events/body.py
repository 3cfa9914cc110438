"""The bytes of a request, bounded before and after decompression."""

import zlib
from collections.abc import Mapping

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from api.problems import Refusal

EVENT_BYTES = 32 * 1024
BATCH_BYTES = 500 * 1024
"""Segment's own limits (HTTP Tracking API), after decompression."""

_GZIP = zlib.MAX_WBITS | 16


async def read_body(request: Request, limit: int) -> bytes:
    """The body, decompressed if it is gzip. Never holds more than `limit` bytes of either form.

    Raises Refusal: 413 when there is more, 415 for another encoding, 400 when the gzip is broken.
    """
    return await received(request.headers, request.receive, limit)


async def received(headers: Mapping[str, str], receive: Receive, limit: int) -> bytes:
    """`read_body` of a bare request, with the names of its headers in small letters."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip"):
        raise Refusal(
            415,
            f"Content-Encoding {encoding[:40]!r} is not understood: send gzip or nothing.",
            code="unsupported_encoding",
            headers={"Accept-Encoding": "gzip"},
        )
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large(limit)
    body = await _pieces(receive, limit)
    return _unzipped(body, limit) if encoding == "gzip" else body


async def _pieces(receive: Receive, limit: int) -> bytes:
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece = message.get("body", b"")
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise too_large(limit)
        more = message.get("more_body", False)
    return b"".join(pieces)


def _unzipped(compressed: bytes, limit: int) -> bytes:
    reader = zlib.decompressobj(_GZIP)
    try:
        plain = reader.decompress(compressed, limit + 1)
    except zlib.error:
        raise Refusal(400, "The body is not valid gzip.", code="invalid_gzip", field="body") from None
    if len(plain) > limit:
        raise too_large(limit)
    if not reader.eof or reader.unused_data:
        raise Refusal(400, "The gzip is cut short, or something follows it.", code="invalid_gzip", field="body")
    return plain


def too_large(limit: int) -> Refusal:
    """What more than `limit` bytes are answered with."""
    return Refusal(413, f"More than {limit // 1024} KB, after decompression.", code="too_large", field="body")
