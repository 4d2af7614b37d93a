"""The head of an order's invoice: what the order and its business tell, around what somebody has said already."""

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
from app.domain.parties import Carrier
from app.domain.record import record
from app.domain.vat_rates import NO_EXEMPTION

_NOTHING_SAID: Final = InvoiceInfo()


@record
class Issue:
    """What is fixed when a document is prepared, and what nobody but us may say.

    `number` is a whole number of sixteen characters, or the series from which a provider numbers; empty without one.
    """

    ettn: str
    number: str
    issued_at: datetime
    order_reference: str
    profile: Profile = Profile.EARSIVFATURA


def type_of(exemption_codes: Iterable[str]) -> InvoiceType:
    """SATIS, or ISTISNA when any line is exempt by a full or partial exemption."""
    return InvoiceType.SATIS if set(exemption_codes) <= {NO_EXEMPTION} else InvoiceType.ISTISNA


def header_of(
    order: DocumentOrder, issue: Issue, carriers: tuple[Carrier, ...] = (), exemptions: tuple[str, ...] = ()
) -> InvoiceInfo:
    """What an order's own InvoiceInfo tells, and what follows from the order where it tells nothing.

    `exemptions` are the reasons of its lines, each once: the drawn invoice's `exemption_codes`.

    It does not go before ETTN, number, moment and currency. An e-Fatura has no sending mode and no internet sale:
    those are facts of the e-Arşiv report, and whoever places an order does not know yet which of both it becomes.
    """
    archive = issue.profile is Profile.EARSIVFATURA
    said = order.invoice_info or _NOTHING_SAID
    sale = sale_of(order, carriers) if archive else None
    return replace(
        said,
        uuid=issue.ettn,
        invoice_serie_or_number=issue.number or None,
        issue_date=issue.issued_at,
        currency_code=order.currency,
        exchange_rate=order.exchange_rate,
        invoice_type=said.invoice_type or type_of(exemptions),
        tax_exemption_reason_info=_reasons(exemptions, said),
        order_reference=said.order_reference
        or DatedReference(value=issue.order_reference, issue_date=order.order_date),
        payment_means_info=said.payment_means_info or _means(order),
        internet_info=sale,
        sales_platform=_platform(said, sale) if archive else Platform.NORMAL,
        send_type=(said.send_type or Sending.ELEKTRONIK) if archive else None,
    )


def _platform(said: InvoiceInfo, sale: InternetSale | None) -> Platform:
    """A sale that was said stands beside the platform that was said: a contradiction is for the rules to find."""
    return Platform.INTERNET if sale is not None and said.internet_info is None else said.sales_platform


def _reasons(exemptions: tuple[str, ...], said: InvoiceInfo) -> TaxExemptionReasons | None:
    """Where nothing is said, the reason that all lines share."""
    given = said.tax_exemption_reason_info or TaxExemptionReasons()
    if given.kdv_exemption_reason_code is None and len(exemptions) == 1:
        given = replace(given, kdv_exemption_reason_code=exemptions[0])
    return None if given == TaxExemptionReasons() else given


def _means(order: DocumentOrder) -> PaymentMeans | None:
    if order.payment is None:
        return None
    payment = order.payment
    return PaymentMeans(code=means_of(payment.method), due_date=order.due_date, note=payment.name)
