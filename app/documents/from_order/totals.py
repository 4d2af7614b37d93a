"""What lines come to on a document: the sums that are written on it, whoever sells and buys."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from app.documents.from_order.pricing import price_lines
from app.documents.model.invoice import Invoice
from app.documents.model.parties import customer_of
from app.documents.model.profiles import PARTIAL_TAX
from app.documents.model.taxes import VAT
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType
from app.domain.orders import OrderLine
from app.domain.parties import ANONYMOUS_TCKN, Address, Seller
from app.domain.record import record

_NOBODY: Final = Seller(
    name="-", tax_number=ANONYMOUS_TCKN, tax_office="-", address=Address(street="-", district="-", city="-")
)
_FINAL_CONSUMER: Final = customer_of(None, _NOBODY)


@record
class RateTotals:
    """The base (matrah) and the VAT at one rate, which is in percent."""

    rate: Decimal
    taxable: Decimal
    vat: Decimal


@record
class Totals:
    """Amounts in the document's currency, in whole kuruş. `taxable`: after discounts, before taxes."""

    taxable: Decimal
    vat: Decimal
    payable: Decimal
    rates: tuple[RateTotals, ...]


def totals_of(
    lines: Sequence[OrderLine], *, prices_include_vat: bool, kind: InvoiceType, vat_deferred: bool = False
) -> Totals:
    """The totals of a document of this type over these lines. Raises ValueError for lines that make none."""
    invoice = Invoice(
        info=InvoiceInfo(invoice_type=kind),
        seller=_NOBODY,
        customer=_FINAL_CONSUMER,
        lines=price_lines(lines, prices_include_vat=prices_include_vat, partial=kind.name in PARTIAL_TAX),
        special_base_in_price=prices_include_vat,
        vat_deferred=vat_deferred,
    )
    return Totals(taxable=invoice.tax_exclusive, vat=invoice.vat, payable=invoice.payable, rates=tuple(_rates(invoice)))


def _rates(invoice: Invoice) -> list[RateTotals]:
    found: dict[Decimal, RateTotals] = {}
    for tax in (each for line in invoice.lines for each in line.taxes if each.code == VAT):
        rate = tax.rate or Decimal(0)
        before = found.get(rate) or RateTotals(rate=rate, taxable=Decimal(0), vat=Decimal(0))
        found[rate] = RateTotals(rate=rate, taxable=before.taxable + tax.base, vat=before.vat + tax.amount)
    return [found[rate] for rate in sorted(found)]
