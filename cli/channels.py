"""`sojourn channels`: by what messages go out, and whether it is paused."""

import typer

from cli.options import AdminKey, AsJson, Url
from cli.output import show_json, show_table
from cli.pausing import add_pausing
from cli.server import connect

channels = typer.Typer(name="channels", help="Channels: list, pause, resume.", no_args_is_help=True)
add_pausing(channels, "channel", "email")


def add_commands(app: typer.Typer) -> None:
    app.add_typer(channels)


@channels.command("list")
def list_(url: Url = "", key: AdminKey = "", as_json: AsJson = False) -> None:
    """Show the channels of this installation, and which of them are paused.

    Example: sojourn channels list
    """
    with connect(url, key) as server:
        page = server.get("/v1/channels")
    if as_json:
        show_json(page)
        return
    rows = [
        [
            one["channel"],
            "yes" if one["has_provider"] else "no",
            f"since {one['hold']['held_at']} by {one['hold']['held_by']}" if one["hold"] else "",
        ]
        for one in page["items"]
    ]
    show_table(("channel", "provider", "paused"), rows, empty="No channels.")
