"""The head of an order's invoice: what the order and its business tell, around what somebody has said already."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from app.documents.internet_sale import sale_of
from app.documents.invoice import Invoice
from app.documents.invoice_info.enums import InvoiceType, Platform, Sending
from app.documents.invoice_info.model import DatedReference, InvoiceInfo, PaymentMeans
from app.documents.payment import means_of
from app.documents.profiles import Profile
from app.documents.settling import settled
from app.domain.commands import DocumentOrder
from app.domain.parties import Carrier
from app.domain.record import record

# The one exemption that stands in an ordinary sale; every other makes the whole invoice an ISTISNA.
ORDINARY_EXEMPTION: Final = "351"
_NOTHING_SAID: Final = InvoiceInfo()


@record
class Issue:
    """What is fixed when a document is prepared, and what nobody but us may say.

    `number` is a whole number of sixteen characters, or the series from which a provider numbers.
    """

    ettn: str
    number: str
    issued_at: datetime
    order_reference: str
    profile: Profile = Profile.EARSIVFATURA


def type_of(exemption_codes: Iterable[str]) -> InvoiceType:
    """SATIS, or ISTISNA when any line is exempt by a full or partial exemption."""
    return InvoiceType.SATIS if set(exemption_codes) <= {ORDINARY_EXEMPTION} else InvoiceType.ISTISNA


def with_head(
    invoice: Invoice,
    order: DocumentOrder,
    issue: Issue,
    carriers: tuple[Carrier, ...] = (),
    said: InvoiceInfo = _NOTHING_SAID,
) -> Invoice:
    """The invoice of an order as a whole document, settled.

    `said` is what the order's own InvoiceInfo tells; it goes before what follows from the order, but not before ETTN,
    number, moment and currency. The order must be free of `sale_faults`.
    """
    archive = issue.profile is Profile.EARSIVFATURA
    sale = said.internet_info or (sale_of(order, carriers) if archive else None)
    head = replace(
        said,
        uuid=issue.ettn,
        invoice_serie_or_number=issue.number,
        issue_date=issue.issued_at,
        currency_code=order.currency,
        exchange_rate=order.exchange_rate,
        invoice_type=said.invoice_type or type_of(invoice.exemption_codes),
        order_reference=said.order_reference
        or DatedReference(value=issue.order_reference, issue_date=order.order_date),
        payment_means_info=said.payment_means_info or _means(order),
        internet_info=sale,
        sales_platform=Platform.INTERNET if sale is not None else said.sales_platform,
        send_type=(said.send_type or Sending.ELEKTRONIK) if archive else said.send_type,
    )
    notes = (*invoice.notes, *((order.note,) if order.note else ()))
    return settled(replace(invoice, info=head, profile=issue.profile, notes=notes))


def _means(order: DocumentOrder) -> PaymentMeans | None:
    if order.payment is None:
        return None
    payment = order.payment
    return PaymentMeans(code=means_of(payment.method), due_date=order.due_date, note=payment.name)
