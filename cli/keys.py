"""`sojourn keys`: who may call. Works on the database itself, so that the first key can be made."""

from typing import Annotated

import typer

from channels.webhook_http import derived_secret
from cli.installation import in_transaction, installation
from cli.options import AsJson
from cli.output import show_fields, show_json, show_table
from store.access.keys import Scope, create, list_keys, revoke

keys = typer.Typer(name="keys", help="API keys. Needs DATABASE_URL or a running stack.", no_args_is_help=True)
ACTOR = "cli"


def add_commands(app: typer.Typer) -> None:
    app.add_typer(keys)


@keys.command("webhooks")
def webhooks(as_json: AsJson = False) -> None:
    """Show the secret with which receivers of webhooks check our signatures (standardwebhooks.com).

    Example: sojourn keys webhooks
    """
    secret = derived_secret(installation().secret_key.get_secret_value())
    if as_json:
        show_json({"secret": secret})
    else:
        print(secret)


@keys.command("create")
def create_(
    scope: Annotated[Scope, typer.Option(help="ingest: may send events. admin: may do everything.")] = Scope.INGEST,
    source: Annotated[
        str, typer.Option(help="Where its events come from; message ids count once per source.")
    ] = "default",
    name: Annotated[str, typer.Option(help="For people: what the key is for.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a key. Its secret is shown once and kept only as a hash.

    Example: sojourn keys create --scope ingest --source web-shop --name "shop front"
    """
    made = in_transaction(lambda tx: create(tx, scope, source=source, name=name, actor=ACTOR))
    if as_json:
        show_json({**made.key.model_dump(mode="json"), "secret": made.secret})
        return
    show_fields({"key": made.secret, "prefix": made.key.prefix, "scope": made.key.scope, "source": made.key.source})
    print("Keep it now: it is not shown again.")


@keys.command("list")
def list_(as_json: AsJson = False) -> None:
    """Show the keys, the newest first, without their secrets.

    Example: sojourn keys list --json
    """
    found = in_transaction(list_keys)
    if as_json:
        show_json({"items": found})
        return
    columns = ("prefix", "scope", "source", "name", "created", "revoked")
    rows = [(key.prefix, key.scope, key.source, key.name, key.created_at, key.revoked_at) for key in found]
    show_table(columns, rows, empty="No keys. Make one: sojourn keys create")


@keys.command("revoke")
def revoke_(
    prefix: Annotated[str, typer.Argument(help="The key's prefix or id, as `list` shows it.")], as_json: AsJson = False
) -> None:
    """End a key. Running processes refuse it within seconds.

    Example: sojourn keys revoke sj_ingest_ab12cd
    """
    key = in_transaction(lambda tx: revoke(tx, prefix, actor=ACTOR))
    if as_json:
        show_json(key)
    else:
        print(f"Revoked {key.prefix}.")
