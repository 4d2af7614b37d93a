"""`faturaflow connections`: the logins at the providers, and the owner's word that one is right again."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from app.cli.exits import ATTENTION, exit_on
from app.cli.options import DAY, Actor, AsJson, Wait, typed_day
from app.cli.printing.documents import SHORT, print_provider_list
from app.cli.printing.tables import moment, print_table, safe_json
from app.operations import provider_lists
from app.operations.installation import connections, enabling, switching
from app.operations.installation.enabling import Waiting
from app.operations.installation.switching import SwitchedConnection
from app.operations.json_values import json_value
from app.operations.submit import OUTCOME_SECONDS
from app.store import ConnectionListing, StoreError
from app.stream.clients.errors import SendError, TopicUnreadableError
from providers.base.reads import Days

Name = Annotated[str, typer.Argument(metavar="CONNECTION", help="The connection's name: its provider's, or its own.")]

app = typer.Typer(help="Logins at providers.", no_args_is_help=True)


@app.command("list")
def list_connections(*, as_json: AsJson = False) -> None:
    """List the connections and what keeps them from working; no secret is shown."""
    with exit_on(StoreError):
        found = connections.list_connections()
    if as_json:
        typer.echo(json.dumps(list(map(json_value, found)), ensure_ascii=False))
        return
    print_table(("business", "connection", "provider", "base URL", "enabled", "needs its owner"), map(_row, found))


def _row(listing: ConnectionListing) -> tuple[str, ...]:
    enabled = "yes" if listing.enabled else "no"
    return (listing.business, listing.name, listing.provider, listing.base_url, enabled, listing.why_not or "")


@app.command()
def add(
    business: str,
    provider: str,
    *,
    name: Annotated[
        str | None, typer.Option(help="The connection's name, for a second login at one provider; else the provider's.")
    ] = None,
    base_url: Annotated[str, typer.Option(help="The provider's address, of its test or live environment.")],
    secret: Annotated[
        list[str] | None, typer.Option(metavar="NAME=env:VARIABLE|file:PATH", help="Where a secret is; repeatable.")
    ] = None,
    option: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="An option of the provider's; repeatable.")
    ] = None,
    resend_after_absence: Annotated[
        bool, typer.Option("--resend-after-absence", help="Your written allowance; see docs/configuration.md.")
    ] = False,
    actor: Actor,
) -> None:
    """Store a login at a provider, switched off: nothing is sent before `connections enable`."""
    with exit_on(StoreError):
        connections.add_connection(
            business,
            provider,
            name=name,
            base_url=base_url,
            secrets=_named(secret or [], "--secret"),
            options=_named(option or [], "--option"),
            resend_after_absence=resend_after_absence,
            actor=actor,
        )
    typer.echo(
        f"{business} has the connection {name or provider}, which is off. Whether it works: "
        f"`faturaflow connections check {business} {name or provider}`. To switch it on: "
        f"`faturaflow connections enable {business} {name or provider}`."
    )


def _named(given: Iterable[str], option: str) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    for name, equals, value in pairs:
        if not name or not equals or not value:
            # Not the text itself: a secret may stand in the wrong place.
            raise typer.BadParameter("is not NAME=VALUE", param_hint=option)
    return {name: value for name, _, value in pairs}


@app.command()
def enable(
    business: str,
    name: Name,
    *,
    waiting: Annotated[
        Waiting | None, typer.Option(help="What becomes of the documents that wait for it: issued, or withdrawn.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list the documents that wait for it.")] = False,
    actor: Actor,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Switch a connection on. Where documents wait for it, say what becomes of them: nothing old is issued unasked."""
    with exit_on(StoreError, TopicUnreadableError, SendError):
        if dry_run:
            _print_waiting(business, name)
            return
        enabling.enable_connection(business, name, waiting=waiting, actor=actor, wait=wait)
    left = "those that waited are withdrawn, and an `InvoiceRequested` invoices their lines"
    what = left if waiting is Waiting.LEAVE else "its documents go on within seconds"
    typer.echo(f"{business}'s connection {name} is on; {what}.")


def _print_waiting(business: str, name: str) -> None:
    found = enabling.documents_waiting(business, name)
    typer.echo(f"{len(found)} documents wait for {business}'s connection {name}")
    rows = ((each.document_id[:SHORT], each.order_reference, moment(each.occurred_at)) for each in found)
    print_table(("document", "order", "since"), rows)


