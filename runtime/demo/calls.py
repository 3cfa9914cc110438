"""The shop's calls to Sojourn, made with the official Segment client for Python."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from segment.analytics.client import Client  # type: ignore[import-untyped]

from runtime.demo.actions import Does, InDays, LogsIn, Value, Views
from runtime.demo.people import Person

Call = LogsIn | Does | Views

_STREAM_SECONDS = 0.02
"""How long the client gathers calls before it sends them. Its default is half a second, which is half a day here."""

_BURST_SECONDS = 2.0
"""A burst is sent when it is complete, which is at once; this only ends the client's thread afterwards."""


class Calls:
    """Calls of one customer that belong together are one batch, so that they are accepted together."""

    def __init__(self, url: str, write_key: str) -> None:
        self.failures: list[str] = []
        self._url = url
        self._write_key = write_key
        self._stream = self._client(upload_interval=_STREAM_SECONDS)
        self._bursts: list[Any] = []

    def make(self, person: Person, calls: list[Call]) -> None:
        """Makes the calls, in their order. Failures are kept in `failures`."""
        repeated = sum(isinstance(call, Does) and call.again for call in calls)
        client = self._stream if len(calls) == 1 else self._burst(len(calls) + repeated)
        for call in calls:
            self._make(client, person, call)

    def flush(self) -> None:
        """Returns when every call has been answered."""
        for client in (self._stream, *self._bursts):
            client.flush()

    def close(self) -> None:
        """Ends the clients' threads."""
        for client in (self._stream, *self._bursts):
            client.join()

    def _make(self, client: Any, person: Person, call: Call) -> None:
        match call:
            case LogsIn():
                visitor = person.visitor_id if call.was_visitor else None
                client.identify(person.user_id, _traits(person), anonymous_id=visitor)
            case Views():
                client.page(**_who(person, call.as_visitor), name=call.path.strip("/"), properties={"path": call.path})
            case Does():
                told = {"message_id": f"{person.user_id}/{call.event}"} if call.again else {}
                for _ in range(2 if call.again else 1):
                    client.track(
                        **_who(person, call.as_visitor),
                        event=call.event,
                        properties=self._properties(call.properties),
                        timestamp=datetime.now(UTC) - timedelta(days=call.days_ago),
                        **told,
                    )

    def _properties(self, properties: Mapping[str, Value]) -> dict[str, object]:
        """Days of the demo become instants: Sojourn divides them again, because all of its time flies."""
        now = datetime.now(UTC)
        return {
            name: (now + timedelta(days=value.days)).isoformat() if isinstance(value, InDays) else value
            for name, value in properties.items()
        }

    def _burst(self, size: int) -> Any:
        self._stream.flush()  # what this customer did before comes before
        client = self._client(upload_size=size, upload_interval=_BURST_SECONDS)
        self._bursts.append(client)
        return client

    def _client(self, **options: float) -> Any:
        return Client(
            self._write_key,
            host=self._url,
            max_retries=3,
            gzip=True,
            on_error=lambda error, _: self.failures.append(f"{type(error).__name__}: {error}"),
            proxies={"http": "", "https": ""},
            **options,
        )


def _who(person: Person, as_visitor: bool) -> dict[str, str]:
    return {"anonymous_id": person.visitor_id} if as_visitor else {"user_id": person.user_id}


def _traits(person: Person) -> dict[str, str]:
    traits = {
        "email": person.email,
        "phone": person.phone,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "locale": person.locale,
        "timezone": person.timezone,
        "garden": person.garden,
    }
    return {name: value for name, value in traits.items() if value}
