"""One installation for all that a module does to it."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from runtime.settings import Settings
from runtime.stack.ports import free_port
from tests.abuse.installation import Installation, running
from tests.fixtures.mailbox import Mailbox


@pytest.fixture(scope="module")
def installation(
    postgres: str, _admin: psycopg.Connection, temporal: str, namespace: str, mailbox: Mailbox
) -> Iterator[Installation]:
    """API, worker, PostgreSQL, Temporal and mail, with a customer who has got a mail and waits for another."""
    name = f"abuse_{uuid4().hex}"
    _admin.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
    settings = Settings(
        database_url=postgres.rsplit("/", 1)[0] + f"/{name}",
        database_pool=6,
        temporal_address=temporal,
        temporal_namespace=namespace,
        smtp_host=mailbox.host,
        smtp_port=mailbox.smtp_port,
        port=free_port(),
        secret_key="a secret for tests, long enough to sign",
        twilio_auth_token="a token for tests",
        worker_pollers=2,
        worker_grace=2,
        send_lease=2,
    )
    with running(settings, mailbox) as installed:
        yield installed
    _admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
