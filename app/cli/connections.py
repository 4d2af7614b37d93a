"""`faturaflow connections`: the logins at the providers, and the owner's word that one is right again."""

import json
from dataclasses import asdict
from typing import Annotated, Final

import typer
from pydantic import TypeAdapter

from app.cli import asking
from app.cli.context import CommandError, exit_on
from app.cli.output import print_table
from app.operations.submit import Actor
from app.settings import settings
from app.store import ConnectionListing, Store, StoreError
from providers.reads import CheckState

app = typer.Typer(help="Logins at providers.", no_args_is_help=True)

LISTINGS: Final = TypeAdapter(tuple[ConnectionListing, ...])
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_connections(*, json_output: AsJson = False) -> None:
    """List the connections and what keeps them from working; no secret is shown."""
    with exit_on(StoreError), Store.open(settings()) as store:
        found = store.connections()
    if json_output:
        typer.echo(LISTINGS.dump_json(found))
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
    json_output: AsJson = False,
) -> None:
    """Ask the provider whether a connection works: login, credits, series, taxpayers. Exit code 1 unless all is fine.

    It makes nothing there. The requests count against the provider's quota.
    """
    with exit_on(StoreError), Store.open(settings()) as store:
        known = [listing.provider for listing in store.connections(business)]
        wanted = [provider] if provider else known
        if not wanted:
            raise CommandError(f"{business} has no connection.")
        found = {name: asking.checked(store, business, name) for name in wanted}
    if json_output:
        typer.echo(json.dumps({name: [asdict(each) for each in checks] for name, checks in found.items()}))
    else:
        rows = ((name, each.subject, each.state, each.said) for name, checks in found.items() for each in checks)
        print_table(("provider", "subject", "state", "said"), rows)
    if any(each.state in {CheckState.WRONG, CheckState.UNCLEAR} for checks in found.values() for each in checks):
        raise typer.Exit(1)


@app.command()
def retry(business: str, provider: str, *, actor: Actor) -> None:
    """Try a login again that was put right at the provider (credits, rights) and needs no change here."""
    with exit_on(StoreError), Store.open(settings()) as store:
        if not store.owner_acted(business, provider, actor=actor):
            raise CommandError(f"{business} has no connection to {provider}.")
    typer.echo(f"{business}'s connection to {provider} is tried again; its commands go on within seconds.")
