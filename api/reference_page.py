"""The page at `/docs`: every endpoint, to read and to try. All that it loads comes from here, so it works without internet
and no script of others runs where an operator types a key."""

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

router = APIRouter(include_in_schema=False)

ASSETS = "/docs/assets"

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sojourn: HTTP API</title>
<link rel="stylesheet" href="docs/assets/swagger-ui.css"><link rel="icon" href="data:,">
</head><body>
<div id="reference"></div>
<noscript>This page needs JavaScript. The description itself stands at <a href="openapi.json">openapi.json</a>.</noscript>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body></html>"""
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
});
"""


def mount_assets(app: FastAPI) -> None:
    """Serves Swagger UI as the package fastapi-offline ships it."""
    app.mount(ASSETS, StaticFiles(packages=[("fastapi_offline", "static")]))


@router.get("/docs")
async def page() -> HTMLResponse:
    """Links are relative: a proxy may put a prefix before them."""
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"})


@router.get("/docs/start.js")
async def start() -> Response:
    """In a file of its own: the page's policy allows no script within it."""
    return Response(_START, media_type="text/javascript")
