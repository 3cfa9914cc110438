"""Identifiers, and the keys under which an effect happens once."""

import os
import time
from typing import NewType
from uuid import UUID, uuid5
from zlib import crc32

CustomerId = NewType("CustomerId", UUID)
RunId = NewType("RunId", UUID)
MessageId = NewType("MessageId", UUID)
EventId = NewType("EventId", UUID)
JourneyId = NewType("JourneyId", str)
StepId = NewType("StepId", str)

SLOTS = 256
_MESSAGES = UUID("6f2d8a64-52a5-5a6b-9d2c-0f6f1c9b7a11")


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, section 5.7): sorts by creation time to the millisecond."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def slot_of(key: str) -> int:
    """The slot (0 to 255) in which rows of this key are kept in order."""
    return crc32(key.encode()) % SLOTS


def workflow_id(journey: str, run: UUID) -> str:
    """The fixed workflow id of a run: starting it twice is a no-op."""
    return f"journey/{journey}/{run}"


def effect_key(run: UUID, step: str, visit: int) -> str:
    """Names one intended effect: the same step of the same run in the same round is one effect."""
    return f"{run}/{step}/{visit}"


def message_id(run: UUID, step: str, visit: int, attempt: int) -> MessageId:
    """The id of a hand-over: repeating an attempt gives the same id, so a repetition finds its own row."""
    return MessageId(uuid5(_MESSAGES, f"{effect_key(run, step, visit)}/{attempt}"))
