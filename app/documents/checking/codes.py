"""Codes are in GİB's lists, go with the document's type, and are there where the law wants a reason."""

from collections.abc import Iterator
from typing import Final

from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Rule, Severity
from app.documents.codelists import codes
from app.documents.codelists.reasons import is_of_no_vat
from app.documents.model.taxes import VAT
from app.documents.safe_input.tree import (
    CBC,
    Element,
    aggregates,
    content,
    date_of,
    decimal,
    leaf,
    leaves,
    number,
    text,
)
from app.domain.vat_rates import NO_EXEMPTION, RATE_CHECK, rates_between

TAX_FREE: Final = "YOLCUBERABERFATURA"
SCT_WITHHOLDING: Final = "4171"
# Schematron: zero VAT without a reason.
ZERO_WITHOUT_REASON: Final = frozenset({"IADE", "YTBIADE", "IHRACKAYITLI", "OZELMATRAH", "SGK", "KONAKLAMAVERGISI"})
# What each of these types is for; the schematron does not ask.
NEEDS_REASON: Final = frozenset({"ISTISNA", "YTBISTISNA", "OZELMATRAH", "IHRACKAYITLI"})
NEEDS_WITHHOLDING: Final = frozenset({"TEVKIFAT", "YTBTEVKIFAT"})
WITHHOLDING_TYPES: Final = frozenset({"TEVKIFAT", "YTBTEVKIFAT", "IADE", "YTBIADE", "SGK", "SARJ", "SARJANLIK"})
SCT_WITHHOLDING_TYPES: Final = frozenset({"TEVKIFAT", "IADE", "SGK", "YTBIADE"})
REASON_LISTS: Final = (
    "vat_exemption_reasons",
    "sct_exemption_reasons",
    "special_base_reasons",
    "export_registered_reasons",
    "accommodation_tax_exemption_reasons",
)
# No tax, but no exemption either: for VAT and for special consumption tax.
ANY_TYPE: Final = frozenset({NO_EXEMPTION, "151"})
INVESTMENT: Final = frozenset({"308", "339"})
INVESTMENT_PAIRS: Final = frozenset(
    {
        ("YATIRIMTESVIK", "ISTISNA"),
        ("YATIRIMTESVIK", "IADE"),
        ("EARSIVFATURA", "YTBISTISNA"),
        ("EARSIVFATURA", "YTBIADE"),
    }
)
RATE_CHECK_PROFILES: Final = frozenset({"TEMELFATURA", "TICARIFATURA", "EARSIVFATURA"})


def _vat_subtotals(document: Document) -> Iterator[tuple[Element, Element]]:
    for bearer in document.tax_bearers:
        for subtotal in aggregates(bearer, "TaxTotal/TaxSubtotal"):
            if text(subtotal, "TaxCategory/TaxScheme/TaxTypeCode") == VAT:
                yield bearer, subtotal


def tax_types(document: Document) -> Iterator[Fault]:
    """Every tax is one of the list; petroleum's withholding only where it may be."""
    for bearer in document.tax_bearers:
        for element in leaves(bearer, "TaxTotal/TaxSubtotal/TaxCategory/TaxScheme/TaxTypeCode"):
            code = content(element)
            if code and code not in codes("tax_types"):
                yield Fault(element, "TAX_TYPE_UNKNOWN", f"{code!r} is no tax of GİB's list.")
            if code == SCT_WITHHOLDING and document.type not in SCT_WITHHOLDING_TYPES:
                yield Fault(element, "TAX_TYPE_PLACE", f"{code} does not go with type {document.type}.")


def vat_rates(document: Document) -> Iterator[Fault]:
    """A VAT rate is one that was in force; a transition may have been another, so this is a warning."""
    issued = date_of(text(document.root, "IssueDate"))
    allowed = rates_between(issued, issued) if issued else ()
    for _, subtotal in _vat_subtotals(document):
        rate = number(subtotal, "Percent")
        if rate is not None and allowed and rate not in allowed:
            listed = ", ".join(map(str, allowed))
            yield Fault(
                subtotal, "VAT_RATE", f"{rate} % was no general VAT rate on {issued}: {listed}.", Severity.WARNING
            )


