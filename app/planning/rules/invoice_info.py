"""An event's InvoiceInfo beside its order: what contradicts it, and what it changes in a document's content.

What is wrong with it by itself, intake has refused.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from app.domain.commands import DocumentOrder
from app.domain.document_info import PLACE, REASON, RETURN_PROFILE, RETURNS, TYPE, is_without_vat
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType, Platform
from app.domain.invoice_types import reason_of, type_errors
from app.domain.numbers import NUMBER, SERIES
from app.domain.order_checks import reason_errors
from app.domain.orders import InvoiceRequested, OrderLine, OrderPlaced
from app.domain.time import end_of_day

# A whole number begins with its series.
SERIES_LENGTH: Final = 3


def contradictions(info: InvoiceInfo, order: OrderPlaced, lines: tuple[OrderLine, ...]) -> Iterator[FieldError]:
    """What is otherwise in the order. `lines` are those that the document would be over."""
    if info.currency_code not in {None, order.currency}:
        message = f"the order is in {order.currency}"
        yield FieldError(path=f"{PLACE}.CurrencyCode", code="CURRENCY_CONTRADICTION", message=message)
    if info.exchange_rate and info.exchange_rate != order.exchange_rate:  # zero is none
        message = f"the order's rate is {order.exchange_rate}" if order.exchange_rate else "the order has no rate"
        yield FieldError(path=f"{PLACE}.ExchangeRate", code="EXCHANGE_RATE_CONTRADICTION", message=message)
    if info.invoice_type is InvoiceType.ISTISNA and not any(is_without_vat(line) for line in lines):
        message = "ISTISNA is for lines without VAT, and here all have it"
        yield FieldError(path=TYPE, code="INVOICE_TYPE_CONTRADICTION", message=message)
    if info.sales_platform is Platform.INTERNET and info.internet_info is None and order.website is None:
        message = "an internet sale has an InternetInfo, or its order a website"
        yield FieldError(path=f"{PLACE}.InternetInfo", code="INTERNET_INFO_REQUIRED", message=message)
    yield from type_errors(info.invoice_type, lines, reason_of(info), TYPE)
    yield from reason_errors(reason_of(info), order, lines, REASON)


def with_request(info: InvoiceInfo | None, request: InvoiceRequested) -> InvoiceInfo | None:
    """The InvoiceInfo with the request's own number or series and its date, where it has none itself."""
    given = request.invoice_reference or ""
    named = given if NUMBER.fullmatch(given) or SERIES.fullmatch(given) else None
    if named is None and request.invoice_date is None:
        return info
    info = info or InvoiceInfo()
    # Its last moment: what is asked for on that day is issued when it is asked for.
    issued_at = end_of_day(request.invoice_date) - timedelta(seconds=1) if request.invoice_date else None
    return replace(
        info,
        invoice_serie_or_number=info.invoice_serie_or_number or named,
        issue_date=info.issue_date or issued_at,
    )


def with_info(order: DocumentOrder, info: InvoiceInfo, reason: str | None) -> DocumentOrder:
    """The content with its series, its reason for lines that have none, and its type's profile."""
    series = (info.invoice_serie_or_number or "")[:SERIES_LENGTH] or None
    return replace(
        order,
        invoice_info=info,
        earsiv_series=series or order.earsiv_series,
        efatura_series=series or order.efatura_series,
        efatura_profile=RETURN_PROFILE if info.invoice_type in RETURNS else order.efatura_profile,
        lines=tuple(_explained(line, reason) for line in order.lines) if reason else order.lines,
    )


def _explained(line: OrderLine, reason: str) -> OrderLine:
    open_question = is_without_vat(line) and line.vat_exemption_code is None
    return replace(line, vat_exemption_code=reason) if open_question else line
