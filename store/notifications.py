"""LISTEN: hears at once what polling would find a moment later."""

import asyncio
from collections.abc import Callable

import psycopg
from psycopg import sql

RECONNECT = 1.0
"""Seconds between two attempts to listen again after the connection was lost."""


async def listen(url: str, channel: str, on_notice: Callable[[], None]) -> None:
    """Calls `on_notice` for every NOTIFY on the channel, until it is cancelled.

    It has a connection of its own and makes a new one when it is lost; each time it calls once, for what it may have missed.
    """
    while True:
        try:
            await _listen_once(url, channel, on_notice)
        except psycopg.Error:
            await asyncio.sleep(RECONNECT)


async def _listen_once(url: str, channel: str, on_notice: Callable[[], None]) -> None:
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True, application_name="sojourn listener")
    async with connection:
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        on_notice()
        async for _ in connection.notifies():
            on_notice()
