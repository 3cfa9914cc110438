"""Options that many commands take."""

from typing import Annotated

import typer

from domain.errors import InvalidInput


def _journey_id(given: str | None) -> str | None:
    if given is not None and not given.replace("-", "").isalnum():
        raise InvalidInput(f"{given!r} is not the id of a journey: small letters, digits and hyphens.")
    return given


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
JourneyId = Annotated[
    str | None, typer.Option("--journey", help="Only this journey.", callback=_journey_id, show_default=False)
]
Runs = Annotated[
    list[str] | None, typer.Option("--run", help="Only this run; may be given several times.", show_default=False)
]
Sample = Annotated[str | None, typer.Option("--sample", help="A share of them, as 5%; the same ones each time.")]
Rate = Annotated[
    float | None, typer.Option("--rate", min=0.1, max=1000, help="Runs a second at most.", show_default="50")
]
Reason = Annotated[str, typer.Option("--reason", help="Why; stands in the audit.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Look until it is done.")]


def share_of(text: str | None) -> float | None:
    """`5%` or `0.05`. Raises InvalidInput."""
    if text is None:
        return None
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise InvalidInput(f"--sample: {text} is no share; write a share above 0% and up to 100%, as in 5%.")
    return share
