"""Taxes and withholdings, of the lines and of the document."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Rule, Severity
from app.documents.checking.sums import (
    ZERO,
    added,
    allowances,
    at_rate,
    charges,
    close,
    deducted,
    excused,
    in_vat_base,
    matches,
    net,
    of_market_hall,
    shown,
    subtotals,
    tax_type,
    vat,
    withheld,
)
from app.documents.model.profiles import PARTIAL_TAX, SPECIAL_BASE
from app.documents.model.taxes import VAT
from app.documents.safe_input.tree import Element, aggregates, number, text

Group = tuple[str, Decimal | None]


def tax_amounts(document: Document) -> Iterator[Fault]:
    """A tax is its base times its rate, or the sum of its lines' rounded taxes."""
    if document.type in PARTIAL_TAX:
        return
    of_lines = _grouped(each for line in document.lines for each in subtotals(line))
    for bearer in document.tax_bearers:
        for subtotal in subtotals(bearer):
            alike = _of_group(of_lines, _group(subtotal)) if bearer is document.root else []
            own = aggregates(document.root, "AllowanceCharge") if bearer is document.root else []
            yield from _tax_amount(subtotal, alike, allowances_of_document=len(own))


def _tax_amount(subtotal: Element, of_lines: list[Element], *, allowances_of_document: int) -> Iterator[Fault]:
    base, rate, tax = (number(subtotal, name) for name in ("TaxableAmount", "Percent", "TaxAmount"))
    if base is None or rate is None or tax is None or text(subtotal, "PerUnitAmount"):
        return
    calculated = at_rate(base, rate)
    summed = sum((number(each, "TaxAmount") or ZERO for each in of_lines), ZERO)
    # Lines' taxes round once each; their sum counts only while it stays that near to base x rate.
    candidates = [calculated, summed] if of_lines and close(summed, calculated, len(of_lines)) else [calculated]
    # What the document's own allowances and charges change is rounded once each, beside the lines.
    roundings = len(of_lines) + allowances_of_document if allowances_of_document else 1
    if not matches(tax, candidates, roundings):
        yield Fault(subtotal, "TAX_AMOUNT", f"{base} at {rate} % is {shown(calculated)}, not {tax}.")


def calculable(document: Document) -> Iterator[Fault]:
    """VAT has its base and its rate; without them it cannot be calculated, though GİB lets it pass."""
    for bearer in document.tax_bearers:
        for subtotal in subtotals(bearer):
            missing = [name for name in ("TaxableAmount", "Percent") if number(subtotal, name) is None]
            if tax_type(subtotal) == VAT and missing:
                message = f"VAT without {' and '.join(missing)} cannot be calculated."
                yield Fault(subtotal, "VAT_NOT_RECKONABLE", message, Severity.WARNING)


def _group(subtotal: Element) -> Group:
    return tax_type(subtotal), number(subtotal, "Percent")


def _grouped(found: Iterable[Element]) -> dict[Group, list[Element]]:
    groups: dict[Group, list[Element]] = {}
    for each in found:
        groups.setdefault(_group(each), []).append(each)
    return groups


def _of_group(of_lines: dict[Group, list[Element]], group: Group) -> list[Element]:
    """The lines' subtotals of a tax and rate, with those that leave the rate out: they may be of any."""
    return [*of_lines.get(group, []), *of_lines.get((group[0], None), [])]


def tax_bases(document: Document) -> Iterator[Fault]:
    """Per tax and rate, the document's base is the sum of its lines' bases; an allowance of the document is spread."""
    if allowances(document.root) or charges(document.root):
        return
    if not all(subtotals(line) for line in document.lines):
        return
    of_lines = _grouped(each for line in document.lines for each in subtotals(line))
    on_lines = {tax for tax, _ in of_lines}
    without_rate = {tax for tax, rate in of_lines if rate is None}
    for group, of_document in _grouped(subtotals(document.root)).items():
        if group[0] not in on_lines - without_rate or group[1] is None:
            continue
        total, expected = _bases(of_document), _bases(of_lines.get(group, []))
        if total is not None and expected is not None and not close(total, expected):
            fault = Fault(of_document[0], "TAX_BASE", f"The base is {total}, the lines' bases are {shown(expected)}.")
            yield excused(document, fault, abs(total - expected))


def _bases(found: list[Element]) -> Decimal | None:
    stated = [number(each, "TaxableAmount") for each in found]
    return None if None in stated else sum((each or ZERO for each in stated), ZERO)


