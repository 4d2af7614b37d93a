"""Investment incentives: YATIRIMTESVIK, and the types YTB… that are its counterparts in e-Arşiv."""

from collections.abc import Iterator
from typing import Final

from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Rule
from app.documents.checking.matrix import RETURNS
from app.documents.checking.sums import subtotals, tax_type
from app.documents.model.taxes import VAT
from app.documents.safe_input.tree import Element, aggregates, leaf, number, text

MACHINERY: Final = "01"
CLASS: Final = "Item/CommodityClassification/ItemClassificationCode"
# Class of an item → the exemption that goes with it.
REASONS: Final = {"01": "308", "02": "339"}
CLASSES: Final = frozenset({"01", "02", "03", "04"})
# Of what is returned, these bear VAT.
TAXED_IN_RETURNS: Final = frozenset({"03", "04"})
COMPUTED_NOT_ADDED: Final = -1


def of_investment(document: Document) -> bool:
    """YATIRIMTESVIK, or its counterparts in e-Arşiv."""
    return document.profile == "YATIRIMTESVIK" or document.type.startswith("YTB")


def one_certificate(document: Document) -> Iterator[Fault]:
    """An investment has one certificate, and refers to no other contract."""
    contracts = aggregates(document.root, "ContractDocumentReference")
    if of_investment(document) and len(contracts) > 1:
        yield Fault(contracts[1], "INVESTMENT_CERTIFICATE", "The certificate is the only ContractDocumentReference.")


def items(document: Document) -> Iterator[Fault]:
    """A line of an investment says its class; machinery says which machine."""
    for line in document.lines if of_investment(document) else []:
        element = leaf(line, CLASS)
        written = (element.text or "") if element is not None else ""
        if written not in CLASSES:
            yield Fault(line, "INVESTMENT_CLASS", f"ItemClassificationCode is {written!r}, not 01 to 04.")
        needed = ("Item/ModelName", "Item/ItemInstance/ProductTraceID", "Item/ItemInstance/SerialID")
        for path in needed if written == MACHINERY else ():
            if not text(line, path):
                yield Fault(line, "INVESTMENT_MACHINE", f"Machinery (class {MACHINERY}) needs {path}.")


def vat_is_shown(document: Document) -> Iterator[Fault]:
    """An investment's VAT is shown with its rate, in the document and on each line, also when it is exempt."""
    if not of_investment(document):
        return
    if document.type in RETURNS:
        yield from _returned(document)
        return
    message = "VAT and its rate must be above zero in an incentive's invoice."
    for bearer in document.tax_bearers:
        found = _vat(bearer)
        wrong = [each for each in found if not (_above_zero(each, "TaxAmount") and _above_zero(each, "Percent"))]
        if wrong or not found:
            yield Fault(wrong[0] if wrong else bearer, "INVESTMENT_VAT", message)


def _returned(document: Document) -> Iterator[Fault]:
    for line in document.lines:
        taxed = any(_above_zero(each, "TaxAmount") for each in _vat(line))
        if text(line, CLASS) in TAXED_IN_RETURNS and not taxed:
            yield Fault(line, "INVESTMENT_VAT", "A returned item of class 03 or 04 has its VAT.")


def _vat(bearer: Element) -> list[Element]:
    return [each for each in subtotals(bearer) if tax_type(each) == VAT]


def _above_zero(subtotal: Element, path: str) -> bool:
    return (number(subtotal, path) or 0) > 0


def exemption(document: Document) -> Iterator[Fault]:
    """An exempt investment has the reason of its class, computed and not added."""
    if (document.profile, document.type) not in {("YATIRIMTESVIK", "ISTISNA"), ("EARSIVFATURA", "YTBISTISNA")}:
        return
    for line in document.lines:
        reason = REASONS.get(text(line, CLASS))
        reasons = {text(each, "TaxCategory/TaxExemptionReasonCode") for each in _vat(line)}
        if reason is None or reason not in reasons:
            yield Fault(line, "INVESTMENT_REASON", "An exempt item is of class 01 with 308 or of 02 with 339.")
    for bearer in document.tax_bearers:
        for subtotal in _vat(bearer):
            if number(subtotal, "CalculationSequenceNumeric") != COMPUTED_NOT_ADDED:
                message = "CalculationSequenceNumeric must be -1: computed, not added."
                yield Fault(subtotal, "INVESTMENT_SEQUENCE", message)


RULES: Final[tuple[Rule, ...]] = (one_certificate, items, vat_is_shown, exemption)
