"""The page at `/docs` needs nothing from elsewhere, and lets nothing from elsewhere in."""

import re

import pytest
from httpx import AsyncClient

ADDRESS = re.compile(r'(?:src|href)="([^"]*)"')


async def test_everything_the_page_loads_is_served_from_here(client: AsyncClient) -> None:
    page = (await client.get("/docs")).text
    addresses = [address for address in ADDRESS.findall(page) if not address.startswith("data:")]
    assert len(addresses) == 4
    for address in addresses:
        assert "//" not in address
        answer = await client.get(f"/{address}")
        assert answer.status_code == 200, address
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_its_policy_allows_scripts_and_calls_of_this_origin_alone(client: AsyncClient) -> None:
    answer = await client.get("/docs")
    policy = dict(part.split(maxsplit=1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "<script>" not in answer.text
    assert " style=" not in answer.text


@pytest.mark.parametrize("path", ["/redoc", "/docs/assets/../app.py", "/docs/assets/%2e%2e/core.py", "/docs/assets/"])
async def test_there_is_nothing_beside_it(client: AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404
