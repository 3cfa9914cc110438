"""What endpoints are given."""

from typing import Annotated, cast

from fastapi import Depends, Request

from runtime.resources import Resources


def resources_of(request: Request) -> Resources:
    """What the process has open: settings, database, Temporal, caches.

    Endpoints open their transaction themselves, `async with resources.db.transaction() as tx`, so that it is committed
    before the answer leaves.
    """
    return cast(Resources, request.app.state.resources)


Open = Annotated[Resources, Depends(resources_of)]
