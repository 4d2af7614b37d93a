"""`faturaflow keys`: who may use the HTTP API, and for what."""

from typing import Annotated

import typer

from app.cli.exits import exit_on
from app.cli.options import ActorOrLogin, AsJson, login_name
from app.cli.printing.tables import moment, print_table, safe_json
from app.operations import keys
from app.operations.json_values import json_value
from app.store import ApiKey, NewKey, Scope, StoreError

app = typer.Typer(help="Subscription keys of the HTTP API.", no_args_is_help=True)

Client = Annotated[str, typer.Argument(help="Who uses it: a shop, a warehouse, a program.")]
Days = Annotated[int | None, typer.Option(min=1, max=3650, help="How many days it is valid; else until revoked.")]


@app.command()
def add(
    client: Client,
    *,
    business: Annotated[list[str], typer.Option(metavar="CODE", help="For this business; may be repeated. * is all.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; may be repeated.")] = list(Scope),  # noqa: B006
    days: Days = None,
    actor: ActorOrLogin = None,
    as_json: AsJson = False,
) -> None:
    """Make a client's first key, and print it: this once."""
    with exit_on(StoreError):
        made = keys.add_key(client, businesses=business, scopes=scope, days=days, actor=actor or login_name())
    _print(made, as_json=as_json)


@app.command()
def rotate(client: Client, *, days: Days = None, actor: ActorOrLogin = None, as_json: AsJson = False) -> None:
    """Make the next key of a client. The one before stays valid until it is revoked."""
    with exit_on(StoreError):
        made = keys.rotate_key(client, days=days, actor=actor or login_name())
    _print(made, as_json=as_json)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id: the eight characters after ff_live_ or ff_test_.")],
    *,
    actor: ActorOrLogin = None,
) -> None:
    """Make a key invalid, within seconds."""
    with exit_on(StoreError):
        keys.revoke_key(key_id, actor=actor or login_name())
    typer.echo(f"{key_id} is revoked.")


@app.command("list")
def list_keys(*, as_json: AsJson = False) -> None:
    """List every key, without its secret."""
    with exit_on(StoreError):
        found = keys.list_keys()
    if as_json:
        typer.echo(safe_json([json_value(key) for key in found]))
        return
    print_table(("key", "client", "businesses", "scopes", "made", "last used", "until"), map(_row, found))


def _row(key: ApiKey) -> tuple[str, ...]:
    until = f"revoked {moment(key.revoked_at)}" if key.revoked_at else moment(key.expires_at) if key.expires_at else ""
    scopes = "all" if key.scopes == set(Scope) else ", ".join(sorted(key.scopes))
    used = moment(key.last_used_at) if key.last_used_at else ""
    return (key.key_id, key.client, ", ".join(sorted(key.businesses)), scopes, moment(key.created_at), used, until)


def _print(made: NewKey, *, as_json: bool) -> None:
    if as_json:
        typer.echo(safe_json({"text": made.text, **json_value(made.key)}))
        return
    typer.echo(made.text)
    typer.echo("It is shown this once. Send it as X-Subscription-Key.", err=True)
