"""Who calls: a key by Basic authentication (as the user name) or as a Bearer token."""

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBasic, HTTPBearer

from api.dependencies import resources_of
from api.problems import Refusal
from runtime.resources import Resources
from store.access.keys import Key, Scope

BEARER = HTTPBearer(scheme_name="Key", description="A key as a Bearer token.", auto_error=False)
BASIC = HTTPBasic(
    scheme_name="KeyAsUser", description="A key as the user name, with an empty password.", auto_error=False
)
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="sojourn"'}
"""Not Basic: a browser would ask the reader of a page for a password."""


def secret_of(headers: Mapping[str, str]) -> str | None:
    """The key in an Authorization header, if there is one. Raises Refusal (401) when it cannot be read."""
    header = headers.get("authorization")
    if header is None:
        return None
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            raise _unauthorized("The Authorization header is not valid Basic authentication.") from None
    raise _unauthorized("The Authorization header must begin with Basic or Bearer.")


async def key_of(resources: Resources, secret: str | None, scope: Scope) -> Key:
    """The key with this secret. Raises Refusal: 401 without a good key, 403 if it is for something else."""
    if not secret:
        raise _unauthorized("A key is missing. Send it as a Bearer token or as the user name of Basic authentication.")
    key = await resources.keys.find(secret)
    if key is None:
        raise _unauthorized("The key is unknown or was revoked. `sojourn keys create` makes a new one.")
    if scope is Scope.ADMIN and key.scope is not Scope.ADMIN:
        raise Refusal(403, "This key may only send events. Use a key with scope admin.", code="forbidden")
    return key


def _unauthorized(message: str) -> Refusal:
    return Refusal(401, message, code="unauthorized", headers=_CHALLENGE)


async def admin_key(request: Request, _bearer: object = Depends(BEARER), _basic: object = Depends(BASIC)) -> Key:
    """A good key with scope admin. Event endpoints call `key_of` themselves: their key may stand in the body."""
    return await key_of(resources_of(request), secret_of(request.headers), Scope.ADMIN)


AdminKey = Annotated[Key, Depends(admin_key)]
