"""An order's InvoiceInfo for a document over some of its lines."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_types import missing_needs, needs_of, reason_of
from app.domain.order_checks import reason_errors
from app.domain.orders import LineKind, OrderLine, OrderPlaced

PLACE: Final = "$.body.invoice_info"
TYPE: Final = f"{PLACE}.InvoiceType"
REASON: Final = f"{PLACE}.TaxExemptionReasonInfo.KDVExemptionReasonCode"
# GİB's rules refuse a return under TICARIFATURA: the buyer of a return cannot refuse it.
RETURNS: Final = frozenset({InvoiceType.IADE, InvoiceType.TEVKIFATIADE})
RETURN_PROFILE: Final = "TEMELFATURA"


def of_part(info: InvoiceInfo, order: OrderPlaced, lines: tuple[OrderLine, ...]) -> InvoiceInfo:
    """An order's InvoiceInfo for a document over some of its lines, without what only the other lines take."""
    if any(reason_errors(reason_of(info), order, lines, REASON)):
        info = replace(info, tax_exemption_reason_info=None)  # intake takes no reason for another tax
    kind = info.invoice_type
    is_of_others = kind is InvoiceType.ISTISNA and not any(map(is_without_vat, lines))
    is_of_others = is_of_others or (
        kind is not None and any(missing_needs(kind, needs_of(lines, reason_of(info)), TYPE))
    )
    return replace(info, invoice_type=None) if is_of_others else info


def is_without_vat(line: OrderLine) -> bool:
    """A line that bears none; a discount only lowers others."""
    return line.vat_rate == Decimal(0) and line.kind is not LineKind.DISCOUNT
