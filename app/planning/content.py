"""Whether an order's content can become documents: every fault in one list, with its JSON path."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.orders import LineKind, LoggedEvent, OrderLine, OrderPlaced
from app.domain.parties import Buyer, is_tckn, is_vkn
from app.domain.time import legal_date
from app.planning.invoice_info import contradictions, reason_of, size_faults

# UBL-TR takes no date before this one (GİB's schematron).
EARLIEST_DATE: Final = date(2005, 1, 1)
# Upstream clocks run ahead, and it is tomorrow in other time zones.
CLOCK_TOLERANCE: Final = timedelta(days=1)
# Twelve digits before the point, like an amount: a product of two of them would outgrow exact arithmetic.
MOST_WORTH: Final = Decimal(10) ** 12


def faults_of(event: LoggedEvent, placed: OrderPlaced) -> tuple[FieldError, ...]:
    """Every reason why this order cannot be taken; empty when it can."""
    return (
        *_date_faults(event, placed),
        *_currency_faults(placed),
        *_line_faults(placed.lines, reason_of(placed.invoice_info)),
        *_worth_faults(placed),
        *(_buyer_faults(event.person.buyer) if event.person else ()),
        *(_info_faults(placed.invoice_info, placed) if placed.invoice_info else ()),
    )


def _info_faults(info: InvoiceInfo, placed: OrderPlaced) -> Iterator[FieldError]:
    yield from contradictions(info, placed, placed.lines)
    yield from size_faults(info, ())


def worth_of(lines: tuple[OrderLine, ...]) -> Decimal:
    """What these lines come to, in the terms of their prices: what a document over them would have to exceed."""
    return sum((line.quantity * line.unit_price - line.discount for line in lines), Decimal(0))


def _date_faults(event: LoggedEvent, placed: OrderPlaced) -> Iterator[FieldError]:
    latest = legal_date(event.received_at) + CLOCK_TOLERANCE
    if not EARLIEST_DATE <= placed.order_date <= latest:
        yield FieldError(
            path="$.body.order_date",
            code="DATE_OUT_OF_RANGE",
            message=f"must lie between {EARLIEST_DATE} and {latest}",
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


def _line_faults(lines: tuple[OrderLine, ...], reason: str | None) -> Iterator[FieldError]:
    known: set[str] = set()
    for index, line in enumerate(lines):
        path = f"$.body.lines[{index}]"
        if line.line_reference in known:
            yield FieldError(
                path=f"{path}.line_reference",
                code="DUPLICATE_LINE_REFERENCE",
                message="another line of this order has the same reference",
            )
        known.add(line.line_reference)
        yield from _amount_faults(line, path)
        if line.vat_rate == 0 and line.kind is not LineKind.DISCOUNT and (line.vat_exemption_code or reason) is None:
            yield FieldError(
                path=f"{path}.vat_exemption_code",
                code="VAT_EXEMPTION_REQUIRED",
                message="a line without VAT needs the code of its exemption",
            )


def _worth_faults(placed: OrderPlaced) -> Iterator[FieldError]:
    worth = worth_of(placed.lines)
    if worth <= 0:
        yield FieldError(path="$.body.lines", code="NOTHING_TO_INVOICE", message="the lines come to nothing or less")
    if worth * (placed.exchange_rate or 1) >= MOST_WORTH:
        message = f"the lines come to {MOST_WORTH:,f} lira or more"
        yield FieldError(path="$.body.lines", code="AMOUNT_TOO_LARGE", message=message)


def _amount_faults(line: OrderLine, path: str) -> Iterator[FieldError]:
    if line.quantity <= 0:
        yield FieldError(path=f"{path}.quantity", code="QUANTITY_NOT_POSITIVE", message="must be above zero")
    if abs(line.quantity * line.unit_price) >= MOST_WORTH:
        message = f"comes to {MOST_WORTH:,f} or more"
        yield FieldError(path=path, code="AMOUNT_TOO_LARGE", message=message)
    if line.discount < 0:
        yield FieldError(path=f"{path}.discount", code="DISCOUNT_NEGATIVE", message="must not be below zero")
    if line.kind is LineKind.DISCOUNT and line.unit_price > 0:
        yield FieldError(path=f"{path}.unit_price", code="DISCOUNT_NOT_NEGATIVE", message="a discount lowers the price")
    if line.kind is not LineKind.DISCOUNT and line.unit_price < 0:
        yield FieldError(
            path=f"{path}.unit_price", code="PRICE_NEGATIVE", message="only a DISCOUNT line may be negative"
        )
    if line.kind is not LineKind.DISCOUNT and line.discount > line.quantity * line.unit_price > 0:
        yield FieldError(path=f"{path}.discount", code="DISCOUNT_TOO_LARGE", message="is larger than the line itself")


def _buyer_faults(buyer: Buyer) -> Iterator[FieldError]:
    number = buyer.tax_number
    a_person = number is not None and is_tckn(number)
    if number is not None and not a_person and not is_vkn(number):
        yield FieldError(
            path="$.person.buyer.tax_number",
            code="TAX_NUMBER_INVALID",
            message="is neither a VKN (10 digits) nor a TCKN (11 digits) with right check digits",
        )
    elif a_person and buyer.family_name is None:
        yield FieldError(
            path="$.person.buyer.family_name",
            code="FAMILY_NAME_REQUIRED",
            message="a person with a TCKN needs first and family name",
        )
