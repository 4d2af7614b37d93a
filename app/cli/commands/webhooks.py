"""`faturaflow webhooks`: other systems that are told what happens to documents and orders."""

from typing import Annotated

import typer

from app.cli.exits import exit_on
from app.cli.options import ActorOrLogin, AsJson, OnlyBusiness, login_name
from app.cli.printing.tables import moment, print_table, safe_json
from app.operations.json_values import json_value
from app.operations.webhooks import MOST_SHOWN, opened
from app.store import Delivery, DeliveryState, Endpoint, NewEndpoint, StoreError

app = typer.Typer(help="Other systems that are told what happens, by webhooks.", no_args_is_help=True)

EndpointId = Annotated[str, typer.Argument(help="The webhook's id, as `webhooks list` shows it.")]
DeliveryId = Annotated[int, typer.Argument(help="The delivery's number, as `webhooks deliveries` shows it.")]


@app.command()
def add(
    business: Annotated[str, typer.Argument(help="The business whose events are sent.")],
    url: Annotated[str, typer.Argument(help="The address that is called: https, in the public internet.")],
    *,
    event: Annotated[list[str] | None, typer.Option(help="A type of event; may be repeated. None is all.")] = None,
    description: Annotated[str | None, typer.Option(help="What it is, for people.")] = None,
    actor: ActorOrLogin = None,
    as_json: AsJson = False,
) -> None:
    """Add an address, and print its secret: this once."""
    with exit_on(StoreError), opened() as webhooks:
        made = webhooks.add(business, url, types=event or [], actor=actor or login_name(), description=description)
    _print_new(made, as_json=as_json)


@app.command("list")
def list_webhooks(*, business: OnlyBusiness = None, as_json: AsJson = False) -> None:
    """List every address, whether it answers, and how much waits for it."""
    with exit_on(StoreError), opened() as webhooks:
        found = webhooks.all(business)
    if as_json:
        typer.echo(safe_json([json_value(each) for each in found]))
        return
    columns = ("webhook", "business", "address", "events", "state", "waiting", "last success", "failing since")
    print_table(columns, map(_row, found))


@app.command()
def pause(
    endpoint_id: EndpointId,
    *,
    reason: Annotated[str | None, typer.Option("--reason", help="Why: kept beside it.")] = None,
    actor: ActorOrLogin = None,
) -> None:
    """Send nothing more to an address; what comes for it waits."""
    with exit_on(StoreError), opened() as webhooks:
        webhooks.pause(endpoint_id, actor=actor or login_name(), why=reason)
    typer.echo(f"{endpoint_id} is paused. `faturaflow webhooks resume` sends what waits.")


@app.command()
def resume(endpoint_id: EndpointId, *, actor: ActorOrLogin = None) -> None:
    """Send what waits for an address, and what comes."""
    with exit_on(StoreError), opened() as webhooks:
        webhooks.resume(endpoint_id, actor=actor or login_name())
    typer.echo(f"{endpoint_id} is resumed.")


@app.command()
def rotate(endpoint_id: EndpointId, *, actor: ActorOrLogin = None, as_json: AsJson = False) -> None:
    """Make an address's next secret, and print it. The one before signs too for a day."""
    with exit_on(StoreError), opened() as webhooks:
        made = webhooks.rotate(endpoint_id, actor=actor or login_name())
    _print_new(made, as_json=as_json)


@app.command()
def remove(endpoint_id: EndpointId, *, actor: ActorOrLogin = None) -> None:
    """Forget an address, with all that waits for it."""
    with exit_on(StoreError), opened() as webhooks:
        webhooks.remove(endpoint_id, actor=actor or login_name())
    typer.echo(f"{endpoint_id} is removed.")


@app.command()
def deliveries(
    endpoint_id: EndpointId,
    *,
    state: Annotated[DeliveryState | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST_SHOWN, help="How many, the latest first.")] = 50,
    before: Annotated[int | None, typer.Option(help="Only those before the one of this number.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what was sent to an address, and what it answered."""
    with exit_on(StoreError), opened() as webhooks:
        found = webhooks.deliveries(endpoint_id, state=state, before=before, limit=limit)
    if as_json:
        typer.echo(safe_json([json_value(each) for each in found]))
        return
    columns = ("delivery", "made", "event", "about", "state", "attempts", "last attempt", "answer", "next")
    print_table(columns, map(_delivery_row, found))


@app.command()
def redeliver(endpoint_id: EndpointId, delivery_id: DeliveryId, *, actor: ActorOrLogin = None) -> None:
    """Send an event once more; the receiver knows it by its id."""
    with exit_on(StoreError), opened() as webhooks:
        made = webhooks.redeliver(endpoint_id, delivery_id, actor=actor or login_name())
    typer.echo(f"Delivery {made.delivery_id} waits to be sent.")


@app.command()
def test(endpoint_id: EndpointId) -> None:
    """Send an event about nothing."""
    with exit_on(StoreError), opened() as webhooks:
        made = webhooks.test(endpoint_id)
    typer.echo(f"Delivery {made.delivery_id} waits to be sent: see `faturaflow webhooks deliveries {endpoint_id}`.")


def _row(each: Endpoint) -> tuple[str, ...]:
    state = f"{each.state}: {each.paused_why}" if each.paused_why else f"{each.state}"
    times = (moment(at) if at else "" for at in (each.succeeded_at, each.failing_since))
    return (each.endpoint_id, each.business, each.url, ", ".join(each.types), state, f"{each.waiting}", *times)


def _delivery_row(each: Delivery) -> tuple[str, ...]:
    said = f"{each.last_status or ''} {each.last_answer or ''}".strip()[:80]
    last, due = (moment(at) if at else "" for at in (each.last_at, each.due))
    known = (f"{each.delivery_id}", moment(each.created_at), each.type, each.lane, f"{each.state}")
    return (*known, f"{each.attempts}", last, said, due)


def _print_new(made: NewEndpoint, *, as_json: bool) -> None:
    if as_json:
        typer.echo(safe_json({"secret": made.secret, **json_value(made.endpoint)}))
        return
    typer.echo(made.endpoint.endpoint_id)
    typer.echo(made.secret)
    typer.echo("The secret is shown this once: the receiver verifies with it.", err=True)
