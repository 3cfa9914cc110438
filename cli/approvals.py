"""`sojourn approvals`: what runs ask of people, and the answers."""

from typing import Annotated, Literal

import typer

from cli.options import AdminKey, AsJson, Cursor, JourneyId, Limit, Url
from cli.output import show_fields, show_json, show_page
from cli.server import Json, connect

approvals = typer.Typer(
    name="approvals", help="What journeys ask people to approve of: list, approve, reject.", no_args_is_help=True
)

ApprovalId = Annotated[str, typer.Argument(metavar="APPROVAL", help="The approval's id.")]
Note = Annotated[str, typer.Option("--note", help="Why; stands beside the answer.")]
Digest = Annotated[
    str | None, typer.Option("--digest", help="That of the content you have looked at; another one is refused.")
]


def add_commands(app: typer.Typer) -> None:
    app.add_typer(approvals)


@approvals.command("list")
def list_(
    status: Annotated[
        Literal["open", "approved", "rejected", "lapsed"] | None, typer.Option(help="Only those with this status.")
    ] = None,
    journey: JourneyId = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Show what was asked, the newest first, with the template versions it is about.

    Example: sojourn approvals list --status open
    """
    with connect(url, key) as server:
        page = server.get("/v1/approvals", status=status, journey=journey, limit=limit, cursor=cursor)
    if as_json:
        show_json(page)
        return
    columns = ("approval", "status", "to", "title", "content", "digest", "journey", "run", "until")
    show_page(page, columns, _row, empty="Nothing is asked for.")


def _row(one: Json) -> list[object]:
    content = ", ".join(
        f"{channel}/{part['template']} v{version}"
        for part in one["content"]
        for channel, version in part["versions"].items()
    )
    return [
        one["id"], one["status"], one["to"], one["title"], content, one["digest"], one["journey"], one["run_id"], one["until"],
    ]  # fmt: skip


@approvals.command()
def approve(
    approval: ApprovalId,
    note: Note = "",
    digest: Digest = None,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Approve of the content as it is now; refused when it has been changed since it was asked for.

    Example: sojourn approvals approve 5b0d1c5e-... --note "checked against the price list"
    """
    _answer("approve", approval, {"note": note, "digest": digest}, url, key, as_json)


@approvals.command()
def reject(approval: ApprovalId, note: Note = "", url: Url = "", key: AdminKey = "", as_json: AsJson = False) -> None:
    """Reject it: what it was about is not sent.

    Example: sojourn approvals reject 5b0d1c5e-... --note "the prices are old"
    """
    _answer("reject", approval, {"note": note}, url, key, as_json)


def _answer(action: str, approval: str, answer: Json, url: str, key: str, as_json: bool) -> None:
    with connect(url, key) as server:
        found = server.post(f"/v1/approvals/{approval}/{action}", answer)
    if as_json:
        show_json(found)
    else:
        show_fields(found)