@app.command()
def disable(business: str, name: Name, *, actor: Actor) -> None:
    """Switch a connection off: nothing is sent or asked there, and its documents wait."""
    with exit_on(StoreError):
        enabling.disable_connection(business, name, actor=actor)
    typer.echo(f"{business}'s connection {name} is off; its documents wait.")


@app.command()
def switch(
    *,
    business: Annotated[str, typer.Option(help="The business's code.")],
    old: Annotated[str, typer.Option("--from", help="The connection that its policy names now.")],
    new: Annotated[str, typer.Option("--to", help="The connection for new documents; it must be on.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would stay where it is.")] = False,
    as_json: AsJson = False,
    actor: Actor,
) -> None:
    """Let another connection issue what comes from now on; documents in flight stay where they are."""
    with exit_on(StoreError, TopicUnreadableError):
        found = switching.switch_connection(business, old, new, actor=actor, dry_run=dry_run)
    if as_json:
        typer.echo(json.dumps(json_value(found) | {"dry_run": dry_run}, ensure_ascii=False))
    else:
        _print_switched(found, business, dry_run=dry_run)


def _print_switched(found: SwitchedConnection, business: str, *, dry_run: bool) -> None:
    names = (found.before.connection_name, found.after.connection_name)
    if names[0] == names[1]:
        typer.echo(f"{business}'s new documents are issued by {names[1]} already.")
    else:
        would = "would be" if dry_run else "are"
        typer.echo(f"{business}'s new documents {would} issued by {names[1]} (provider {found.after.provider}).")
    for refusal in found.expected_refusals:
        typer.echo(refusal)
    series = ", ".join(filter(None, (found.after.earsiv_series, found.after.efatura_series)))
    if series and names[0] != names[1]:
        typer.echo(
            f"Its policy's series stay ({series}): where another system has numbered in one of them, two documents get "
            "the same number. Give each system series of its own: see docs/configuration.md."
        )
    if not dry_run and names[0] != names[1]:
        typer.echo("Write it into the policy of your configuration file too: the next `config apply` follows the file.")
    typer.echo(f"{len(found.staying)} documents stay where they are; `faturaflow documents reroute` moves one.")
    if found.staying:
        rows = (
            (each.document_id[:SHORT], each.order_reference, each.state, each.attention or "") for each in found.staying
        )
        print_table(("document", "order", "state", "attention"), rows)


@app.command()
def check(
    business: str,
    name: Annotated[
        str | None, typer.Argument(metavar="[CONNECTION]", help="One connection by name; else each of the business's.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Ask the provider whether a connection works: login, credits, series, taxpayers. Exit code 1 unless all is fine.

    It makes nothing there. The requests count against the provider's quota.
    """
    with exit_on(StoreError):
        found = connections.check_connections(business, name)
    if as_json:
        typer.echo(json.dumps({each.connection: [asdict(check) for check in each.checks] for each in found}))
    else:
        rows = ((each.connection, known.subject, known.state, known.said) for each in found for known in each.checks)
        print_table(("connection", "subject", "state", "said"), rows)
    if not all(each.is_fine for each in found):
        raise typer.Exit(1)


@app.command("documents")
def list_documents(
    business: str,
    name: Name,
    *,
    first: Annotated[date, typer.Option("--from", parser=typed_day, metavar=DAY, help="The first day of issue.")],
    last: Annotated[date, typer.Option("--to", parser=typed_day, metavar=DAY, help="The last day of issue.")],
    as_json: AsJson = False,
) -> None:
    """List what the provider itself has of some days, held against what is known here.

    Exit code 3 where something is known on one side alone, or legal on one side alone.
    """
    with exit_on(StoreError, TopicUnreadableError):
        found = provider_lists.compare_list(business, name, Days(first=first, last=last))
    if as_json:
        typer.echo(safe_json([json_value(each) for each in found.documents]))
    else:
        print_provider_list(found)
    if not found.agrees:
        raise typer.Exit(ATTENTION)


@app.command()
def retry(business: str, name: Name, *, actor: Actor) -> None:
    """Try a login again that was put right at the provider (credits, rights) and needs no change here."""
    with exit_on(StoreError):
        connections.retry_connection(business, name, actor=actor)
    typer.echo(f"{business}'s connection {name} is tried again; its commands go on within seconds.")