def known_reasons(document: Document) -> Iterator[Fault]:
    """A reason has a code of the lists that goes with this type and profile, and its text."""
    for element in document.root.iter(CBC + "TaxExemptionReasonCode"):
        code, category = content(element), element.getparent()
        if not code or category is None:
            continue
        if not any(code in codes(name) for name in REASON_LISTS):
            yield Fault(element, "REASON_UNKNOWN", f"{code!r} is no exemption reason of GİB's lists.")
        elif why := _misplaced(code, document):
            yield Fault(element, "REASON_PLACE", f"Reason {code} {why}.")
        if not text(category, "TaxExemptionReason") and document.root in _bearers_above(element):
            yield Fault(element, "REASON_TEXT_MISSING", f"Reason {code} needs its text in TaxExemptionReason.")


def _bearers_above(element: Element) -> list[Element]:
    """The document, when the reason is in the document's own totals."""
    above = list(element.iterancestors())
    return above[-1:] if not any(str(each.tag).endswith("}InvoiceLine") for each in above) else []


def _misplaced(code: str, document: Document) -> str | None:
    pair = (document.profile, document.type)
    if code in INVESTMENT:
        return None if pair in INVESTMENT_PAIRS else "goes only with invoices of investment incentives"
    if code == RATE_CHECK:
        wrong_type = document.type in {"ISTISNA", "IHRACKAYITLI"} or document.type.startswith("YTB")
        if wrong_type or document.profile not in RATE_CHECK_PROFILES:
            return f"does not go with {document.profile} {document.type}"
        return None
    if code in ANY_TYPE:
        return None
    allowed = {
        each for name in REASON_LISTS if code in codes(name) for each in codes(name)[code]["applies_to"].split(";")
    }
    return None if document.type in allowed else f"goes with {', '.join(sorted(allowed))}, not with {document.type}"


def reasons_without_code(document: Document) -> Iterator[Fault]:
    """A reason's text has its code beside it, and an empty one in the document's taxes is none."""
    for element in document.root.iter(CBC + "TaxExemptionReason"):
        category = element.getparent()
        code = text(category, "TaxExemptionReasonCode") if category is not None else ""
        if content(element) and not code:
            yield Fault(element, "REASON_CODE_MISSING", "The reason's text needs its TaxExemptionReasonCode.")
        if not content(element) and not code and document.root in _bearers_above(element):
            yield Fault(element, "REASON_TEXT_MISSING", "TaxExemptionReason is there and empty.")


def zero_vat(document: Document) -> Iterator[Fault]:
    """VAT of zero has its reason."""
    for subtotal in aggregates(document.root, "TaxTotal/TaxSubtotal"):
        of_vat = text(subtotal, "TaxCategory/TaxScheme/TaxTypeCode") == VAT
        reason = text(subtotal, "TaxCategory/TaxExemptionReason")
        if of_vat and number(subtotal, "TaxAmount") == 0 and not reason and document.type not in ZERO_WITHOUT_REASON:
            yield Fault(subtotal, "REASON_MISSING", "VAT of zero needs TaxExemptionReasonCode and TaxExemptionReason.")


def rate_check(document: Document) -> Iterator[Fault]:
    """Where reason 555 is given, no VAT of the document or of its lines is zero, and no rate of it."""
    reasons = leaves(document.root, "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReasonCode")
    if RATE_CHECK not in map(content, reasons):
        return
    for _, subtotal in _vat_subtotals(document):
        if 0 in {number(subtotal, "TaxAmount"), number(subtotal, "Percent")}:
            yield Fault(subtotal, "REASON_NEEDS_VAT", f"Reason {RATE_CHECK} is beside VAT, which is zero here.")


def exempt_with_vat(document: Document) -> Iterator[Fault]:
    """What is exempt bears no VAT, but in an incentive's invoice. 351 exempts from nothing, so it may be there.

    Sold to a tourist it bears the VAT that is paid back at the border, whatever reason is given.
    """
    if document.profile == TAX_FREE:
        return
    for _, subtotal in _vat_subtotals(document):
        code, tax = text(subtotal, "TaxCategory/TaxExemptionReasonCode"), number(subtotal, "TaxAmount")
        if tax and is_of_no_vat(code) and code not in INVESTMENT | {NO_EXEMPTION}:
            yield Fault(subtotal, "EXEMPT_WITH_VAT", f"Reason {code} says that there is no VAT, which is {tax} here.")


def reason_of_the_type(document: Document) -> Iterator[Fault]:
    """An invoice of exemption, special base or export registration says which."""
    if document.type in NEEDS_REASON:
        found = leaves(document.root, "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReasonCode")
        if not any(content(each) for each in found):
            yield Fault(document.root, "TYPE_NEEDS_REASON", f"Type {document.type} needs a TaxExemptionReasonCode.")


