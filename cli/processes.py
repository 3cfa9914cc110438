"""`sojourn api`, `sojourn worker`, `sojourn migrate`: the processes of a production installation."""

from typing import Annotated

import typer

from cli.installation import installation
from store.migrate import migrate as run_migrations


def add_commands(app: typer.Typer) -> None:
    app.command()(api)
    app.command()(worker)
    app.command()(migrate)


def api(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: SOJOURN_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. Default: SOJOURN_PORT.")] = None,
) -> None:
    """Serve the HTTP API until stopped.

    Example: DATABASE_URL=postgresql://... sojourn api --host 0.0.0.0 --port 8000
    """
    import uvicorn  # here: it takes 0.2 s, which no other command should wait for

    settings = installation()
    uvicorn.run(
        "api.app:create_app",
        factory=True,
        host=host or settings.host,
        port=port or settings.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )


def worker() -> None:
    """Route events, deliver commands, run journeys and send, until stopped. Any number may run beside each other.

    Example: TEMPORAL_ADDRESS=temporal:7233 sojourn worker
    """
    import uvloop  # here: with Temporal's library these take a second, which no other command should wait for

    from runtime.logging import configure_logging
    from runtime.workers import run

    settings = installation()
    configure_logging(settings)
    uvloop.run(run(settings))


def migrate() -> None:
    """Bring the database to the newest schema. Safe to run at every start, by many at once.

    Example: DATABASE_URL=postgresql://... sojourn migrate
    """
    run_migrations(installation().database_url)
    print("The schema is up to date.")
