"""`sojourn explain`: why somebody got something, or did not."""

from typing import Annotated, Any
from uuid import UUID

import typer

from cli.options import AdminKey, AsJson, Url
from cli.output import show_json, show_markdown
from cli.server import Server, connect
from domain.errors import Conflict, InvalidInput, NotFound

MARKDOWN = "text/markdown"


def add_commands(app: typer.Typer) -> None:
    app.command()(explain)


def explain(
    customer: Annotated[str, typer.Argument(help="A user id, an email address, or a customer id.")] = "",
    journey: Annotated[str | None, typer.Option("--journey", help="Only this journey, and why not.")] = None,
    message: Annotated[str | None, typer.Option("--message", help="The story of this message.")] = None,
    run: Annotated[str | None, typer.Option("--run", help="The story of this run.")] = None,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Tell why: entries, waits, choices, checks, sends and reactions, with times, versions and values.

    Examples:

      sojourn explain ada@example.com

      sojourn explain 42 --journey abandoned-cart

      sojourn explain --message 0199a1b2-...
    """
    if sum(map(bool, (journey, message, run))) > 1 or not (customer or message or run):
        raise InvalidInput("name a customer (with --journey or without), or a --message, or a --run. See --help.")
    with connect(url, key) as server:
        if message:
            path, query = f"/v1/messages/{message}/explain", None
        elif run:
            path, query = f"/v1/runs/{run}/explain", None
        else:
            path, query = f"/v1/customers/{customer_id(server, customer)}/explain", journey
        if as_json:
            show_json(server.get(path, journey=query))
        else:
            show_markdown(server.text(path, MARKDOWN, journey=query))


def customer_id(server: Server, named: str) -> str:
    """The id of the one customer with this user id, email address or customer id. Raises NotFound and Conflict."""
    fields = ["user_id", "email"] if "@" in named else ["user_id"]
    for field in fields:
        query: dict[str, Any] = {field: named}
        found = server.get("/v1/customers", **query)["items"]
        if len(found) > 1:
            ids = ", ".join(str(one["id"]) for one in found)
            raise Conflict(f"{len(found)} customers have this address. Name one by its id: {ids}.")
        if found:
            return str(found[0]["id"])
    try:
        return str(UUID(named))
    except ValueError:
        raise NotFound(f"no customer has the user id or address {named!r}.") from None
