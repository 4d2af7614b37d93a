"""The header of an order's invoice: the order's own InvoiceInfo, and what follows from the order and its business."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from app.documents.from_order.internet_sale import sale_of
from app.documents.model.payment import means_of
from app.documents.model.profiles import Profile
from app.domain.commands import DocumentOrder
from app.domain.invoice_info.enums import InvoiceType, Platform, Sending
from app.domain.invoice_info.model import DatedReference, InternetSale, InvoiceInfo, PaymentMeans, TaxExemptionReasons
from app.domain.invoice_types import type_of
from app.domain.parties import Carrier
from app.domain.record import record
from app.domain.vat_rates import NO_EXEMPTION

_EMPTY: Final = InvoiceInfo()


@record
class Issue:
    """What is fixed when a document is prepared, and what no order may have.

    `number` is a whole number of sixteen characters, or the series from which a provider numbers; empty without one.
    """

    ettn: str
    number: str
    issued_at: datetime
    order_reference: str
    profile: Profile = Profile.EARSIVFATURA


def header_of(
    order: DocumentOrder, issue: Issue, carriers: tuple[Carrier, ...] = (), exemptions: tuple[str, ...] = ()
) -> InvoiceInfo:
    """The order's own InvoiceInfo, and what follows from the order where that has nothing.

    `exemptions` are the reasons of its lines, each once: its invoice's `exemption_codes`.

    It does not go before ETTN, number, moment and currency. An e-Fatura has no sending mode and no internet sale:
    those are facts of the e-Arşiv report, and when an order is placed it is not known yet which of both it becomes.
    """
    archive = issue.profile is Profile.EARSIVFATURA
    given = order.invoice_info or _EMPTY
    sale = sale_of(order, carriers) if archive else None
    return replace(
        given,
        uuid=issue.ettn,
        invoice_serie_or_number=issue.number or None,
        issue_date=issue.issued_at,
        currency_code=order.currency,
        exchange_rate=order.exchange_rate,
        invoice_type=type_of(given, order.lines) or plain_type(exemptions),
        tax_exemption_reason_info=_reasons(exemptions, given),
        order_reference=given.order_reference
        or DatedReference(value=issue.order_reference, issue_date=order.order_date),
        payment_means_info=given.payment_means_info or _means(order),
        internet_info=sale,
        sales_platform=_platform(given, sale) if archive else Platform.NORMAL,
        send_type=(given.send_type or Sending.ELEKTRONIK) if archive else None,
    )


def plain_type(exemption_codes: Iterable[str]) -> InvoiceType:
    """SATIS, or ISTISNA when any line is exempt by a full or partial exemption."""
    return InvoiceType.SATIS if set(exemption_codes) <= {NO_EXEMPTION} else InvoiceType.ISTISNA


def _platform(given: InvoiceInfo, sale: InternetSale | None) -> Platform:
    """A sale of the InvoiceInfo keeps its platform: a contradiction is for the rules to find."""
    return Platform.INTERNET if sale is not None and given.internet_info is None else given.sales_platform


def _reasons(exemptions: tuple[str, ...], given: InvoiceInfo) -> TaxExemptionReasons | None:
    """Where none is given, the reason that all lines share."""
    reasons = given.tax_exemption_reason_info or TaxExemptionReasons()
    if reasons.kdv_exemption_reason_code is None and len(exemptions) == 1:
        reasons = replace(reasons, kdv_exemption_reason_code=exemptions[0])
    return None if reasons == TaxExemptionReasons() else reasons


def _means(order: DocumentOrder) -> PaymentMeans | None:
    if order.payment is None:
        return None
    payment = order.payment
    return PaymentMeans(code=means_of(payment.method), due_date=order.due_date, note=payment.name)
