"""Allowances, taxes, withholdings and the totals, on lines and on the document alike."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from lxml import etree

from app.documents.model.invoice import Invoice, counts
from app.documents.model.lines import ZERO, AllowanceCharge, Tax, Withholding
from app.documents.model.taxes import tax_name, withholding_name
from app.documents.safe_input.tree import CBC, Element
from app.documents.ubl.dialect import TaxTotalAs
from app.documents.ubl.writing.elements import aggregate, leaf, money, optional, plain

_NOT_ADDED: Final = "-1"


def write_allowances(parent: Element, allowances: Iterable[AllowanceCharge], currency: str) -> None:
    """What is taken off and what is added."""
    for each in allowances:
        written = aggregate(parent, "AllowanceCharge")
        leaf(written, "ChargeIndicator", "true" if each.is_charge else "false")
        optional(written, "AllowanceChargeReason", each.reason)
        if each.factor is not None:
            leaf(written, "MultiplierFactorNumeric", plain(each.factor))
        money(written, "Amount", each.amount, currency)
        if each.base is not None:
            money(written, "BaseAmount", each.base, currency)


def write_taxes(
    parent: Element, taxes: Sequence[Tax], withholdings: Sequence[Withholding], currency: str, total_as: TaxTotalAs
) -> None:
    """TaxTotal and WithholdingTaxTotal; nothing where there is no tax."""
    if taxes:
        total = aggregate(parent, "TaxTotal")
        added = sum((each.amount for each in taxes if counts(each)), ZERO)
        withheld = sum((each.amount for each in withholdings), ZERO)
        shown = added - withheld if total_as is TaxTotalAs.LESS_WITHHOLDING else added
        money(total, "TaxAmount", shown, currency)
        for tax in taxes:
            _subtotal(total, tax, currency)
    if withholdings:
        total = aggregate(parent, "WithholdingTaxTotal")
        money(total, "TaxAmount", sum((each.amount for each in withholdings), ZERO), currency)
        for part in withholdings:
            _withholding(total, part, currency)


def _subtotal(total: Element, tax: Tax, currency: str) -> None:
    written = aggregate(total, "TaxSubtotal")
    money(written, "TaxableAmount", tax.base, currency)
    money(written, "TaxAmount", tax.amount, currency)
    if not tax.counted:
        leaf(written, "CalculationSequenceNumeric", _NOT_ADDED)
    if tax.rate is not None:
        leaf(written, "Percent", plain(tax.rate))
    if tax.per_unit is not None:
        unit = etree.SubElement(written, CBC + "BaseUnitMeasure")
        unit.set("unitCode", tax.per_unit.unit)
        unit.text = "1"
        money(written, "PerUnitAmount", tax.per_unit.amount, currency)
    category = aggregate(written, "TaxCategory")
    if tax.exemption is not None:
        leaf(category, "TaxExemptionReasonCode", tax.exemption.code)
        leaf(category, "TaxExemptionReason", tax.exemption.text)
    _scheme(category, tax_name(tax.code), tax.code)


def _withholding(total: Element, part: Withholding, currency: str) -> None:
    written = aggregate(total, "TaxSubtotal")
    money(written, "TaxableAmount", part.base, currency)
    money(written, "TaxAmount", part.amount, currency)
    leaf(written, "Percent", plain(part.rate))
    _scheme(aggregate(written, "TaxCategory"), withholding_name(part.code), part.code)


def _scheme(category: Element, name: str, code: str) -> None:
    scheme = aggregate(category, "TaxScheme")
    leaf(scheme, "Name", name)
    leaf(scheme, "TaxTypeCode", code)


def write_totals(root: Element, invoice: Invoice) -> None:
    """LegalMonetaryTotal; allowances and charges are those of the lines and of the document."""
    currency, written = invoice.currency, aggregate(root, "LegalMonetaryTotal")
    amounts: tuple[tuple[str, Decimal], ...] = (
        ("LineExtensionAmount", invoice.line_extension),
        ("TaxExclusiveAmount", invoice.tax_exclusive),
        ("TaxInclusiveAmount", invoice.tax_inclusive),
        ("AllowanceTotalAmount", invoice.allowance),
        ("ChargeTotalAmount", invoice.charge),
    )
    for name, amount in amounts:
        money(written, name, amount, currency)
    if invoice.rounding:
        money(written, "PayableRoundingAmount", invoice.rounding, currency)
    money(written, "PayableAmount", invoice.payable, currency)
