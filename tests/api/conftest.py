"""The API on a database of its own, called in-process or over a real socket."""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager
from socket import socket

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

from api.app import create_app
from domain.events import AcceptedEvent
from runtime.settings import Settings
from runtime.stack.ports import free_port
from store.access import keys
from store.database import Database

SOURCE = "shop"


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings with a database and without a Temporal: nothing listens on that port."""
    return Settings(
        database_url=database_url,
        database_pool=3,
        temporal_address=f"127.0.0.1:{free_port()}",
        secret_key="a secret for tests, long enough to sign",
        cors_origins=("*",),
    )


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The whole API, started."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """Calls the API without a key."""
    async with _client(app) as client:
        yield client


@pytest.fixture
async def write_key(db: Database) -> str:
    """A key with scope ingest of the source `shop`."""
    async with db.transaction() as tx:
        return (await keys.create(tx, keys.Scope.INGEST, source=SOURCE, actor="test")).secret


@pytest.fixture
async def admin_key(db: Database) -> str:
    """A key with scope admin."""
    async with db.transaction() as tx:
        return (await keys.create(tx, keys.Scope.ADMIN, source="admin", actor="test")).secret


@pytest.fixture
async def shop(app: FastAPI, write_key: str) -> AsyncIterator[AsyncClient]:
    """Calls the API with the write key as the user name, as Segment's libraries do."""
    async with _client(app, auth=httpx.BasicAuth(write_key, "")) as client:
        yield client


@pytest.fixture
async def admin(app: FastAPI, admin_key: str) -> AsyncIterator[AsyncClient]:
    """Calls the API with the admin key."""
    async with _client(app, headers={"Authorization": f"Bearer {admin_key}"}) as client:
        yield client


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[str]:
    """The URL of the whole API behind a real socket."""
    port = free_port()
    server = _Server(
        uvicorn.Config(create_app(settings), host="127.0.0.1", port=port, log_config=None, access_log=False)
    )
    serving = asyncio.create_task(server.serve())
    await server.up.wait()
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


class _Server(uvicorn.Server):
    """Says when it is up, and leaves pytest its signal handlers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@pytest.fixture
def inbox(db: Database) -> "Inbox":
    """What has been accepted and not yet applied."""
    return Inbox(db)


class Inbox:
    """Reads the inbox as routing does: in the order of its rows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def events(self) -> list[AcceptedEvent]:
        async with self._db.transaction() as tx:
            bodies = (await tx.execute(text("SELECT body FROM inbox ORDER BY id"))).scalars()
            return [AcceptedEvent.model_validate(body) for body in bodies]

    async def only(self) -> AcceptedEvent:
        (event,) = await self.events()
        return event


def _client(app: FastAPI, **options: object) -> AsyncClient:
    make: Callable[..., AsyncClient] = AsyncClient
    return make(transport=ASGITransport(app), base_url="http://api", **options)
