"""Which profile (senaryo) goes with which type (fatura tipi), and what returns and social security then need."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Rule, Severity
from app.documents.codelists import codes, rows, sgk
from app.documents.safe_input.tree import aggregates, content, leaf, leaves, text

RETURNS: Final = frozenset({"IADE", "TEVKIFATIADE", "YTBIADE", "YTBTEVKIFATIADE"})
RETURN_CODES: Final = frozenset({"IADE", "İADE"})
REFERENCE_LENGTH: Final = 16
TURKISH_IBAN: Final = re.compile(r"TR[0-9]{7}[A-Z0-9]{17}")
SGK_VKN: Final = "7750409379"
SGK_TAX_OFFICE: Final = "çankaya"


@cache
def pairs() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """What is known of each pair of profile and type."""
    return MappingProxyType({(row["profile"], row["type"]): row for row in rows("profile_type_matrix")})


def profile_and_type(document: Document) -> Iterator[Fault]:
    """Both are known, and GİB accepts the pair; a pair that it accepts and that is not in use is a warning."""
    profiles = {profile for profile, _ in pairs()}
    profile, kind = leaf(document.root, "ProfileID"), leaf(document.root, "InvoiceTypeCode")
    if profile is None or kind is None:
        return
    if document.profile not in profiles:
        yield Fault(profile, "PROFILE_UNKNOWN", f"{document.profile!r} is no profile of an invoice.")
    if document.type not in codes("invoice_types"):
        yield Fault(kind, "TYPE_UNKNOWN", f"{document.type!r} is no invoice type.")
    pair = pairs().get((document.profile, document.type))
    if pair is None:
        return
    if pair["schematron"] != "accepted":
        yield Fault(kind, "PROFILE_TYPE", f"{document.profile} does not go with type {document.type}.")
    elif pair["recommended"] != "yes":
        message = f"GİB's rules let {document.profile} with {document.type} pass, but nobody uses the pair."
        yield Fault(kind, "PROFILE_TYPE_UNUSUAL", message, Severity.WARNING)


def returned_invoices(document: Document) -> Iterator[Fault]:
    """A return names what is returned: its number of sixteen characters, its date, and the code IADE."""
    if document.type not in RETURNS:
        return
    references = aggregates(document.root, "BillingReference/InvoiceDocumentReference")
    if not references:
        yield Fault(document.root, "RETURN_REFERENCE_MISSING", "A return names the invoice in a BillingReference.")
    for each in references:
        if text(each, "DocumentTypeCode") not in RETURN_CODES:
            yield Fault(each, "RETURN_REFERENCE_CODE", "DocumentTypeCode of the returned invoice must be IADE.")
        if len(text(each, "ID")) != REFERENCE_LENGTH:
            yield Fault(each, "RETURN_REFERENCE_NUMBER", f"{text(each, 'ID')!r} does not have 16 characters.")
        returned, issued = text(each, "IssueDate"), text(document.root, "IssueDate")
        if not returned or (issued and returned > issued):
            yield Fault(each, "RETURN_REFERENCE_DATE", f"The returned invoice is of {returned or 'no date'}.")


def social_security(document: Document) -> Iterator[Fault]:
    """An invoice to SGK has type SGK, and one of type SGK says what for; exemptions and returns to SGK keep theirs."""
    buyers = leaves(document.root, "AccountingCustomerParty/Party/PartyIdentification/ID")
    to_sgk = any(content(each) == SGK_VKN for each in buyers)
    if to_sgk and document.type == "SATIS":
        yield Fault(buyers[0], "SGK_TYPE", "An invoice to SGK has type SGK, not SATIS.")
    if document.type != "SGK":
        return
    if buyers and not to_sgk:
        yield Fault(buyers[0], "SGK_BUYER", f"The buyer of type SGK is {SGK_VKN}.", Severity.WARNING)
    for office in leaves(document.root, "AccountingCustomerParty/Party/PartyTaxScheme/TaxScheme/Name"):
        if to_sgk and SGK_TAX_OFFICE not in content(office).casefold():
            message = f"SGK's guide has the tax office Çankaya, not {content(office)!r}."
            yield Fault(office, "SGK_TAX_OFFICE", message, Severity.WARNING)
    yield from _by_accounting_cost(document)


def _by_accounting_cost(document: Document) -> Iterator[Fault]:
    written = text(document.root, "AccountingCost")
    kind = sgk.kinds().get(written)
    if kind is None:
        message = f"AccountingCost must be one of {', '.join(sorted(sgk.kinds()))}."
        yield Fault(document.root, "SGK_COST", message)
        return
    given = {
        text(each, "DocumentTypeCode")
        for each in aggregates(document.root, "AdditionalDocumentReference")
        if text(each, "DocumentType")
    }
    for needed in sorted(kind.references - given):
        message = f"{written} needs an AdditionalDocumentReference {needed} with its value in DocumentType."
        yield Fault(document.root, "SGK_REFERENCE", message)
    if kind.period and not aggregates(document.root, "InvoicePeriod"):
        message = f"SGK's guide asks for an InvoicePeriod with {written}."
        yield Fault(document.root, "SGK_PERIOD", message, Severity.WARNING)


def public_buyer(document: Document) -> Iterator[Fault]:
    """An invoice to a public body says which account to pay to."""
    accounts = leaves(document.root, "PaymentMeans/PayeeFinancialAccount/ID")
    if document.profile == "KAMU" and not any(TURKISH_IBAN.fullmatch(content(each)) for each in accounts):
        yield Fault(document.root, "PUBLIC_IBAN", "Profile KAMU needs a Turkish IBAN in PaymentMeans.")


def accommodation_tax(document: Document) -> Iterator[Fault]:
    """An invoice of accommodation tax has that tax."""
    taxes = leaves(document.root, "TaxTotal/TaxSubtotal/TaxCategory/TaxScheme/TaxTypeCode")
    if document.type == "KONAKLAMAVERGISI" and "0059" not in {content(each) for each in taxes}:
        yield Fault(document.root, "ACCOMMODATION_TAX_MISSING", "Type KONAKLAMAVERGISI needs a subtotal of tax 0059.")


RULES: Final[tuple[Rule, ...]] = (
    profile_and_type,
    returned_invoices,
    social_security,
    public_buyer,
    accommodation_tax,
)
