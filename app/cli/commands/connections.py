"""`faturaflow connections`: the logins at the providers, and the owner's word that one is right again."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from app.cli.exits import exit_on
from app.cli.options import Actor, AsJson
from app.cli.printing.tables import print_table
from app.operations.installation import connections
from app.operations.json_values import json_value
from app.store import ConnectionListing, StoreError

app = typer.Typer(help="Logins at providers.", no_args_is_help=True)


@app.command("list")
def list_connections(*, as_json: AsJson = False) -> None:
    """List the connections and what keeps them from working; no secret is shown."""
    with exit_on(StoreError):
        found = connections.list_connections()
    if as_json:
        typer.echo(json.dumps(list(map(json_value, found)), ensure_ascii=False))
        return
    print_table(("business", "provider", "base URL", "enabled", "needs its owner"), map(_row, found))


def _row(listing: ConnectionListing) -> tuple[str, ...]:
    enabled = "yes" if listing.enabled else "no"
    return (listing.business, listing.provider, listing.base_url, enabled, listing.why_not or "")


@app.command()
def check(
    business: str,
    provider: Annotated[
        str | None, typer.Argument(help="One provider; each that the business is connected to.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Ask the provider whether a connection works: login, credits, series, taxpayers. Exit code 1 unless all is fine.

    It makes nothing there. The requests count against the provider's quota.
    """
    with exit_on(StoreError):
        found = connections.check_connections(business, provider)
    if as_json:
        typer.echo(json.dumps({each.provider: [asdict(check) for check in each.checks] for each in found}))
    else:
        rows = ((each.provider, known.subject, known.state, known.said) for each in found for known in each.checks)
        print_table(("provider", "subject", "state", "said"), rows)
    if not all(each.is_fine for each in found):
        raise typer.Exit(1)


@app.command()
def retry(business: str, provider: str, *, actor: Actor) -> None:
    """Try a login again that was put right at the provider (credits, rights) and needs no change here."""
    with exit_on(StoreError):
        connections.retry_connection(business, provider, actor=actor)
    typer.echo(f"{business}'s connection to {provider} is tried again; its commands go on within seconds.")
