"""`faturaflow orders invoice` and `cancel`: lines that have left, and lines that never will."""

from datetime import date
from typing import Annotated

import typer

from app.cli.commands.orders.typed import Business, Carrier, Dispatched, Order, Tracking, submitting
from app.cli.options import DAY, Actor, Wait, Why, typed_day
from app.domain.orders.requests import CancellationReason
from app.operations.order_requests import submit_order_request
from app.operations.submit import OUTCOME_SECONDS

Lines = Annotated[list[str], typer.Option("--line", metavar="LINE", help="A whole line; may be repeated.")]


def invoice(
    reference: Order,
    *,
    lines: Lines,
    own_name: Annotated[
        str | None, typer.Option("--reference", help="Your own reference of the invoice, its series or its number.")
    ] = None,
    day: Annotated[
        date | None, typer.Option(parser=typed_day, metavar=DAY, help="Its day of issue; else that of the moment.")
    ] = None,
    shipment: Annotated[str | None, typer.Option(help="Your own reference of the shipment.")] = None,
    dispatched: Dispatched = None,
    due: Annotated[
        date | None, typer.Option(parser=typed_day, metavar=DAY, help="Until when it is to be paid.")
    ] = None,
    carrier: Carrier = None,
    tracking: Tracking = None,
    actor: Actor,
    why: Why = None,
    business: Business = None,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Invoice lines of an order as one shipment, which this confirms.

    For example: faturaflow orders invoice S-1001 --line 1 --line 2 --dispatched 2026-11-03 --carrier "Deneme Kargo"
    --actor ayse

    Exit code 1 when it is refused, or none answers in time.
    """
    said = {
        "invoice_reference": own_name,
        "invoice_date": day,
        "shipment_reference": shipment,
        "dispatch_date": dispatched,
        "due_date": due,
        "carrier": carrier,
        "tracking_code": tracking,
    }
    given = {name: f"{value}" for name, value in said.items() if value is not None}
    body = {"type": "InvoiceRequested", "line_references": lines, **given}
    submitting(lambda: submit_order_request(reference, business, body, actor=actor, why=why, wait=wait), wait=wait)


def cancel(
    reference: Order,
    *,
    lines: Lines,
    cancellation_reason: Annotated[
        CancellationReason, typer.Option(help="Why they will not be sent.")
    ] = CancellationReason.CUSTOMER_CANCELLATION,
    actor: Actor,
    why: Why = None,
    business: Business = None,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Cancel lines that will never be sent. An invoice is cancelled by `faturaflow documents cancel`.

    For example: faturaflow orders cancel S-1001 --line 2 --cancellation-reason OUT_OF_STOCK --actor ayse

    Exit code 1 when it is refused, or none answers in time.
    """
    body = {"type": "LinesCancelled", "line_references": lines, "reason": cancellation_reason.value}
    submitting(lambda: submit_order_request(reference, business, body, actor=actor, why=why, wait=wait), wait=wait)
