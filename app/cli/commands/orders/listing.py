"""`faturaflow orders list|show|open-lines`: what became of each order, of one with every reason, and what is left."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from app.cli.exits import ATTENTION, exit_on
from app.cli.options import AsJson, OnlyBusiness, span
from app.cli.printing.orders import order_as_json, order_row, order_row_as_json, print_order
from app.cli.printing.staleness import print_staleness
from app.cli.printing.tables import moment, print_table
from app.operations import orders
from app.operations.json_values import json_value
from app.store import StoreError
from app.stream.clients.errors import TopicUnreadableError


def list_orders(
    *,
    business: OnlyBusiness = None,
    stuck: Annotated[
        bool, typer.Option("--stuck", help="Only what a person should look at; exit code 3 when there is any.")
    ] = False,
    open_days: Annotated[
        int, typer.Option("--open-days", min=0, help="Lines may be open for so many days before they count as stuck.")
    ] = orders.OPEN_FOR.days,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List orders, and why a person should look at one: refused, held, frozen, unanswered, lines open for long."""
    open_for = timedelta(days=open_days)
    with exit_on(StoreError, TopicUnreadableError):
        print_staleness()
        found = orders.list_orders(
            datetime.now(UTC), business=business, only_stuck=stuck, open_for=open_for, limit=limit
        )
    if as_json:
        typer.echo(json.dumps(list(map(order_row_as_json, found.latest)), ensure_ascii=False))
    else:
        typer.echo(f"{len(found.latest)} of {found.total} orders")
        print_table(("business", "order", "events", "documents", "stuck", "since"), map(order_row, found.latest))
    if stuck and found.total:
        raise typer.Exit(ATTENTION)


def show(
    reference: Annotated[str, typer.Argument(metavar="REF", help="The order's reference.")],
    *,
    business: OnlyBusiness = None,
    as_json: AsJson = False,
) -> None:
    """Show one order: its lines, its events with their outcomes and every reason, what waits, and its documents."""
    with exit_on(StoreError, TopicUnreadableError):
        order = orders.find_order(reference, business)
    if as_json:
        typer.echo(json.dumps(order_as_json(order), ensure_ascii=False))
    else:
        print_order(order)


def open_lines(
    *,
    business: OnlyBusiness = None,
    older_than: Annotated[
        timedelta | None, typer.Option(parser=span, metavar="SPAN", help="Only what has been open for longer: 3d, 12h.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the oldest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List lines that are neither on a document nor cancelled, the oldest first. Exit code 3 when there is any."""
    now = datetime.now(UTC)
    with exit_on(StoreError, TopicUnreadableError):
        print_staleness()
        found = orders.open_lines(now, business=business, older_than=older_than or timedelta(0), limit=limit)
    if as_json:
        typer.echo(json.dumps(list(map(json_value, found)), ensure_ascii=False))
    else:
        rows = (
            (each.business, each.order_reference, each.line_reference, moment(each.since), f"{(now - each.since).days}")
            for each in found
        )
        print_table(("business", "order", "line", "open since", "days"), rows)
    if found:
        raise typer.Exit(ATTENTION)
