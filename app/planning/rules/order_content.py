"""Whether an order can be taken: every error in one list, with its JSON path."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_types import reason_of, type_errors
from app.domain.order_checks import buyer_errors, content_errors, vat_rate_errors
from app.domain.orders import LoggedEvent, OrderLine, OrderPlaced
from app.domain.time import EARLIEST, legal_date
from app.planning.entry_size import file_errors
from app.planning.rules.invoice_info import contradictions

LINES: Final = "$.body.lines"
# Upstream clocks run ahead, and it is tomorrow in other time zones.
CLOCK_TOLERANCE: Final = timedelta(days=1)


def order_errors(event: LoggedEvent, placed: OrderPlaced) -> tuple[FieldError, ...]:
    """Every reason why this order cannot be taken; empty when it can."""
    today = legal_date(event.received_at)
    return (
        *_date_errors(placed, today),
        *_reference_errors(placed.lines, LINES),
        *content_errors(placed, "$.body", reason_of(placed.invoice_info)),
        *vat_rate_errors(placed.lines, LINES, placed.order_date, today),
        *(buyer_errors(event.person.buyer, "$.person.buyer") if event.person else ()),
        *(
            _info_errors(placed.invoice_info, placed)
            if placed.invoice_info
            else type_errors(None, placed.lines, None, LINES)
        ),
    )


def _info_errors(info: InvoiceInfo, placed: OrderPlaced) -> Iterator[FieldError]:
    yield from contradictions(info, placed, placed.lines)
    yield from file_errors(info, ())


def _date_errors(placed: OrderPlaced, today: date) -> Iterator[FieldError]:
    latest = today + CLOCK_TOLERANCE
    if not EARLIEST <= placed.order_date <= latest:
        yield FieldError(
            path="$.body.order_date",
            code="DATE_OUT_OF_RANGE",
            message=f"must lie between {EARLIEST} and {latest}",
        )


def _reference_errors(lines: Sequence[OrderLine], path: str) -> Iterator[FieldError]:
    known: set[str] = set()
    for index, line in enumerate(lines):
        if line.line_reference in known:
            message = "another line of this order has the same reference"
            yield FieldError(path=f"{path}[{index}].line_reference", code="DUPLICATE_LINE_REFERENCE", message=message)
        known.add(line.line_reference)
