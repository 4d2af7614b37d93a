"""Lines, allowances and the document's totals: GİB's schema and schematron hold no arithmetic at all."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Rule
from app.documents.checking.sums import (
    ZERO,
    added,
    allowances,
    charges,
    close,
    deducted,
    excused,
    expenses,
    gross,
    matches,
    nets,
    of_market_hall,
    shown,
    vat,
    withheld,
)
from app.documents.model.profiles import EXPORT_REGISTERED, SPECIAL_BASE
from app.documents.safe_input.tree import Element, aggregates, leaf, number
from app.domain.money import HUNDRED

TOTAL: Final = "LegalMonetaryTotal/"


def line_amounts(document: Document) -> Iterator[Fault]:
    """A line is quantity x price less its allowances; some write it before the allowances, which passes too."""
    for line in document.lines:
        written, whole = number(line, "LineExtensionAmount"), gross(line)
        if written is None or whole is None:
            continue
        after = whole - allowances(line) + charges(line)
        if not matches(written, (after, whole)):
            yield Fault(line, "LINE_AMOUNT", f"LineExtensionAmount is {written}, quantity x price come to {after}.")


def allowance_amounts(document: Document) -> Iterator[Fault]:
    """An allowance is its base times its factor, written as a fraction or as a percentage; and not negative."""
    for bearer in document.tax_bearers:
        for each in aggregates(bearer, "AllowanceCharge"):
            amount, base = number(each, "Amount"), number(each, "BaseAmount")
            factor = number(each, "MultiplierFactorNumeric")
            if amount is not None and amount < 0:
                yield Fault(each, "ALLOWANCE_NEGATIVE", f"The amount is {amount}; ChargeIndicator says its direction.")
            elif (
                amount is not None and base and factor and not matches(amount, (base * factor, base * factor / HUNDRED))
            ):
                yield Fault(each, "ALLOWANCE_AMOUNT", f"{base} times {factor} is not {amount}.")


def line_extension(document: Document) -> Iterator[Fault]:
    """The document's LineExtensionAmount is the sum of its lines, after their allowances or before them."""
    written = [number(line, "LineExtensionAmount") for line in document.lines]
    whole = [gross(line) for line in document.lines]
    if None in written or None in whole:
        return
    sums = (sum((each or ZERO for each in written), ZERO), sum((each or ZERO for each in whole), ZERO))
    yield from _of_lines(document, "LineExtensionAmount", "LINE_EXTENSION_TOTAL", sums)


def allowance_total(document: Document) -> Iterator[Fault]:
    """AllowanceTotalAmount is the document's allowances, with those of the lines or without them."""
    of_document, of_lines = allowances(document.root), sum((allowances(line) for line in document.lines), ZERO)
    candidates = (of_document + of_lines, of_document)
    yield from _unless(document, "AllowanceTotalAmount", "ALLOWANCE_TOTAL", candidates)


def charge_total(document: Document) -> Iterator[Fault]:
    """ChargeTotalAmount is the document's charges, with or without those of the lines, and a market hall's expenses."""
    of_document, of_lines = charges(document.root), sum((charges(line) for line in document.lines), ZERO)
    taken_off = expenses(document.root)
    candidates = (of_document + of_lines + taken_off, of_document + taken_off)
    yield from _unless(document, "ChargeTotalAmount", "CHARGE_TOTAL", candidates)


def tax_exclusive(document: Document) -> Iterator[Fault]:
    """The base is what the lines come to, less the document's allowances, and its charges.

    Allowances of the document that repeat those of the lines are taken off once; a special base may have its VAT in it.
    """
    lines = nets(document)
    if lines is None:
        return
    base = lines - allowances(document.root) + charges(document.root)
    candidates = [base]
    if _repeats_its_lines(document):
        candidates.append(lines)
    if document.type == SPECIAL_BASE:
        candidates.append(base - vat(document.root))
    yield from _of_lines(document, "TaxExclusiveAmount", "TAX_EXCLUSIVE", candidates)


def _repeats_its_lines(document: Document) -> bool:
    """Some programs write the lines' discounts once more for the document."""
    return all(
        close(each(document.root), sum((each(line) for line in document.lines), ZERO)) for each in (allowances, charges)
    )


def tax_inclusive(document: Document) -> Iterator[Fault]:
    """Base and taxes; where VAT is on a special base it may be in the price already."""
    base = number(document.root, TOTAL + "TaxExclusiveAmount")
    if base is None or of_market_hall(document):
        return
    candidates = [base + added(document.root)]
    if document.type == SPECIAL_BASE:
        candidates.append(base)
    yield from _unless(document, "TaxInclusiveAmount", "TAX_INCLUSIVE", candidates)


def payable(document: Document) -> Iterator[Fault]:
    """What is to be paid: base and taxes, less what is withheld, and the rounding."""
    inclusive = number(document.root, TOTAL + "TaxInclusiveAmount")
    if inclusive is None or of_market_hall(document):
        return
    rounding = number(document.root, TOTAL + "PayableRoundingAmount") or ZERO
    expected = inclusive - withheld(document.root) - deducted(document.root) + rounding
    candidates = [expected]
    if document.type == EXPORT_REGISTERED:
        candidates.append(expected - vat(document.root))  # the exporter's VAT is deferred; both are seen
    yield from _unless(document, "PayableAmount", "PAYABLE", candidates)


def rounding_is_small(document: Document) -> Iterator[Fault]:
    """A rounding is less than one unit of the currency; more is an allowance or a charge."""
    element = leaf(document.root, TOTAL + "PayableRoundingAmount")
    amount = number(document.root, TOTAL + "PayableRoundingAmount")
    if element is not None and amount is not None and abs(amount) >= 1:
        yield Fault(element, "ROUNDING_LARGE", f"{amount} is no rounding: it is 1 or more.")


def _of_lines(document: Document, name: str, code: str, candidates: Sequence[Decimal]) -> Iterator[Fault]:
    """As `_unless`; a difference that the rounding of the lines alone can make is a warning."""
    written = _total(document, name)[1] or ZERO
    apart = min(abs(each - written) for each in candidates)
    for fault in _unless(document, name, code, candidates):
        yield excused(document, fault, apart)


def _unless(document: Document, name: str, code: str, candidates: Sequence[Decimal]) -> Iterator[Fault]:
    """A fault of the total `name`, unless it is what one of the candidates says."""
    element, written = _total(document, name)
    if element is None or written is None:
        return
    if not matches(written, candidates):
        expected = " or ".join(dict.fromkeys(shown(each) for each in candidates))
        yield Fault(element, code, f"{name} is {written}; it comes to {expected}.")


def _total(document: Document, name: str) -> tuple[Element | None, Decimal | None]:
    return leaf(document.root, TOTAL + name), number(document.root, TOTAL + name)


RULES: Final[tuple[Rule, ...]] = (
    line_amounts,
    allowance_amounts,
    line_extension,
    allowance_total,
    charge_total,
    tax_exclusive,
    tax_inclusive,
    payable,
    rounding_is_small,
)
