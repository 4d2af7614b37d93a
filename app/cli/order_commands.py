"""`faturaflow orders send|show|list`: an order's events on their way in, and what has become of each order."""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer

from app.cli.context import ATTENTION, CommandError, bootstrap, codec, content_of, exit_on, plain, topics
from app.cli.order_files import FileRefusedError, Found, events_in
from app.cli.output import moment, print_table, safe
from app.domain.documents import DocumentStatus
from app.domain.orders import LoggedEvent, OrderEvent, OrderPlaced
from app.domain.outcomes import OrderOutcome, Verdict
from app.operations.submit import OUTCOME_SECONDS, Wait, print_outcome, submit
from app.stream.clients.errors import SourceError
from app.stream.clients.reader import TopicUnreadableError, read_topic
from app.stream.serialization.codec import Codec, Invalid, Unreadable
from app.stream.topics import identities
from app.tracking.deadletters import dead_letter_of
from app.tracking.orders import OrderTracker, Stuck, TrackedEvent, TrackedOrder

# Some ten thousand orders; more belongs on the topic by a producer of its own.
MOST_BYTES: Final = 64 * 1024 * 1024
# Turkish law gives seven days from the delivery (VUK 231/5); a line that is open for longer is late, or forgotten.
OPEN_DAYS: Final = 7
R = TypeVar("R")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Business = Annotated[str | None, typer.Option(help="Only this business.")]


def send(
    file: Annotated[Path, typer.Argument(metavar="FILE|-", help="Order events: a JSON object, an array, JSON lines.")],
    *,
    wait: Wait = OUTCOME_SECONDS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the events and send none.")] = False,
    json_output: AsJson = False,
) -> None:
    """Submit order events and print each one's outcome. Exit code 1 when one is refused or none answers in time.

    All are checked first: when one could not be read by intake, none is sent.
    """
    with exit_on(FileRefusedError, SourceError, TopicUnreadableError):
        events = _checked(file)
        outcomes = [None] * len(events) if dry_run else submit(events, wait)
    if json_output:
        typer.echo(json.dumps([plain(outcome) if outcome else None for outcome in outcomes], ensure_ascii=False))
    elif dry_run:
        typer.echo(f"{len(events)} events; nothing was sent (dry run).")
    else:
        for event, outcome in zip(events, outcomes, strict=True):
            print_outcome(event, outcome)
    missing = wait > 0 and not dry_run and None in outcomes
    if missing:
        typer.echo(f"Not every event was answered within {wait:g} s: do intake and planner run?", err=True)
    if missing or any(outcome and outcome.verdict is Verdict.REJECTED for outcome in outcomes):
        raise typer.Exit(1)


def _checked(file: Path) -> list[OrderEvent]:
    content = (
        sys.stdin.buffer.read(MOST_BYTES + 1) if str(file) == "-" else content_of(file, MOST_BYTES, "order events")
    )
    if len(content) > MOST_BYTES:
        raise CommandError(f"{file} has more than {MOST_BYTES // 1024**2} MiB: send it in parts.")
    found = events_in(content)
    if not found:
        raise CommandError(f"{file} holds no event.")
    faults = [fault for each in found for fault in _faults(each)]
    if faults:
        raise CommandError("\n".join([*map(safe, faults), "Nothing was sent."]))
    return [each.event for each in found if each.event is not None]


def _faults(found: Found) -> Iterator[str]:
    for error in found.errors:
        yield f"event {found.number} (line {found.line}): {error.path} {error.code}: {error.message}"


def show(
    reference: Annotated[str, typer.Argument(metavar="REF", help="The order's reference.")],
    *,
    business: Business = None,
    json_output: AsJson = False,
) -> None:
    """Show one order: its lines, its events with their outcomes and every reason, what waits, and its documents."""
    with exit_on(TopicUnreadableError):
        order = order_named(reference, business)
    if json_output:
        typer.echo(json.dumps(_order_as_json(order), ensure_ascii=False))
    else:
        _print_order(order)


