"""One attempt at an effect, carried to its end."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporalio import activity

BEAT_SECONDS = 4

T = TypeVar("T")


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Does `work` while telling the server that this worker lives. Calling it off does not tear it apart: whoever has claimed
    finishes and records, and whoever has not finds the run leaving and says so (semantics B, leaving during a send)."""
    task = asyncio.ensure_future(work)
    beats = asyncio.create_task(_beat())
    try:
        while not task.done():
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError:
                if task.cancelled():
                    raise
        return task.result()
    finally:
        beats.cancel()


async def _beat() -> None:
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        activity.heartbeat()
