"""What must be there at all, and how amounts are written: what the schema checks, and what it does not."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Rule, Severity
from app.documents.safe_input.tree import (
    CBC,
    Element,
    aggregates,
    content,
    decimal,
    elements,
    embedded_file,
    leaf,
    leaves,
    local_name,
    number,
    shows_nothing,
    text,
)

# What the schema wants in a party, though it lets each be empty, as in GİB's sample of an export.
ADDRESS: Final = ("PostalAddress/CitySubdivisionName", "PostalAddress/CityName", "PostalAddress/Country/Name")
# aggregate → what has to be in it, not empty; the aggregate itself must be there when it begins with "!".
REQUIRED: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("!LegalMonetaryTotal", ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount")),
    ("!TaxTotal", ("TaxAmount",)),
    ("!TaxTotal/TaxSubtotal", ("TaxAmount", "TaxCategory/TaxScheme/TaxTypeCode")),
    ("WithholdingTaxTotal", ("TaxAmount",)),
    ("WithholdingTaxTotal/TaxSubtotal", ("TaxAmount", "Percent", "TaxCategory/TaxScheme/TaxTypeCode")),
    ("AllowanceCharge", ("ChargeIndicator", "Amount")),
    ("!InvoiceLine", ("ID", "InvoicedQuantity", "LineExtensionAmount", "Item/Name", "Price/PriceAmount")),
    ("InvoiceLine/TaxTotal", ("TaxAmount",)),
    ("InvoiceLine/TaxTotal/TaxSubtotal", ("TaxAmount", "TaxCategory/TaxScheme/TaxTypeCode")),
    ("InvoiceLine/WithholdingTaxTotal", ("TaxAmount",)),
    (
        "InvoiceLine/WithholdingTaxTotal/TaxSubtotal",
        ("TaxAmount", "Percent", "TaxCategory/TaxScheme/TaxTypeCode"),
    ),
    ("InvoiceLine/AllowanceCharge", ("ChargeIndicator", "Amount")),
    ("!AccountingSupplierParty/Party", ()),
    ("!AccountingCustomerParty/Party", ()),
)
HEADER: Final = (
    "UBLVersionID",
    "CustomizationID",
    "ProfileID",
    "ID",
    "CopyIndicator",
    "UUID",
    "IssueDate",
    "InvoiceTypeCode",
    "DocumentCurrencyCode",
    "LineCountNumeric",
)
SCHEMA_LOCATION: Final = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
SCHEMA: Final = "UBL-Invoice-2.1.xsd"
FIXED: Final = {"UBLVersionID": ("2.1",), "CustomizationID": ("TR1.2", "TR1.2.1"), "CopyIndicator": ("false",)}
# Schematron: the sums of the document have kuruş and no more, and its message bounds them to fifteen digits.
SUMS: Final = (
    "LegalMonetaryTotal/LineExtensionAmount",
    "LegalMonetaryTotal/TaxExclusiveAmount",
    "LegalMonetaryTotal/TaxInclusiveAmount",
    "LegalMonetaryTotal/AllowanceTotalAmount",
    "LegalMonetaryTotal/ChargeTotalAmount",
    "LegalMonetaryTotal/PayableAmount",
    "TaxTotal/TaxAmount",
    "WithholdingTaxTotal/TaxAmount",
)
# How the schematron has those that it looks at: digits first, and never a third decimal, be it a zero.
WRITTEN: Final = re.compile(r"[0-9]+(\.[0-9]{1,2})?")
NOT_IN_THE_SCHEMATRON: Final = frozenset({"ChargeTotalAmount"})
DECIMALS: Final = 2
DIGITS: Final = 15
RATE: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")
# Where an amount may be in another currency than the document's: an insured value of a shipment, a tax in lira.
ELSEWHERE: Final = frozenset({"Shipment", "TransactionCurrencyTaxAmount", "UBLExtensions"})


def required_elements(document: Document) -> Iterator[Fault]:
    """What every invoice has is there and is not empty."""
    yield from _missing(document.root, HEADER)
    for path, needed in REQUIRED:
        found = aggregates(document.root, path.lstrip("!"))
        if not found and path.startswith("!"):
            yield Fault(document.root, "MISSING_ELEMENT", f"{path.lstrip('!')} is missing.")
        for element in found:
            yield from _missing(element, needed)


def _missing(element: Element, needed: tuple[str, ...]) -> Iterator[Fault]:
    return (
        Fault(element, "MISSING_ELEMENT", f"{path} is missing or empty in {local_name(element)}.")
        for path in needed
        if shows_nothing(text(element, path))
    )


def addresses(document: Document) -> Iterator[Fault]:
    """Seller and buyer have district, city and country; GİB lets them be empty, so that is a warning."""
    for name in ("AccountingSupplierParty/Party", "AccountingCustomerParty/Party"):
        for party in aggregates(document.root, name):
            for path in ADDRESS:
                if leaf(party, path) is None:
                    yield Fault(party, "ADDRESS_MISSING", f"{path} is missing.")
                elif not text(party, path):
                    yield Fault(party, "ADDRESS_EMPTY", f"{path} is empty.", Severity.WARNING)


def fixed_values(document: Document) -> Iterator[Fault]:
    """The version of UBL, the customisation, and that this is no copy."""
    for name, allowed in FIXED.items():
        written = leaf(document.root, name)
        if content(written) and content(written) not in allowed and written is not None:
            yield Fault(written, "FIXED_VALUE", f"{name} is {content(written)!r}; it must be {' or '.join(allowed)}.")


def schema_location(document: Document) -> Iterator[Fault]:
    """Where a document says which schema it follows, it is that of UBL-TR's invoice."""
    written = document.root.get(SCHEMA_LOCATION)
    if written is not None and SCHEMA not in written:
        yield Fault(document.root, "SCHEMA_LOCATION", f"xsi:schemaLocation must name {SCHEMA}.")


