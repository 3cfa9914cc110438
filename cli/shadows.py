"""`sojourn journeys compare` and `sojourn journeys shadow stop`: a version that runs beside the live one."""

from typing import Annotated

import typer

from cli.options import AdminKey, AsJson, Url
from cli.output import show_json, show_table
from cli.server import LONG_SECONDS, Json, connect
from cli.waiting import looking_at_everybody

shadow = typer.Typer(name="shadow", help="The version in shadow: stop.", no_args_is_help=True)

JourneyName = Annotated[str, typer.Argument(help="The journey's id.")]


def add_to(journeys: typer.Typer) -> None:
    """Adds the commands to `sojourn journeys`."""
    journeys.command()(compare)
    journeys.add_typer(shadow)


def compare(
    journey: JourneyName,
    people: Annotated[int, typer.Option("--people", min=0, max=1000, help="How many people to name at most.")] = 20,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Show where the version in shadow parts from the live one: in sum, and person by person.

    Both see the same people and events. The one in shadow hands nothing over: its messages are those that it would have
    sent. Start one with `sojourn journeys publish --shadow`.

    Example: sojourn journeys compare trial --people 5
    """
    with connect(url, key) as server, looking_at_everybody():
        found = server.get(f"/v1/journeys/{journey}/compare", patience=LONG_SECONDS, limit=people)
    if as_json:
        show_json(found)
    else:
        _show(found)


@shadow.command()
def stop(journey: JourneyName, url: Url = "", key: AdminKey = "", as_json: AsJson = False) -> None:
    """End the version in shadow. Its runs end as `stopped:shadow`; the live version goes on as it was.

    Example: sojourn journeys shadow stop trial
    """
    with connect(url, key) as server:
        answer = server.post(f"/v1/journeys/{journey}/shadow/stop")
    if as_json:
        show_json(answer)
    else:
        print(f"{journey} version {answer['version']} is in shadow no more; its runs are ended.")


def _show(found: Json) -> None:
    live, beside = f"live (version {found['live_version']})", f"shadow (version {found['shadow_version']})"
    print(
        f"{found['journey']} since {found['since']}: {found['pairs']} runs on both sides, {found['same']} went the same way."
    )
    show_table(("what", live, beside), _totals(found["live"], found["shadow"]), empty="")
    if found["held_out"]:
        print(f"{found['held_out']} live runs were in the holdout: their messages are those that they would have got.")
    if found["differing"]:
        print(f"\n{found['differing']} people differ" + (", the newest first:" if found["people"] else "."))
    for one in found["people"]:
        print(
            f"customer {one['customer']}" + (f", {one['key']}" if one["key"] else "") + f", entered {one['entered_at']}"
        )
        for difference in one["differences"]:
            where = f" at {difference['step']}" if difference["step"] else ""
            print(f"  {difference['kind']}{where}: live {difference['live']}; shadow {difference['shadow']}")
    print("\nWhat cannot be known:")
    for sentence in found["unknowable"]:
        print(f"  - {sentence}")


def _totals(live: Json, beside: Json) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [("entered", live["entered"], beside["entered"])]
    for name in ("near_misses", "sent", "held_back", "ended"):
        for what in sorted({*live[name], *beside[name]}):
            rows.append((f"{name.replace('_', ' ')}: {what}", live[name].get(what, 0), beside[name].get(what, 0)))
    return [*rows, ("under way", live["under_way"], beside["under_way"])]
