"""What Temporal stores of our payloads."""

import base64
import os

import pytest
from temporalio.api.common.v1 import Payload

from domain.errors import InvalidInput
from runtime.codec import ENCODING, JourneyCodec

KEY = base64.b64encode(os.urandom(32)).decode()
PAYLOAD = Payload(metadata={"encoding": b"json/plain"}, data=b'{"step": "hello"}' * 50)


@pytest.mark.parametrize("key", [None, KEY], ids=["only compressed", "sealed"])
async def test_what_is_packed_comes_out_as_it_went_in(key: str | None) -> None:
    codec = JourneyCodec(key)
    (packed,) = await codec.encode([PAYLOAD])
    assert packed.metadata["encoding"] == ENCODING
    assert len(packed.data) < len(PAYLOAD.data) / 3
    assert await codec.decode([packed]) == [PAYLOAD]


async def test_with_a_key_nothing_can_be_read_without_it() -> None:
    (sealed,) = await JourneyCodec(KEY).encode([PAYLOAD])
    for other in (None, base64.b64encode(os.urandom(32)).decode()):
        with pytest.raises(InvalidInput, match="seal"):
            await JourneyCodec(other).decode([sealed])


async def test_what_was_stored_before_a_key_was_set_can_still_be_read() -> None:
    (packed,) = await JourneyCodec(None).encode([PAYLOAD])
    assert await JourneyCodec(KEY).decode([packed]) == [PAYLOAD]


async def test_payloads_of_others_pass_unchanged() -> None:
    assert await JourneyCodec(KEY).decode([PAYLOAD]) == [PAYLOAD]


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00not zlib", b"\x01short", b"\x01" + b"x" * 40])
async def test_a_damaged_payload_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        await JourneyCodec(KEY).decode([Payload(metadata={"encoding": ENCODING}, data=data)])


@pytest.mark.parametrize("key", ["short", "not base64!", base64.b64encode(b"x" * 16).decode()])
def test_a_key_that_is_none_is_refused_with_the_remedy(key: str) -> None:
    with pytest.raises(InvalidInput, match="openssl rand"):
        JourneyCodec(key)
