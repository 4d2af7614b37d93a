"""What GİB's rules refuse of an order that is more than a plain sale, found out before it is taken.

Here and not in the fold, because GİB's lists change: what a log holds must be decided alike whenever it is folded.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from app.documents.checked_ubl import FIRST, NO_SERIES
from app.documents.checking import Mode, Severity, check
from app.documents.checking.checker import EVERY, GIB
from app.documents.from_order.header import Issue, header_of
from app.documents.from_order.invoice import invoice_from_order
from app.documents.model.defaults import header_with_defaults, with_defaults
from app.documents.ubl import build
from app.domain.commands import DocumentOrder
from app.domain.documents import Intent
from app.domain.errors import FieldError
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_types import reason_of, type_of
from app.domain.order_checks import content_errors
from app.domain.orders import OrderPlaced
from app.domain.parties import Address, Person, Seller
from app.domain.policy import DocumentTypeChoice
from app.domain.time import legal_date

PLAIN: Final = frozenset({InvoiceType.SATIS, InvoiceType.ISTISNA, InvoiceType.IADE})
_SPECIMEN: Final = str(UUID(int=0))
_SELLER: Final = Seller(
    name="Örnek A.Ş.",
    tax_number="9000000009",
    tax_office="Örnek",
    address=Address(street="Örnek Sokak 1", district="Merkez", city="Ankara"),
)


def document_errors(placed: OrderPlaced, person: Person | None, at: datetime) -> Iterator[FieldError]:
    """What its document would be refused for, by our own form of GİB's rules; nothing for a plain sale.

    The paths are those of the event. What depends on the business, its number or the day of issue is not looked at.
    """
    kind, reason = type_of(placed.invoice_info, placed.lines), reason_of(placed.invoice_info)
    is_plain = (kind is None or kind in PLAIN) and placed.details is None
    if is_plain and all(line.details is None for line in placed.lines):
        return
    if any(content_errors(placed, "$.body", reason)):
        return  # the planner refuses it, and an invoice cannot be reckoned
    for code, message in dict.fromkeys(_faults(placed, person, at)):
        yield FieldError(path="$.body", code=code, message=message)


def _faults(placed: OrderPlaced, person: Person | None, at: datetime) -> Iterator[tuple[str, str]]:
    order = _content(placed)
    invoice = invoice_from_order(order, person, _SELLER)
    number = f"{NO_SERIES}{legal_date(at).year}{FIRST}"
    issue = Issue(ettn=_SPECIMEN, number=number, issued_at=at, order_reference=placed.lines[0].line_reference)
    header = header_with_defaults(header_of(order, issue, (), invoice.exemption_codes))
    xml = build(with_defaults(replace(invoice, info=header)))
    for finding in check(xml, "order", mode=Mode.TEST, today=legal_date(at), layers=EVERY - GIB):
        if finding.severity is Severity.ERROR:
            yield finding.code, f"{finding.path}: {finding.message}"


def _content(placed: OrderPlaced) -> DocumentOrder:
    info = placed.invoice_info
    reason = reason_of(info)
    lines = tuple(
        replace(line, vat_exemption_code=reason) if not line.vat_rate and line.vat_exemption_code is None else line
        for line in placed.lines
    )
    return DocumentOrder(
        intent=Intent.INVOICE,
        order_date=placed.order_date,
        order_type=placed.order_type,
        currency=placed.currency,
        exchange_rate=placed.exchange_rate,
        prices_include_vat=placed.prices_include_vat,
        lines=lines,
        payment=placed.payment,
        website=None,
        note=placed.note,
        carrier=None,
        shipment_reference=None,
        invoice_reference=None,
        dispatch_date=None,
        due_date=None,
        tracking_code=None,
        document_type=DocumentTypeChoice.AUTO,
        earsiv_series=None,
        efatura_series=None,
        efatura_profile="TEMELFATURA",
        invoice_info=replace(info, internet_info=None) if info else None,
        details=placed.details,
    )
