"""`sojourn journeys versions`, `diff` and `rollback`."""

from typing import Annotated

import typer

from cli.options import AdminKey, AsJson, Url
from cli.output import show_json, show_table
from cli.server import Json, connect
from domain.migration.mapping import read_map

Journey = Annotated[str, typer.Argument(help="The journey's id.")]


def add_to(journeys: typer.Typer) -> None:
    """Adds the commands to `sojourn journeys`."""
    journeys.command()(versions)
    journeys.command()(diff)
    journeys.command()(rollback)


def versions(journey: Journey, url: Url = "", key: AdminKey = "", as_json: AsJson = False) -> None:
    """Show a journey's versions, newest first, and how many people are under way on each.

    Example: sojourn journeys versions welcome
    """
    with connect(url, key) as server:
        page = server.get(f"/v1/journeys/{journey}/versions")
    if as_json:
        show_json(page)
        return
    rows = [
        (one["version"], "live" if one["is_live"] else "", one["people"], one["published_at"], one["published_by"])
        for one in page["items"]
    ]
    empty = f"No version of {journey} is published: sojourn journeys publish PATH"
    show_table(("version", "", "under way", "published", "by"), rows, empty=empty)


def diff(
    journey: Journey,
    source: Annotated[str, typer.Option("--from", help="A version's number, `live` or `draft`.")] = "live",
    target: Annotated[str, typer.Option("--to", help="The same.")] = "draft",
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OLD=NEW", help="A step that is called otherwise, as for migrate. Repeat it."),
    ] = None,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Say in words what one version does otherwise than another, and how many people stand where it matters.

    Example: sojourn journeys diff welcome --from 3 --to 4 --map wait-3d=wait-2d
    """
    read_map(mapped or ())
    with connect(url, key) as server:
        asked: Json = {"from": source, "to": target, "map": mapped}
        answer = server.get(f"/v1/journeys/{journey}/diff", **asked)
    if as_json:
        show_json(answer)
        return
    for change in answer["changes"]:
        print(f"{_SIGNS[change['kind']]} {change['words']}")
    if not answer["changes"]:
        print(f"{journey}: {source} and {target} do the same.")


_SIGNS = {"added": "+", "removed": "-", "renamed": "=", "moved": ">", "changed": "~"} | dict.fromkeys(
    ("entry", "goal", "exit", "setting"), "~"
)


def rollback(
    journey: Journey,
    to: Annotated[int, typer.Option("--to", min=1, help="The version to go back to.")],
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Publish a new version equal to an earlier one. People under way keep theirs: `migrate` moves them.

    Example: sojourn journeys rollback welcome --to 3
    """
    with connect(url, key) as server:
        answer: Json = server.post(f"/v1/journeys/{journey}/rollback", {"to": to})
    if as_json:
        show_json(answer)
    else:
        print(f"journey {journey} version {answer['version']}, equal to version {to}")
