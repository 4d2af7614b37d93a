"""Dates that cannot be meant are refused before they reach a log; the order's own is checked by the planner."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from app.domain.errors import FieldError
from app.domain.orders import (
    GoodwillGranted,
    InvoiceRequested,
    OrderEvent,
    OrderPlaced,
    OrderReturned,
    OrderStatusChanged,
)
from app.domain.payment import Payment
from app.domain.time import EARLIEST, legal_date

# No shop gives five years to pay; a date beyond them is a slip of the year.
FURTHEST_AHEAD: Final = timedelta(days=5 * 366)


def date_errors(event: OrderEvent, received_at: datetime) -> Iterator[FieldError]:
    """Each date of the event that lies before there were e-documents, or further ahead than `FURTHEST_AHEAD`."""
    latest = legal_date(received_at) + FURTHEST_AHEAD
    for path, found in _dates(event):
        if found is not None and not EARLIEST <= found <= latest:
            message = f"must lie between {EARLIEST} and {latest}"
            yield FieldError(path=path, code="DATE_OUT_OF_RANGE", message=message)


def _dates(event: OrderEvent) -> Iterator[tuple[str, date | None]]:
    # As it was written: the calendar's first and last day have no other time zone.
    yield "$.occurred_at", event.occurred_at and event.occurred_at.date()
    match event.body:
        case OrderPlaced(payment=Payment() as payment):
            yield "$.body.payment.paid_on", payment.paid_on
        case InvoiceRequested() as request:
            yield "$.body.dispatch_date", request.dispatch_date
            yield "$.body.due_date", request.due_date
            yield "$.body.invoice_date", request.invoice_date
        case OrderStatusChanged() as changed:
            yield "$.body.dispatch_date", changed.dispatch_date
        case OrderReturned() as returned:
            yield "$.body.return_date", returned.return_date
        case GoodwillGranted() as granted:
            yield "$.body.goodwill_date", granted.goodwill_date
