"""`sojourn secrets`: what webhooks carry. Works on the database itself, so that no value goes through the API."""

import sys
from typing import Annotated

import typer

from cli.installation import in_transaction, installation
from cli.options import AsJson
from cli.output import show_json, show_table
from domain.named_secrets import mentioned
from domain.program import Notify, Program, Webhook
from runtime.sealing import seal_of
from store.access import named_secrets
from store.database import Transaction
from store.journey import journeys

secrets = typer.Typer(
    name="secrets",
    help="Tokens and addresses that webhooks use as {{ secrets.name }}. Needs DATABASE_URL or a running stack.",
    no_args_is_help=True,
)
ACTOR = "cli"
Name = Annotated[str, typer.Argument(help="Small letters, digits and underscores.")]


def add_commands(app: typer.Typer) -> None:
    app.add_typer(secrets)


@secrets.command("set")
def set_(name: Name, as_json: AsJson = False) -> None:
    """Keep a secret, or change it. Its value is asked for, or read from standard input: never from the command line.

    Example: sojourn secrets set crm_token < crm_token.txt
    """
    value = _asked_for()
    settings = installation()
    seal = seal_of(settings)
    in_transaction(lambda tx: named_secrets.put(tx, seal, name, value, actor=ACTOR))
    sealed = settings.encryption_key is not None
    if as_json:
        show_json({"name": name, "sealed": sealed})
        return
    print(f"Set {name}. Journeys use it as {{{{ secrets.{name} }}}}.")
    if not sealed:
        print("It is kept as it is: set SOJOURN_ENCRYPTION_KEY, and set it again, to have it sealed.")


@secrets.command("list")
def list_(as_json: AsJson = False) -> None:
    """Show which secrets there are, without their values.

    Example: sojourn secrets list --json
    """
    found = in_transaction(named_secrets.records)
    if as_json:
        show_json({"items": found})
        return
    rows = [(one.name, "sealed" if one.sealed else "as it is", one.updated_at, one.updated_by) for one in found]
    show_table(("name", "kept", "updated", "by"), rows, empty="No secrets. Set one: sojourn secrets set NAME")


@secrets.command("delete")
def delete(name: Name, as_json: AsJson = False) -> None:
    """Forget a secret. Refused while a live journey uses it; runs of earlier versions that need it are parked there.

    Example: sojourn secrets delete crm_token
    """

    async def forget(tx: Transaction) -> None:
        users = [one.journey for one in await journeys.live_programs(tx) if name in _used_by(one)]
        await named_secrets.delete(tx, name, used_by=users, actor=ACTOR)

    in_transaction(forget)
    if as_json:
        show_json({"name": name, "deleted": True})
    else:
        print(f"Deleted {name}.")


def _asked_for() -> str:
    said: str = typer.prompt("Value", hide_input=True) if sys.stdin.isatty() else sys.stdin.read()
    return said.rstrip("\r\n")


def _used_by(program: Program) -> list[str]:
    called = [step for step in program.steps.values() if isinstance(step, Webhook)]
    told = [step.webhook for step in program.steps.values() if isinstance(step, Notify) and step.webhook]
    return mentioned([*told, *(text for step in called for text in (step.url, *step.headers.values()))])