def line_count(document: Document) -> Iterator[Fault]:
    """LineCountNumeric is the number of lines."""
    written = leaf(document.root, "LineCountNumeric")
    if written is not None and decimal(content(written)) != len(document.lines):
        yield Fault(
            written, "LINE_COUNT", f"LineCountNumeric says {content(written)!r}, the lines are {len(document.lines)}."
        )


def line_ids(document: Document) -> Iterator[Fault]:
    """Two lines do not have one number."""
    seen: set[str] = set()
    for line in document.lines:
        line_id = text(line, "ID")
        if line_id and line_id in seen:
            yield Fault(line, "LINE_ID_REPEATED", f"A line before has the ID {line_id!r} too.")
        seen.add(line_id)


def _of_money(document: Document) -> Iterator[Element]:
    for element in elements(document.root):
        if not local_name(element).endswith("Amount") or len(element):
            continue
        if not any(local_name(each) in ELSEWHERE for each in (element, *element.iterancestors())):
            yield element


def readable_numbers(document: Document) -> Iterator[Fault]:
    """Amounts, quantities, percents and rates are decimals: no comma, no exponent, no NaN."""
    kinds = ("Amount", "Quantity", "Percent", "Rate", "Numeric")
    for element in elements(document.root):
        if not local_name(element).endswith(kinds) or len(element):
            continue
        written = content(element)
        if written and decimal(written) is None:
            yield Fault(element, "NUMBER_UNREADABLE", f"{written!r} is not a decimal number; write it like 1234.56.")


def amounts_of_the_document(document: Document) -> Iterator[Fault]:
    """The document's sums are not negative, in kuruş, and have at most fifteen digits before the point."""
    for path in SUMS:
        for element in leaves(document.root, path):
            amount = decimal(content(element))
            if amount is not None:
                yield from _wrongly_written(element, amount)


def _wrongly_written(element: Element, amount: Decimal) -> Iterator[Fault]:
    if amount < 0:
        yield Fault(element, "AMOUNT_NEGATIVE", f"{amount} is negative; no sum of an invoice is.")
    elif not _in_kurus(element, amount):
        message = f"{content(element)} is not written as digits with at most {DECIMALS} decimals, like 1234.56."
        yield Fault(element, "AMOUNT_DECIMALS", message)
    if abs(amount) >= 10**DIGITS:
        yield Fault(element, "AMOUNT_TOO_LARGE", f"{amount} has more than {DIGITS} digits before the point.")


def _in_kurus(element: Element, amount: Decimal) -> bool:
    above = element.getparent()
    of_withholding = above is not None and local_name(above) == "WithholdingTaxTotal"
    if of_withholding or local_name(element) in NOT_IN_THE_SCHEMATRON:
        return amount == round(amount, DECIMALS)
    return WRITTEN.fullmatch(content(element)) is not None


def amounts_in_the_document_currency(document: Document) -> Iterator[Fault]:
    """Every amount names its currency, and it is the document's."""
    for element in _of_money(document):
        currency = element.get("currencyID", "")
        if currency != document.currency:
            yield Fault(
                element,
                "AMOUNT_CURRENCY",
                f"currencyID is {currency or 'missing'}, the document's currency is {document.currency}.",
            )


def exchange_rate(document: Document) -> Iterator[Fault]:
    """A document in another currency has its rate to the lira."""
    if document.currency in {"", "TRY"}:
        return
    rates = aggregates(document.root, "PricingExchangeRate")
    if not rates:
        yield Fault(document.root, "EXCHANGE_RATE_MISSING", f"{document.currency} needs a PricingExchangeRate to TRY.")
    for rate in rates:
        pair = (text(rate, "SourceCurrencyCode"), text(rate, "TargetCurrencyCode"))
        if pair != (document.currency, "TRY"):
            yield Fault(rate, "EXCHANGE_RATE_CURRENCIES", f"The rate is {pair[0]} to {pair[1]}, not to TRY.")
        value = number(rate, "CalculationRate")
        if not value or RATE.fullmatch(text(rate, "CalculationRate")) is None:
            message = "CalculationRate must be above 0, with at most 15 digits and 6 decimals, like 41.123456."
            yield Fault(rate, "EXCHANGE_RATE_VALUE", message)


def attachments(document: Document) -> Iterator[Fault]:
    """An embedded file is base64, and whole; it may be empty, as a design in one of GİB's samples."""
    for element in document.root.iter(f"{CBC}EmbeddedDocumentBinaryObject"):
        try:
            embedded_file(element)
        except ValueError:
            yield Fault(element, "ATTACHMENT_BROKEN", "The file is cut off or no base64.")


RULES: Final[tuple[Rule, ...]] = (
    required_elements,
    addresses,
    fixed_values,
    schema_location,
    line_count,
    line_ids,
    readable_numbers,
    amounts_of_the_document,
    amounts_in_the_document_currency,
    exchange_rate,
    attachments,
)
