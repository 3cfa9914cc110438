"""Everything that can be read in a message of Temporal's API, payloads opened."""

from collections.abc import Iterator, Mapping, Sequence

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec


async def texts(message: Message, codec: PayloadCodec) -> list[str]:
    """Every text in the message and in the messages within it; what a payload holds is opened first."""
    found = []
    for value in _leaves(message):
        if isinstance(value, Payload):
            (opened,) = await codec.decode([value])
            found.append(opened.data.decode(errors="replace"))
        else:
            found.append(value)
    return found


def _leaves(value: object) -> Iterator[str | Payload]:
    if isinstance(value, Payload | str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode(errors="replace")
    elif isinstance(value, Message):
        for _, inner in value.ListFields():
            yield from _leaves(inner)
    elif isinstance(value, Mapping):
        for name in value:
            yield str(name)
            yield from _leaves(value[name])
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _leaves(inner)
