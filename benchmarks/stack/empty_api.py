"""The floor of accepting: a FastAPI application whose endpoint does nothing."""

from fastapi import FastAPI

app = FastAPI()


@app.post("/v1/track")
async def track() -> dict[str, bool]:
    """Says yes."""
    return {"success": True}


@app.get("/healthz")
async def healthz() -> dict[str, bool]:
    """Says that it is there."""
    return {"ok": True}
