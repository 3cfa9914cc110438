"""Cross-origin calls: pages may send events, and nothing else."""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.events.calls import CALLS

PATHS = frozenset(f"/v1/{kind}" for kind in (*CALLS, "batch"))


class EventsFromBrowsers:
    """CORS for the event endpoints. No cookies, no credentials: the write key in the call is all there is."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._plain = app
        self._cors = CORSMiddleware(
            app, allow_origins=origins, allow_methods=["POST"], allow_headers=["*"], max_age=24 * 3600
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._cors if scope.get("path") in PATHS else self._plain
        await app(scope, receive, send)