def withholding_codes(document: Document) -> Iterator[Fault]:
    """A withholding has a code of the list and, as text, one of its percents: 90, never 90.00."""
    for bearer in document.tax_bearers:
        for subtotal in aggregates(bearer, "WithholdingTaxTotal/TaxSubtotal"):
            yield from _withholding(subtotal)


def _withholding(subtotal: Element) -> Iterator[Fault]:
    code = text(subtotal, "TaxCategory/TaxScheme/TaxTypeCode")
    percent = text(subtotal, "Percent")
    known = codes("withholding_codes").get(code)
    # 650 is in the list because older documents have it; it goes with no type.
    if code and (known is None or known["applies_to"].startswith("none")):
        yield Fault(subtotal, "WITHHOLDING_CODE_UNKNOWN", f"{code!r} is no withholding that GİB accepts.")
    elif known is not None and percent and percent not in known["percents_accepted"].split(";"):
        allowed = known["percents_accepted"].replace(";", " or ")
        yield Fault(
            subtotal, "WITHHOLDING_RATE", f"Code {code} withholds {allowed} (as text, no decimals), not {percent!r}."
        )


def withholding_place(document: Document) -> Iterator[Fault]:
    """A withholding is in the types that have one, and always there; petroleum's alone is one too (4171)."""
    found = [each for bearer in document.tax_bearers for each in aggregates(bearer, "WithholdingTaxTotal")]
    taxes = leaves(document.root, "TaxTotal/TaxSubtotal/TaxCategory/TaxScheme/TaxTypeCode")
    of_petroleum = document.type in SCT_WITHHOLDING_TYPES and SCT_WITHHOLDING in map(content, taxes)
    withheld = of_petroleum or aggregates(document.root, "WithholdingTaxTotal")
    if document.type in NEEDS_WITHHOLDING and not withheld:
        yield Fault(document.root, "WITHHOLDING_MISSING", f"Type {document.type} needs a WithholdingTaxTotal.")
    if document.type not in WITHHOLDING_TYPES:
        for each in found:
            yield Fault(each, "WITHHOLDING_PLACE", f"Type {document.type} has no WithholdingTaxTotal.")


def units(document: Document) -> Iterator[Fault]:
    """Every quantity has a unit."""
    for line in document.lines:
        element = leaf(line, "InvoicedQuantity")
        if element is None:
            continue
        if not element.get("unitCode"):
            yield Fault(element, "UNIT_MISSING", "InvoicedQuantity needs a unitCode, C62 for pieces.")


def quantities(document: Document) -> Iterator[Fault]:
    """A line invoices something."""
    for line in document.lines:
        quantity = number(line, "InvoicedQuantity")
        if quantity is not None and quantity <= 0:
            yield Fault(line, "QUANTITY_NOT_POSITIVE", f"InvoicedQuantity is {quantity}; a line invoices something.")


def payment_means(document: Document) -> Iterator[Fault]:
    """A means of payment is one of the list; 54, 55 and 58 are not."""
    for element in leaves(document.root, "PaymentMeans/PaymentMeansCode"):
        if content(element) not in codes("payment_means"):
            yield Fault(element, "PAYMENT_MEANS_UNKNOWN", f"{content(element)!r} is no payment means that GİB accepts.")


def charge_indicators(document: Document) -> Iterator[Fault]:
    """An allowance or charge says which of the two it is."""
    for element in document.root.iter(CBC + "ChargeIndicator"):
        if content(element) not in {"true", "false", "1", "0"}:
            yield Fault(element, "CHARGE_INDICATOR", f"{content(element)!r} is neither true nor false.")


def percents(document: Document) -> Iterator[Fault]:
    """No tax has a negative rate."""
    for bearer in document.tax_bearers:
        for element in leaves(bearer, "TaxTotal/TaxSubtotal/Percent"):
            rate = decimal(content(element))
            if rate is not None and rate < 0:
                yield Fault(element, "PERCENT_NEGATIVE", f"{rate} % is no rate of a tax.")


RULES: Final[tuple[Rule, ...]] = (
    tax_types,
    vat_rates,
    known_reasons,
    reasons_without_code,
    zero_vat,
    rate_check,
    exempt_with_vat,
    reason_of_the_type,
    withholding_codes,
    withholding_place,
    units,
    quantities,
    payment_means,
    charge_indicators,
    percents,
)
