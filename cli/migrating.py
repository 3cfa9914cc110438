"""`sojourn journeys migrate`: the dry run for people, and the operation."""

from typing import Annotated

import typer

from cli.options import AdminKey, AsJson, Url, share_of
from cli.output import show_json, show_table
from cli.server import LONG_SECONDS, Json, connect
from cli.waiting import finish, looking_at_everybody
from domain.migration.mapping import read_map, turned_round


def add_to(journeys: typer.Typer) -> None:
    """Adds the command to `sojourn journeys`."""
    journeys.command()(migrate)


def migrate(
    journey: Annotated[str, typer.Argument(help="The journey's id.")],
    source: Annotated[int | None, typer.Option("--from", min=1, help="The version they are on.")] = None,
    target: Annotated[int | None, typer.Option("--to", min=1, help="The version they are to go on by.")] = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OLD=NEW", help="Which step takes the place of one that is gone. Repeat it."),
    ] = None,
    sample: Annotated[
        str | None, typer.Option("--sample", metavar="5%", help="Move only that share of the people.")
    ] = None,
    seed: Annotated[str | None, typer.Option("--seed", help="Draws the sample; another one draws others.")] = None,
    rest_of: Annotated[
        str | None, typer.Option("--rest-of", metavar="OPERATION", help="Everybody whom that migration has left.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come of it.")] = False,
    people: Annotated[bool, typer.Option("--people", help="With --dry-run: list everybody.")] = False,
    rate: Annotated[float | None, typer.Option("--rate", help="Runs a second at most.")] = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Look until it has ended.")] = True,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Move people who are under way to another version. Each goes on from where they are; nothing is sent twice.

    Whoever cannot be moved keeps their version and is listed with the reason. Look first with --dry-run, then move a --sample.

    Example: sojourn journeys migrate welcome --from 3 --to 4 --map wait-3d=wait-2d --dry-run
    """
    steps = read_map(mapped or ())
    asked: Json = {"from": source, "to": target, "map": steps, "sample": share_of(sample), "seed": seed}
    asked |= {"rest_of": rest_of, "rate": rate}
    asked = {name: value for name, value in asked.items() if value is not None}
    with connect(url, key) as server:
        if dry_run:
            path = f"/v1/journeys/{journey}/migrate/forecast" + ("?people=true" if people else "")
            with looking_at_everybody():
                answer = server.post(path, asked, patience=LONG_SECONDS)
            show_json(answer) if as_json else _show(answer)
            return
        operation = server.post(f"/v1/journeys/{journey}/migrate", asked)
        finish(server, operation, wait=wait, as_json=as_json)
    if not as_json:
        print(f"The way back: {_way_back(journey, operation['parameters'])}")


def _way_back(journey: str, moved: Json) -> str:
    steps = "".join(f" --map {new}={old}" for new, old in turned_round(moved["map"]).items())
    return f"sojourn journeys migrate {journey} --from {moved['to']} --to {moved['from']}{steps}"


def _show(forecast: Json) -> None:
    versions = f"version {forecast['from_version']} to {forecast['to_version']}"
    print(f"{forecast['journey']}, {versions}: {forecast['moving']} of {forecast['total']} people would move.")
    columns = ("at", "people", "move to", "moving", "staying", "wait ends earlier", "later", "at once")
    fields = ("step", "people", "to_step", "moving", "staying", "earlier", "later", "at_once")
    _section(
        "Where they are", columns, [[one[name] for name in fields] for one in forecast["steps"]], "Nobody is under way."
    )
    if forecast["reasons"]:
        rows = [[one["people"], one["step"], one["why"]] for one in forecast["reasons"]]
        _section("Who keeps the old version, and why", ("people", "at", "why"), rows, "")
    sends = ("send", "added", "dropped", "repeated (left out)")
    rows = [[one[name] for name in ("step", "added", "dropped", "repeated")] for one in forecast["sends"]]
    _section(
        "Sends that people may get now and could not before, and the other way round", sends, rows, "No send changes."
    )
    if forecast["people"] is not None:
        _section(
            "People", ("run", "customer", "at", "then", "until", "then until", "sends"), _people(forecast), "Nobody."
        )


def _section(title: str, columns: tuple[str, ...], rows: list[list[object]], empty: str) -> None:
    print(f"\n{title}")
    show_table(columns, rows, empty=empty)


def _people(forecast: Json) -> list[list[object]]:
    signs = {"added": "+", "dropped": "-", "repeated": "="}
    rows: list[list[object]] = []
    for one in forecast["people"]:
        sends = " ".join(f"{sign}{send}" for kind, sign in signs.items() for send in one[kind])
        then = one["to_step"] if one["moves"] else f"stays: {one['why']}"
        rows.append([one["run"], one["customer"], one["step"], then, one["until"], one["until_then"], sends])
    return rows
