"""The API process: `uvicorn --factory api.app:create_app`."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, FastAPI

from api import codec, health, metrics, openapi, problems, reference_page
from api.admin import (
    account,
    approvals,
    consents,
    customers,
    entries,
    explain,
    journeys,
    messages,
    runs,
    shadows,
    templates,
    topics,
    versions,
)
from api.callbacks import mail, twilio
from api.events import endpoints as events
from api.events.committing import GroupCommit
from api.events.direct import EventCalls
from api.limits import BodyLimit
from api.operating import chosen_runs, migrations, operations, parked, pausing
from api.safe_answers import SafeAnswers
from api.tracking import endpoints as tracking
from runtime.logging import configure_logging
from runtime.resources import open_resources
from runtime.settings import Settings, load_settings

ROUTERS: tuple[APIRouter, ...] = (
    events.router,
    journeys.router,
    versions.router,
    shadows.router,
    entries.router,
    templates.router,
    operations.router,
    migrations.router,
    parked.router,
    pausing.router,
    chosen_runs.router,
    runs.router,
    approvals.router,
    customers.router,
    consents.router,
    explain.router,
    messages.router,
    account.router,
    topics.router,
    tracking.router,
    mail.router,
    twilio.router,
    codec.router,
    health.router,
    metrics.router,
    reference_page.router,
)


def _lifespan(settings: Settings) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_resources(settings) as resources:
            app.state.resources = resources
            app.state.depths = metrics.DepthsReader(resources.db)
            app.state.commits = commits = GroupCommit(resources.db)
            commits.start()
            try:
                yield
            finally:
                await commits.close()

    return lifespan


def create_app(settings: Settings | None = None) -> FastAPI:
    """The whole API. Without `settings` they are read from the environment, and logging is set up as they say."""
    if settings is None:
        settings = load_settings()
        configure_logging(settings)
    app = FastAPI(
        title="Sojourn",
        version=version("sojourn"),
        description=openapi.DESCRIPTION,
        lifespan=_lifespan(settings),
        docs_url=None,  # theirs loads its scripts from elsewhere: reference_page.py is ours
        redoc_url=None,
        telemetry={"logs": False},  # they would carry messages of exceptions, and those may name people
    )
    app.add_middleware(BodyLimit)
    app.add_middleware(SafeAnswers)
    app.add_middleware(EventCalls, origins=settings.cors_origins)
    problems.install(app, ROUTERS)
    for router in ROUTERS:
        app.include_router(router)
    reference_page.mount_assets(app)
    openapi.describe(app)
    return app
