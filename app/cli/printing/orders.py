"""Orders for a person, and as JSON."""

from dataclasses import asdict
from typing import Any

import typer

from app.cli.printing.documents import INTENT_WORDS, SHORT, intent_in_words
from app.cli.printing.tables import moment, print_table, safe, without_empty
from app.domain.documents import DocumentStatus, Intent
from app.domain.parties import hidden_tax_number
from app.operations.json_values import json_value
from app.operations.orders import ListedOrder
from app.tracking.orders import TrackedBuyer, TrackedEvent, TrackedLine, TrackedOrder
from app.tracking.versions import CHANGES, versions


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
        rows = [
            (each.document_id, _of(each), each.state, each.attention or "", each.number or "", ", ".join(each.lines))
            for each in latest
        ]
        print_table(*without_empty(("document", "is", "state", "attention", "number", "lines"), rows))


def _of(latest: DocumentStatus) -> str:
    """What it is for, where some document is no plain invoice."""
    words = intent_in_words(latest)
    return "" if words == INTENT_WORDS[Intent.INVOICE] else words


def _print_lines(order: TrackedOrder) -> None:
    known = versions(order)
    if not known:
        typer.echo("the order itself has not been taken in")
        return
    now = known[-1]
    typer.echo(safe(f"of {now.content.order_date}, in {now.content.currency}, for {_in_words(now.buyer)}"))
    if len(known) > 1:
        typer.echo(f"as it is since {moment(now.since)}: {now.made_by.event_type}")
    content = {line.line_reference: line for line in now.content.lines}
    rows = [
        (
            *(line.reference, content[line.reference].name, f"{content[line.reference].quantity:f}"),
            *(f"{content[line.reference].unit_price:f}", f"{content[line.reference].vat_rate:f}"),
            *(line.state, moment(line.since), (line.document_id or "")[:SHORT]),
            *(f"{amount:f}" if amount else "" for amount in (line.credited.pieces, line.credited.amount)),
        )
        for line in order.lines
    ]
    columns = ("line", "name", "quantity", "price", "VAT %", "state", "since", "document", "came back", "credited")
    print_table(*without_empty(columns, rows))


def _in_words(buyer: TrackedBuyer | None) -> str:
    if buyer is None:
        return "the final consumer"
    return f"{buyer.name} ({hidden_tax_number(buyer.tax_number)})" if buyer.tax_number else buyer.name


def _print_event(event: TrackedEvent) -> None:
    request = f" request {event.request_id}" if event.request_id else ""
    actor = f" by {event.logged.actor}" if event.logged and event.logged.actor else ""
    why = f", why: {event.logged.reason}" if event.logged and event.logged.reason else ""
    typer.echo(safe(f"  {moment(event.at)}  {event.event_type}{request}{actor}{_about(event)}{why}"))
    if not event.answers:
        typer.echo("      not answered yet: does the planner run?")
    for outcome in event.answers:
        documents = "".join(f" {document.document_id}" for document in outcome.documents)
        reason = f" {outcome.reason}" if outcome.reason else ""
        typer.echo(safe(f"      {outcome.verdict}{reason}{documents}"))
        for error in outcome.errors:
            typer.echo(safe(f"      {error.path} {error.code}: {error.message}"))


def _about(event: TrackedEvent) -> str:
    """The lines that an event names; of an order none, for it has all."""
    named = event.references if event.event_type != "OrderPlaced" else ()
    lines = [f"line{'s' if len(named) > 1 else ''} {', '.join(named)}"] if named else []
    buyer = [f"for {_in_words(event.buyer)}"] if event.buyer and event.event_type in CHANGES else []
    return f": {'; '.join([*lines, *buyer])}" if lines or buyer else ""


def order_as_json(order: TrackedOrder) -> dict[str, Any]:
    """The same, with every event and status event whole."""
    return {
        "business": order.business,
        "order_reference": order.order_reference,
        "frozen_at": order.frozen_at.isoformat() if order.frozen_at else None,
        "lines": [_line_as_json(line) for line in order.lines],
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


def _line_as_json(line: TrackedLine) -> dict[str, Any]:
    credited = {"returned": f"{line.credited.pieces:f}", "credited": f"{line.credited.amount:f}"}
    return {**asdict(line), "since": line.since.isoformat(), **credited}
