"""Options that many commands take."""

from typing import Annotated

import typer

Url = Annotated[
    str,
    typer.Option(
        "--url", envvar="SOJOURN_URL", help="The server. Default: the stack of this folder.", show_default=False
    ),
]
AdminKey = Annotated[
    str,
    typer.Option("--key", envvar="SOJOURN_ADMIN_KEY", help="A key with scope admin.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for scripts.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=200, help="How many at most.")]
Cursor = Annotated[str | None, typer.Option("--cursor", help="`next_cursor` of the page before.")]
