"""Whether an order's content can become documents: every fault in one list, with its JSON path."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.domain.discounts import amount_of
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.order_checks import buyer_errors, discount_errors, line_errors, vat_rate_errors
from app.domain.orders import LineKind, LoggedEvent, OrderLine, OrderPlaced
from app.domain.time import EARLIEST, legal_date
from app.planning.entry_size import file_errors
from app.planning.rules.invoice_info import contradictions, reason_of

LINES: Final = "$.body.lines"
# Upstream clocks run ahead, and it is tomorrow in other time zones.
CLOCK_TOLERANCE: Final = timedelta(days=1)
# Twelve digits before the point, like an amount: a product of two of them would outgrow exact arithmetic.
MOST_WORTH: Final = Decimal(10) ** 12


def faults_of(event: LoggedEvent, placed: OrderPlaced) -> tuple[FieldError, ...]:
    """Every reason why this order cannot be taken; empty when it can."""
    today = legal_date(event.received_at)
    return (
        *_date_faults(placed, today),
        *_currency_faults(placed),
        *_line_faults(placed.lines, reason_of(placed.invoice_info)),
        *vat_rate_errors(placed.lines, LINES, placed.order_date, today),
        *_worth_faults(placed),
        *(buyer_errors(event.person.buyer, "$.person.buyer") if event.person else ()),
        *(_info_faults(placed.invoice_info, placed) if placed.invoice_info else ()),
    )


def _info_faults(info: InvoiceInfo, placed: OrderPlaced) -> Iterator[FieldError]:
    yield from contradictions(info, placed, placed.lines)
    yield from file_errors(info, ())


def _date_faults(placed: OrderPlaced, today: date) -> Iterator[FieldError]:
    latest = today + CLOCK_TOLERANCE
    if not EARLIEST <= placed.order_date <= latest:
        yield FieldError(
            path="$.body.order_date",
            code="DATE_OUT_OF_RANGE",
            message=f"must lie between {EARLIEST} and {latest}",
        )


def _currency_faults(placed: OrderPlaced) -> Iterator[FieldError]:
    foreign = placed.currency != "TRY"
    if foreign and placed.exchange_rate is None:
        yield FieldError(
            path="$.body.exchange_rate",
            code="EXCHANGE_RATE_REQUIRED",
            message=f"an order in {placed.currency} needs its rate to the Turkish lira",
        )
    if not foreign and placed.exchange_rate is not None:
        yield FieldError(
            path="$.body.exchange_rate",
            code="EXCHANGE_RATE_NOT_ALLOWED",
            message="an order in TRY has no exchange rate",
        )


def worth_of(lines: tuple[OrderLine, ...]) -> Decimal:
    """What these lines come to, in the terms of their prices: what a document over them would have to exceed."""
    return sum(map(amount_of, lines), Decimal(0))


def _line_faults(lines: tuple[OrderLine, ...], reason: str | None) -> Iterator[FieldError]:
    known: set[str] = set()
    for index, line in enumerate(lines):
        path = f"{LINES}[{index}]"
        if line.line_reference in known:
            yield FieldError(
                path=f"{path}.line_reference",
                code="DUPLICATE_LINE_REFERENCE",
                message="another line of this order has the same reference",
            )
        known.add(line.line_reference)
        yield from (*_size_faults(line, path), *line_errors(line, path))
        if line.vat_rate == 0 and line.kind is not LineKind.DISCOUNT and (line.vat_exemption_code or reason) is None:
            yield FieldError(
                path=f"{path}.vat_exemption_code",
                code="VAT_EXEMPTION_REQUIRED",
                message="a line without VAT needs the code of its exemption",
            )


def _worth_faults(placed: OrderPlaced) -> Iterator[FieldError]:
    worth = worth_of(placed.lines)
    if worth <= 0:
        yield FieldError(path=LINES, code="NOTHING_TO_INVOICE", message="the lines come to nothing or less")
    elif _has_a_discount(placed.lines) and not any(_is_faulty(line) for line in placed.lines):
        yield from discount_errors(placed.lines, LINES)
    if worth * (placed.exchange_rate or 1) >= MOST_WORTH:
        message = f"the lines come to {MOST_WORTH:,f} lira or more"
        yield FieldError(path=LINES, code="AMOUNT_TOO_LARGE", message=message)


def _has_a_discount(lines: tuple[OrderLine, ...]) -> bool:
    return any(line.kind is LineKind.DISCOUNT for line in lines)


def _is_faulty(line: OrderLine) -> bool:
    return any(line_errors(line, LINES))


def _size_faults(line: OrderLine, path: str) -> Iterator[FieldError]:
    if abs(line.quantity * line.unit_price) >= MOST_WORTH:
        message = f"comes to {MOST_WORTH:,f} or more"
        yield FieldError(path=path, code="AMOUNT_TOO_LARGE", message=message)
