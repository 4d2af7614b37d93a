"""Allowances, taxes and withholdings out of their elements."""

from typing import Final

from app.documents.codelists.reasons import text_of
from app.documents.model.lines import AllowanceCharge, Exemption, Tax, Withholding
from app.documents.safe_input.tree import Element, aggregates, leaf
from app.documents.ubl.reading.elements import amount, code, number, raw, text
from app.domain.invoice_details import PerUnit

NOT_ADDED: Final = -1


def read_allowances(bearer: Element) -> tuple[AllowanceCharge, ...]:
    """What is taken off and what is added, also where it comes to nothing, as some write it into every line."""
    return tuple(_allowance(each) for each in aggregates(bearer, "AllowanceCharge"))


def _allowance(element: Element) -> AllowanceCharge:
    return AllowanceCharge(
        is_charge=text(element, "ChargeIndicator").strip() in {"true", "1"},
        amount=amount(element, "Amount"),
        reason=raw(element, "AllowanceChargeReason"),
        factor=number(element, "MultiplierFactorNumeric"),
        base=number(element, "BaseAmount"),
    )


def read_taxes(bearer: Element) -> tuple[Tax, ...]:
    """The subtotals of a line or of the document."""
    return tuple(_tax(each) for each in aggregates(bearer, "TaxTotal/TaxSubtotal"))


def _tax(element: Element) -> Tax:
    reason = code(element, "TaxCategory/TaxExemptionReasonCode")
    unit = leaf(element, "BaseUnitMeasure")
    per_unit = number(element, "PerUnitAmount")
    return Tax(
        code=text(element, "TaxCategory/TaxScheme/TaxTypeCode").strip(),
        rate=number(element, "Percent"),
        base=amount(element, "TaxableAmount"),
        amount=amount(element, "TaxAmount"),
        exemption=None if reason is None else _exemption(element, reason),
        per_unit=None if per_unit is None or unit is None else PerUnit(amount=per_unit, unit=unit.get("unitCode", "")),
        counted=number(element, "CalculationSequenceNumeric") != NOT_ADDED,
    )


def _exemption(element: Element, reason: str) -> Exemption:
    written = raw(element, "TaxCategory/TaxExemptionReason")
    return Exemption(code=reason, text=written or text_of(reason) or reason)


def read_withholdings(bearer: Element) -> tuple[Withholding, ...]:
    """The parts of the withheld VAT."""
    return tuple(
        Withholding(
            code=text(each, "TaxCategory/TaxScheme/TaxTypeCode").strip(),
            rate=amount(each, "Percent"),
            base=amount(each, "TaxableAmount"),
            amount=amount(each, "TaxAmount"),
        )
        for each in aggregates(bearer, "WithholdingTaxTotal/TaxSubtotal")
    )
