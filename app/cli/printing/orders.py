"""Orders for a person, and as JSON."""

from dataclasses import asdict
from typing import Any

import typer

from app.cli.printing.documents import SHORT
from app.cli.printing.tables import moment, print_table, safe
from app.domain.orders import OrderPlaced
from app.operations.json_values import json_value
from app.operations.orders import ListedOrder
from app.tracking.orders import TrackedEvent, TrackedOrder


def order_row(listed: ListedOrder) -> tuple[str, ...]:
    """One line of a list: business, reference, events, documents, why it is stuck, and since when."""
    why = listed.stuck
    reasons, since = ", ".join(why), moment(min(why.values())) if why else ""
    counts = (str(listed.events), str(len(listed.documents)))
    return (listed.business, listed.order_reference, *counts, reasons, since)


def order_row_as_json(listed: ListedOrder) -> dict[str, Any]:
    """The same, with the ids of its documents."""
    return {
        "business": listed.business,
        "order_reference": listed.order_reference,
        "events": listed.events,
        "documents": [*listed.documents],
        "stuck": {reason: since.isoformat() for reason, since in listed.stuck.items()},
    }


def print_order(order: TrackedOrder) -> None:
    """The order's lines, its events with every outcome and reason, and its documents."""
    typer.echo(safe(f"order {order.business}/{order.order_reference}"))
    if order.frozen_at:
        typer.echo(f"FROZEN since {moment(order.frozen_at)}: see `faturaflow dlq list`, then `orders thaw`")
    _print_lines(order)
    typer.echo("\nevents")
    for event in order.events:
        _print_event(event)
    typer.echo("\ndocuments" if order.documents else "\nno documents")
    if order.documents:
        latest = [document.latest for document in order.documents]
        rows = (
            (each.document_id, each.state, each.attention or "", each.number or "", ", ".join(each.lines))
            for each in latest
        )
        print_table(("document", "state", "attention", "number", "lines"), rows)


def _print_lines(order: TrackedOrder) -> None:
    placed = order.placed.logged.body if order.placed and order.placed.logged else None
    if not isinstance(placed, OrderPlaced):
        typer.echo("the order itself has not been taken in")
        return
    typer.echo(f"of {placed.order_date}, in {placed.currency}")
    content = {line.line_reference: line for line in placed.lines}
    rows = (
        (
            *(line.reference, content[line.reference].name, f"{content[line.reference].quantity:f}"),
            *(f"{content[line.reference].unit_price:f}", f"{content[line.reference].vat_rate:f}"),
            *(line.state, moment(line.since), (line.document_id or "")[:SHORT]),
        )
        for line in order.lines
    )
    print_table(("line", "name", "quantity", "price", "VAT %", "state", "since", "document"), rows)


def _print_event(event: TrackedEvent) -> None:
    request = f" request {event.request_id}" if event.request_id else ""
    actor = f" by {event.logged.actor}" if event.logged and event.logged.actor else ""
    typer.echo(safe(f"  {moment(event.at)}  {event.event_type}{request}{actor}"))
    if not event.answers:
        typer.echo("      not answered yet: does the planner run?")
    for outcome in event.answers:
        documents = "".join(f" {document.document_id}" for document in outcome.documents)
        reason = f" {outcome.reason}" if outcome.reason else ""
        typer.echo(safe(f"      {outcome.verdict}{reason}{documents}"))
        for error in outcome.errors:
            typer.echo(safe(f"      {error.path} {error.code}: {error.message}"))


def order_as_json(order: TrackedOrder) -> dict[str, Any]:
    """The same, with every event and status event whole."""
    return {
        "business": order.business,
        "order_reference": order.order_reference,
        "frozen_at": order.frozen_at.isoformat() if order.frozen_at else None,
        "lines": [{**asdict(line), "since": line.since.isoformat()} for line in order.lines],
        "events": [
            {
                "event_id": event.event_id,
                "type": event.event_type,
                "at": event.at.isoformat(),
                "request_id": event.request_id,
                "event": json_value(event.logged) if event.logged else None,
                "outcomes": [json_value(outcome) for outcome in event.answers],
            }
            for event in order.events
        ],
        "documents": [[json_value(status) for status in document.history] for document in order.documents],
    }