def order_named(reference: str, business: str | None) -> TrackedOrder:
    """The one order with this reference, out of the topics. Raises CommandError when there is none, or several."""
    found = list(_tracked(business, reference))
    if len(found) == 1:
        return found[0]
    businesses = ", ".join(order.business for order in found)
    raise CommandError(
        f"Several businesses have an order {reference}: name one with --business ({businesses})."
        if found
        else f"Nothing was said of an order {reference}{f' of {business}' if business else ''}."
    )


def list_orders(
    *,
    business: Business = None,
    stuck: Annotated[
        bool, typer.Option("--stuck", help="Only what a person should look at; exit code 3 when there is any.")
    ] = False,
    open_days: Annotated[
        int, typer.Option("--open-days", min=0, help="Lines may be open for so many days before they count as stuck.")
    ] = OPEN_DAYS,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest.")] = 50,
    json_output: AsJson = False,
) -> None:
    """List orders, and why a person should look at one: refused, held, frozen, unanswered, lines open for long."""
    now, open_for = datetime.now(UTC), timedelta(days=open_days)
    with exit_on(TopicUnreadableError):
        known = [(order, order.stuck(now, open_for=open_for)) for order in _tracked(business, None)]
    found = sorted(((order, why) for order, why in known if why or not stuck), key=lambda each: each[0].latest_at)
    latest = found[-limit:]
    if json_output:
        typer.echo(json.dumps([_row_as_json(order, why) for order, why in latest], ensure_ascii=False))
    else:
        typer.echo(f"{len(latest)} of {len(found)} orders")
        rows = (_row(order, why) for order, why in latest)
        print_table(("business", "order", "events", "documents", "stuck", "since"), rows)
    if stuck and found:
        raise typer.Exit(ATTENTION)


def _tracked(business: str | None, reference: str | None) -> Iterator[TrackedOrder]:
    """The orders that fit, out of the topics; with a reference each with its whole events."""

    def takes(its_business: str, its_reference: str) -> bool:
        return business in {None, its_business} and reference in {None, its_reference}

    names, read, tracker = topics(), codec(), OrderTracker(whole=reference is not None, takes=takes)
    tracker.log(_records(names.order_log, read, LoggedEvent))
    tracker.outcomes(_records(names.order_outcomes, read, OrderOutcome))
    tracker.statuses(_records(names.document_status, read, DocumentStatus))
    letters = read_topic(bootstrap(), identities.apps(names.prefix)["planner"].dead_letters)
    tracker.dead_letters((record.key, dead_letter_of(record)) for record in letters)
    return tracker.orders()


def _records(topic: str, read: Codec, kind: type[R]) -> Iterator[R]:
    """What can be read; a record that cannot has become a dead letter, which is listed in its place."""
    for record in read_topic(bootstrap(), topic):
        with suppress(Invalid, Unreadable):
            yield read.read(kind, record.value)


def _row(order: TrackedOrder, why: dict[Stuck, datetime]) -> tuple[str, ...]:
    reasons, since = ", ".join(why), moment(min(why.values())) if why else ""
    counts = (str(len(order.events)), str(len(order.documents)))
    return (order.business, order.order_reference, *counts, reasons, since)


def _row_as_json(order: TrackedOrder, why: dict[Stuck, datetime]) -> dict[str, Any]:
    return {
        "business": order.business,
        "order_reference": order.order_reference,
        "events": len(order.events),
        "documents": [document.latest.document_id for document in order.documents],
        "stuck": {reason: since.isoformat() for reason, since in why.items()},
    }


def _print_order(order: TrackedOrder) -> None:
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
            *(line.state, moment(line.since), line.document_id or ""),
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


def _order_as_json(order: TrackedOrder) -> dict[str, Any]:
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
                "event": plain(event.logged) if event.logged else None,
                "outcomes": [plain(outcome) for outcome in event.answers],
            }
            for event in order.events
        ],
        "documents": [[plain(status) for status in document.history] for document in order.documents],
    }
