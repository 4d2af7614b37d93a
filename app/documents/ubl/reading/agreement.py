"""Whether a document's sums are those of its lines: an invoice has no others, and ignoring them would change one."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.documents.model.invoice import Invoice, subtotals
from app.documents.model.lines import ZERO, Exemption, InvoiceLine, Tax
from app.documents.model.profiles import EXPORT_REGISTERED, SPECIAL_BASE
from app.documents.model.taxes import VAT
from app.documents.safe_input.tree import Element, aggregates
from app.documents.ubl.reading.elements import amount, number, unreadable
from app.documents.ubl.reading.taxes import read_withholdings

_Key = tuple[str, Decimal | None]
_TOTALS: Final[tuple[tuple[str, Callable[[Invoice], set[Decimal]]], ...]] = (
    ("LineExtensionAmount", lambda invoice: {invoice.line_extension, _before_allowances(invoice)}),
    ("TaxExclusiveAmount", lambda invoice: {invoice.tax_exclusive}),
    ("TaxInclusiveAmount", lambda invoice: {invoice.tax_inclusive}),
    ("PayableAmount", lambda invoice: {invoice.payable}),
)
# A line's VAT is rounded, and the document's is too: each line may be off by so much.
KURUS: Final = Decimal("0.01")


def with_reasons_of(written: tuple[Tax, ...], lines: tuple[InvoiceLine, ...]) -> tuple[InvoiceLine, ...]:
    """Lines that leave out why there is no tax, though the document says it once for all of their kind, get it."""
    reasons: dict[_Key, set[Exemption | None]] = {}
    for tax in written:
        reasons.setdefault((tax.code, tax.rate), set()).add(tax.exemption)
    shared = {key: next(iter(found)) for key, found in reasons.items() if len(found) == 1}

    def explained(tax: Tax) -> Tax:
        reason = None if tax.exemption else shared.get((tax.code, tax.rate))
        return replace(tax, exemption=reason) if reason else tax

    def of_line(line: InvoiceLine) -> InvoiceLine:
        return replace(line, taxes=tuple(map(explained, line.taxes)))

    return tuple(map(of_line, lines)) if any(shared.values()) else lines


def with_taxes_of(written: tuple[Tax, ...], root: Element, lines: tuple[InvoiceLine, ...]) -> tuple[InvoiceLine, ...]:
    """An only line that leaves its taxes to the document has the document's, unless allowances come between them."""
    if len(lines) != 1 or lines[0].taxes or lines[0].withholdings or aggregates(root, "AllowanceCharge"):
        return lines
    return (replace(lines[0], taxes=written, withholdings=read_withholdings(root)),)


def adjustments(written: tuple[Tax, ...], lines: tuple[InvoiceLine, ...]) -> tuple[Tax, ...]:
    """What the document's taxes are more or less than its lines'."""
    of_lines = (replace(t, base=-t.base, amount=-t.amount) for line in lines for t in line.taxes)
    return tuple(each for each in subtotals((*written, *of_lines)) if each.base or each.amount)


def agreed(invoice: Invoice, root: Element) -> Invoice:
    """The invoice, with what only its totals show: whether VAT is in the price, and whether it is deferred.

    Raises UnreadableError where a total is another than the invoice's.
    """
    total = aggregates(root, "LegalMonetaryTotal")
    if not total:
        raise unreadable(root, "MISSING_ELEMENT", "LegalMonetaryTotal is missing")
    invoice = _with_special_base(invoice, amount(total[0], "TaxInclusiveAmount"))
    invoice = _with_deferred_vat(invoice, amount(total[0], "PayableAmount"))
    for name, calculated in _TOTALS:
        if amount(total[0], name) not in calculated(invoice):
            raise unreadable(total[0], "TOTAL_DIFFERS", f"{name} is not what the lines come to")
    _refuse_other_taxes(invoice, root)
    return invoice


def _before_allowances(invoice: Invoice) -> Decimal:
    """As some write it, GİB in one of its samples among them."""
    return invoice.line_extension + sum((line.allowance - line.charge for line in invoice.lines), ZERO)


def _with_special_base(invoice: Invoice, inclusive: Decimal) -> Invoice:
    if invoice.type == SPECIAL_BASE and invoice.tax_inclusive != inclusive:
        return replace(invoice, special_base_in_price=False)
    return invoice


def _with_deferred_vat(invoice: Invoice, payable: Decimal) -> Invoice:
    if invoice.type == EXPORT_REGISTERED and invoice.payable != payable:
        return replace(invoice, vat_deferred=True)
    return invoice


def _refuse_other_taxes(invoice: Invoice, root: Element) -> None:
    _refuse_other_subtotals(invoice, root)
    if read_withholdings(root) != invoice.withholding_subtotals:
        raise unreadable(root, "WITHHOLDINGS_DIFFER", "what the document withholds is not what its lines do")
    shown = number(root, "TaxTotal/TaxAmount")
    whole = invoice.tax_inclusive - invoice.tax_exclusive
    if shown is not None and invoice.type != SPECIAL_BASE and shown not in {whole, whole - invoice.withheld}:
        raise unreadable(root, "TAX_TOTAL_DIFFERS", "TaxTotal is not what the taxes come to")


def _refuse_other_subtotals(invoice: Invoice, root: Element) -> None:
    """The document's own allowances and charges may change its lines' taxes; and it may have taxes that no line has."""
    bound = KURUS * len(invoice.lines)
    changing = [each for each in invoice.tax_adjustments if each.base or abs(each.amount) > bound]
    of_vat = [each.base for each in changing if each.code == VAT]
    on_lines = {tax.code for line in invoice.lines for tax in line.taxes}
    changed = any(each.code in on_lines for each in changing) or bool(of_vat)
    if not changed:
        return
    if not invoice.allowances or sum(of_vat, ZERO) != invoice.tax_exclusive - invoice.line_extension:
        raise unreadable(root, "TAXES_DIFFER", "the document's tax subtotals are not those of its lines")