def vat_base(document: Document) -> Iterator[Fault]:
    """VAT is on the whole base and the taxes in it; a warning, for some lines are outside of VAT altogether."""
    if document.type == SPECIAL_BASE or of_market_hall(document):
        return
    base = number(document.root, "LegalMonetaryTotal/TaxExclusiveAmount")
    yield from _vat_base(document.root, base)
    if not (allowances(document.root) or charges(document.root)):
        for line in document.lines:
            yield from _vat_base(line, net(line))


def _vat_base(bearer: Element, base: Decimal | None) -> Iterator[Fault]:
    found = [each for each in subtotals(bearer) if tax_type(each) == VAT]
    total = _bases(found)
    if not found or base is None or total is None:
        return
    expected = base + in_vat_base(bearer)
    if not close(total, expected):
        message = f"VAT is on {total}; base and the taxes in it come to {shown(expected)}."
        yield Fault(found[0], "VAT_BASE", message, Severity.WARNING)


def tax_totals(document: Document) -> Iterator[Fault]:
    """TaxTotal is the sum of its subtotals; a withholding may be taken off already."""
    for bearer in document.tax_bearers:
        totals = aggregates(bearer, "TaxTotal")
        written = [number(each, "TaxAmount") for each in totals]
        if not totals or None in written or not subtotals(bearer):
            continue
        total, whole = sum((each or ZERO for each in written), ZERO), added(bearer)
        candidates = {whole, whole - withheld(bearer), whole + deducted(bearer), whole - deducted(bearer)}
        if not matches(total, candidates):
            yield Fault(totals[0], "TAX_TOTAL", f"TaxAmount is {total}; the subtotals come to {shown(whole)}.")


def vat_of_lines(document: Document) -> Iterator[Fault]:
    """The document's VAT is that of its lines, where every line says its own; each may have rounded once."""
    if document.type in PARTIAL_TAX or allowances(document.root) or charges(document.root):
        return
    if not all(any(tax_type(each) == VAT for each in subtotals(line)) for line in document.lines):
        return
    of_lines = sum((vat(line) for line in document.lines), ZERO)
    if subtotals(document.root) and not close(vat(document.root), of_lines, len(document.lines)):
        message = f"The document's VAT is {vat(document.root)}, its lines' {shown(of_lines)}."
        yield Fault(document.root, "VAT_OF_LINES", message)


def withholding_amounts(document: Document) -> Iterator[Fault]:
    """A withholding is its part of the VAT, and their sum is the total."""
    for bearer in document.tax_bearers:
        for total in aggregates(bearer, "WithholdingTaxTotal"):
            parts = aggregates(total, "TaxSubtotal")
            for each in parts:
                yield from _withheld_part(bearer, each, alone=len(parts) == 1)
            summed = sum((number(each, "TaxAmount") or ZERO for each in parts), ZERO)
            written = number(total, "TaxAmount")
            if parts and written is not None and not close(written, summed):
                yield Fault(total, "WITHHOLDING_TOTAL", f"TaxAmount is {written}, its parts come to {summed}.")


def _withheld_part(bearer: Element, part: Element, *, alone: bool) -> Iterator[Fault]:
    base, percent, amount = (number(part, name) for name in ("TaxableAmount", "Percent", "TaxAmount"))
    whole = vat(bearer)
    if base is not None and base > whole and not close(base, whole):
        yield Fault(part, "WITHHOLDING_BASE", f"The base is {base}, but the VAT is {whole}; it is a part of the VAT.")
    if base is None and alone:
        base = whole
    if base is not None and percent is not None and amount is not None and not close(amount, at_rate(base, percent)):
        yield Fault(part, "WITHHOLDING_AMOUNT", f"{percent} % of {base} is {at_rate(base, percent)}, not {amount}.")


def withholding_of_lines(document: Document) -> Iterator[Fault]:
    """The document withholds what its lines withhold, where they say so."""
    of_lines = [withheld(line) for line in document.lines if aggregates(line, "WithholdingTaxTotal")]
    if of_lines and not close(withheld(document.root), sum(of_lines, ZERO), len(of_lines)):
        message = f"The document withholds {withheld(document.root)}, its lines {sum(of_lines, ZERO)}."
        yield Fault(document.root, "WITHHOLDING_OF_LINES", message)


RULES: Final[tuple[Rule, ...]] = (
    calculable,
    tax_amounts,
    tax_bases,
    vat_base,
    tax_totals,
    vat_of_lines,
    withholding_amounts,
    withholding_of_lines,
)
