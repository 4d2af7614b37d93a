"""What the sums are made of: signed allowances, nets of lines, taxes that are added and taxes that are withheld."""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Severity
from app.documents.model.taxes import VAT, Role, role_of
from app.documents.safe_input.tree import Element, aggregates, number, text
from app.domain.money import HUNDRED, to_kurus

# A sum may be off by what one rounding to kuruş can be off.
TOLERANCE: Final = Decimal("0.01")
HALF_A_KURUS: Final = Decimal("0.005")
ZERO: Final = Decimal(0)
# The reasons of a commission agent's expenses: HKSKOMISYON, HKSKOMISYONKDV and others.
EXPENSE: Final = re.compile(r"HKS[A-Z]+")
# GİB's mark on a subtotal: computed, but not added.
NOT_ADDED: Final = Decimal(-1)


def of_market_hall(document: Document) -> bool:
    """Market halls and commission agents deduct further things between the base and what is to be paid."""
    return document.profile == "HKS" or document.type in {"KOMISYONCU", "HKSSATIS", "HKSKOMISYONCU"}


def close(one: Decimal, other: Decimal, roundings: int = 1) -> bool:
    """Equal but for so many roundings."""
    return abs(one - other) <= TOLERANCE * roundings


def matches(written: Decimal, candidates: Iterable[Decimal], roundings: int = 1) -> bool:
    """One of several ways to calculate leads here."""
    return any(close(written, each, roundings) for each in candidates)


def shown(amount: Decimal) -> str:
    """An amount in a message, in kuruş."""
    return str(amount.quantize(TOLERANCE, ROUND_HALF_UP))


def is_charge(element: Element) -> bool:
    """A charge raises, an allowance lowers."""
    return text(element, "ChargeIndicator") in {"true", "1"}


def allowances(element: Element) -> Decimal:
    """What the allowances of a line or of the document come to; expenses of a market hall are none."""
    found = aggregates(element, "AllowanceCharge")
    return _sum(each for each in found if not is_charge(each) and not is_expense(each))


def charges(element: Element) -> Decimal:
    """What the charges of a line or of the document come to."""
    return _sum(each for each in aggregates(element, "AllowanceCharge") if is_charge(each))


def expenses(element: Element) -> Decimal:
    """What a market hall's commission agent takes off what is to be paid: the base of the taxes stays whole."""
    return _sum(each for each in aggregates(element, "AllowanceCharge") if not is_charge(each) and is_expense(each))


def is_expense(element: Element) -> bool:
    """GİB's sample writes them as allowances whose reason is one of HKS's, and their sum into ChargeTotalAmount."""
    return EXPENSE.fullmatch(text(element, "AllowanceChargeReason")) is not None


def _sum(elements: Iterable[Element]) -> Decimal:
    return sum((number(each, "Amount") or ZERO for each in elements), ZERO)


def gross(line: Element) -> Decimal | None:
    """Quantity x price in kuruş; None when one of them cannot be read."""
    quantity, price = number(line, "InvoicedQuantity"), number(line, "Price/PriceAmount")
    return None if quantity is None or price is None else to_kurus(quantity * price)


def net(line: Element) -> Decimal | None:
    """What a line comes to after its allowances and charges, whichever of the two it writes in LineExtensionAmount."""
    written, whole = number(line, "LineExtensionAmount"), gross(line)
    if written is None or whole is None:
        return written
    after = whole - allowances(line) + charges(line)
    writes_gross = close(written, whole) and not close(written, after)
    return written - allowances(line) + charges(line) if writes_gross else written


def exact(line: Element) -> Decimal | None:
    """What a line comes to after its allowances and charges, not rounded; None when it cannot be read."""
    quantity, price = number(line, "InvoicedQuantity"), number(line, "Price/PriceAmount")
    return None if quantity is None or price is None else quantity * price - allowances(line) + charges(line)


def excused(document: Document, fault: Fault, apart: Decimal) -> Fault:
    """A warning where the rounding of lines alone can make the difference: half a kuruş for each that was rounded."""
    found = (exact(line) for line in document.lines)
    rounded = sum(1 for each in found if each is not None and each != to_kurus(each))
    if apart > rounded * HALF_A_KURUS:
        return fault
    message = f"{fault.message} The rounding of {rounded} lines can make that difference."
    return replace(fault, message=message, severity=Severity.WARNING)


def nets(document: Document) -> Decimal | None:
    """The sum of the lines' nets; None when a line cannot be read."""
    each = [net(line) for line in document.lines]
    return None if None in each else sum((one for one in each if one is not None), ZERO)


def tax_type(subtotal: Element) -> str:
    """Which tax a subtotal is of."""
    return text(subtotal, "TaxCategory/TaxScheme/TaxTypeCode")


def subtotals(bearer: Element) -> list[Element]:
    """The tax subtotals of a line or of the document."""
    return aggregates(bearer, "TaxTotal/TaxSubtotal")


def added(bearer: Element) -> Decimal:
    """The taxes that raise what is to be paid."""
    return _taxes(each for each in subtotals(bearer) if role_of(tax_type(each)) is not Role.WITHHELD and _counts(each))


def deducted(bearer: Element) -> Decimal:
    """Withheld taxes that are among the taxes (income tax, petroleum)."""
    return _taxes(each for each in subtotals(bearer) if role_of(tax_type(each)) is Role.WITHHELD and _counts(each))


def withheld(bearer: Element) -> Decimal:
    """VAT that the buyer pays to the state himself."""
    totals = aggregates(bearer, "WithholdingTaxTotal")
    return sum((number(each, "TaxAmount") or ZERO for each in totals), ZERO)


def vat(bearer: Element) -> Decimal:
    """The VAT of a line or of the document, whole."""
    return _taxes(each for each in subtotals(bearer) if tax_type(each) == VAT)


def in_vat_base(bearer: Element) -> Decimal:
    """Taxes that VAT is calculated on too."""
    return _taxes(each for each in subtotals(bearer) if role_of(tax_type(each)) is Role.IN_VAT_BASE)


def _counts(subtotal: Element) -> bool:
    return number(subtotal, "CalculationSequenceNumeric") != NOT_ADDED


def _taxes(found: Iterable[Element]) -> Decimal:
    return sum((number(each, "TaxAmount") or ZERO for each in found), ZERO)


def at_rate(base: Decimal, percent: Decimal) -> Decimal:
    """A tax on a base, in kuruş."""
    return to_kurus(base * percent / HUNDRED)
