"""What keeps an order's header from being sent, whichever provider it goes to: paths lead to the command's fields.

A builder of XML calls `ubl.invoice_checks` besides; a provider that builds the XML itself gets the header alone.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.documents.from_order.internet_sale import is_shipped, sale_errors
from app.documents.invoice_info.order_info import under
from app.documents.invoice_info.rules import Circumstances, violations
from app.documents.invoice_info.rules.errors import ROOT
from app.documents.invoice_info.rules.exemptions import line_reasons_of_type, reasons_of_no_line
from app.documents.model.profiles import Profile
from app.domain.commands import DocumentOrder
from app.domain.discounts import goods_among
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_types import REASONS_BESIDE_VAT
from app.domain.vat_rates import RATE_CHECK

# Where an order has what its InvoiceInfo leaves out.
FIELDS_OF_THE_ORDER: Final[Mapping[str, str]] = MappingProxyType(
    {
        f"{ROOT}.{field}": f"$.order.{where}"
        for field, where in (
            ("CurrencyCode", "currency"),
            ("ExchangeRate", "exchange_rate"),
            ("TaxExemptionReasonInfo.KDVExemptionReasonCode", "lines"),
            ("InternetInfo.WebSite", "website"),
            ("InternetInfo.PaymentMethodName", "payment.name"),
            ("InternetInfo.PaymentDate", "payment.paid_on"),
            ("InternetInfo.TransporterName", "carrier"),
            ("InternetInfo.TransporterRegisterNumber", "carrier"),
            ("InternetInfo.TransportDate", "dispatch_date"),
        )
    }
)
# `order_checks` has the same rules of the order. Whether a document needs a series depends on its provider.
CHECKED_ELSEWHERE: Final = frozenset(
    {
        (f"{ROOT}.ExchangeRate", "EXCHANGE_RATE_REQUIRED"),
        (f"{ROOT}.ExchangeRate", "EXCHANGE_RATE_NOT_ALLOWED"),
        (f"{ROOT}.TaxExemptionReasonInfo.KDVExemptionReasonCode", "VAT_EXEMPTION_REQUIRED"),
        (f"{ROOT}.InvoiceSerieOrNumber", "REQUIRED"),
    }
)


def header_errors(
    header: InvoiceInfo,
    order: DocumentOrder,
    profile: Profile,
    now: datetime,
    exemptions: Collection[str],
    *,
    is_priced: bool,
) -> tuple[FieldError, ...]:
    """Every reason in one list; empty when the order's `header_of` can be sent. It may have other errors.

    `exemptions` are the reasons that its lines take; whether those are all is known where the order `is_priced`.
    """
    missing = tuple(sale_errors(order, header.internet_info))
    known = {error.path for error in missing}
    found = [*_found(header, order, profile, now, exemptions)]
    if is_priced:
        taken = {*exemptions, RATE_CHECK} if any(line.vat_rate for line in goods_among(order.lines)) else exemptions
        found += reasons_of_no_line(header, taken)
    errors = (_with_path(error, order) for error in found if (error.path, error.code) not in CHECKED_ELSEWHERE)
    # Two fields of the header may lead to one of the order: a carrier's name and number are its `carrier`.
    return tuple(dict.fromkeys((*missing, *(error for error in errors if error.path not in known))))


def _found(
    header: InvoiceInfo, order: DocumentOrder, profile: Profile, now: datetime, exemptions: Collection[str]
) -> Iterator[FieldError]:
    rates = {line.vat_rate for line in goods_among(order.lines)}
    circumstances = Circumstances(
        now=now,
        services_only=not is_shipped(order),
        vat_is_zero=0 in rates or any(not each.startswith(REASONS_BESIDE_VAT) for each in exemptions),
        line_reasons=frozenset(exemptions),
        archive=profile is Profile.EARSIVFATURA,
        accounting_cost=order.details.accounting_cost if order.details else None,
    )
    yield from violations(header, circumstances)
    yield from line_reasons_of_type(header, exemptions)


def _with_path(error: FieldError, order: DocumentOrder) -> FieldError:
    """A field of the order's InvoiceInfo is wrong there; one that it leaves out, where the order has it."""
    info, part = order.invoice_info, error.path.removeprefix(f"{ROOT}.").split(".")[0]
    given = {
        "InternetInfo": info.internet_info if info else None,
        "TaxExemptionReasonInfo": info.tax_exemption_reason_info if info else None,
    }
    if error.path in FIELDS_OF_THE_ORDER and given.get(part) is None:
        return replace(error, path=FIELDS_OF_THE_ORDER[error.path])
    return under("$.order.invoice_info", error)
