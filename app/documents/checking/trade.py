"""What leaves the country: exports, sales to travellers, and sales to exporters under a licence."""

import re
from collections.abc import Iterator
from typing import Final

from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Rule
from app.documents.codelists import codes
from app.documents.safe_input.tree import Element, aggregates, content, leaves, text

EXPORT: Final = "IHRACAT"
TAX_FREE: Final = "YOLCUBERABERFATURA"
CUSTOMS_VKN: Final = "1460415308"
# What customs is invoiced by; KAMU because it is a public body too.
OF_CUSTOMS: Final = frozenset({TAX_FREE, EXPORT, "OZELFATURA", "KAMU"})
BUYER: Final = "AccountingCustomerParty/Party/PartyIdentification/ID"
# Who buys in truth, by profile: the PARTYTYPE of the BuyerCustomerParty.
PARTY_TYPES: Final = {EXPORT: ("EXPORT", "EXPORT_BUYER"), TAX_FREE: ("TAXFREE", "TAX_FREE_BUYER")}
MODE: Final = "Delivery/Shipment/ShipmentStage/TransportModeCode"
TARIFF: Final = "Delivery/Shipment/GoodsItem/RequiredCustomsID"
# The marks that Turkish customs and inward processing give.
CUSTOMS_ID: Final = re.compile(r".{12}")
CERTIFICATE_LINE: Final = re.compile(r".{11}")
DII: Final = "702"
LICENCE_LINE: Final = "ALICIDIBSATIRKOD"
LICENCE_SCHEMES: Final = frozenset({LICENCE_LINE, "SATICIDIBSATIRKOD"})
HANDLING: Final = "Delivery/Shipment/TransportHandlingUnit/CustomsDeclaration/IssuerParty/PartyIdentification/ID"


def customs(document: Document) -> Iterator[Fault]:
    """An export goes to customs, and to customs go only exports, sales to travellers, and what a public body buys."""
    buyers = leaves(document.root, BUYER)
    to_customs = CUSTOMS_VKN in {content(each) for each in buyers}
    if document.profile == EXPORT and not to_customs:
        yield Fault(document.root, "EXPORT_CUSTOMS", f"The customer of an export is customs, VKN {CUSTOMS_VKN}.")
    if to_customs and document.profile not in OF_CUSTOMS:
        message = f"{CUSTOMS_VKN} is customs: its invoices are {', '.join(sorted(OF_CUSTOMS))}, not {document.profile}."
        yield Fault(buyers[0], "CUSTOMS_PROFILE", message)


def real_buyer(document: Document) -> Iterator[Fault]:
    """The real buyer is in BuyerCustomerParty, marked as an importer or a traveller."""
    wanted, code = PARTY_TYPES.get(document.profile, ("", ""))
    marks = {
        content(each)
        for each in leaves(document.root, "BuyerCustomerParty/Party/PartyIdentification/ID")
        if each.get("schemeID") == "PARTYTYPE"
    }
    if wanted and wanted not in marks:
        yield Fault(document.root, code, f"BuyerCustomerParty with an ID {wanted} of scheme PARTYTYPE is missing.")


def importer(document: Document) -> Iterator[Fault]:
    """An exporter has a tax office, and the importer a registered name."""
    if document.profile != EXPORT:
        return
    for party in aggregates(document.root, "AccountingSupplierParty/Party"):
        if not text(party, "PartyTaxScheme/TaxScheme/Name"):
            yield Fault(
                party, "EXPORT_TAX_OFFICE", "An exporter's tax office (PartyTaxScheme/TaxScheme/Name) is missing."
            )
    for party in aggregates(document.root, "BuyerCustomerParty/Party"):
        if not text(party, "PartyLegalEntity/RegistrationName"):
            yield Fault(party, "EXPORT_BUYER_NAME", "The importer's PartyLegalEntity/RegistrationName is missing.")


def traveller(document: Document) -> Iterator[Fault]:
    """A traveller shows a passport and has a nationality."""
    for party in aggregates(document.root, "BuyerCustomerParty/Party"):
        if "TAXFREE" not in {content(each) for each in leaves(party, "PartyIdentification/ID")}:
            continue
        if text(party, "Person/NationalityID") not in codes("countries"):
            yield Fault(
                party, "TAX_FREE_NATIONALITY", "The traveller's Person/NationalityID is no country of GİB's list."
            )
        if not text(party, "Person/IdentityDocumentReference/ID"):
            yield Fault(
                party, "TAX_FREE_PASSPORT", "The traveller's passport (IdentityDocumentReference/ID) is missing."
            )


def export(document: Document) -> Iterator[Fault]:
    """An export has for each line where, how, by which terms and under which tariff it goes."""
    for line in document.lines if document.profile == EXPORT else []:
        yield from _exported(document, line)


def _exported(document: Document, line: Element) -> Iterator[Fault]:
    """Terms, address and means of transport are in the line or, for all of them, in the document."""
    bearers = (line, document.root)
    terms = [each for bearer in bearers for each in leaves(bearer, "Delivery/DeliveryTerms/ID")]
    if not any(each.get("schemeID") == "INCOTERMS" and content(each) for each in terms):
        yield Fault(line, "EXPORT_TERMS", "Delivery/DeliveryTerms/ID with schemeID INCOTERMS is missing.")
    if not any(aggregates(bearer, "Delivery/DeliveryAddress") for bearer in bearers):
        yield Fault(line, "EXPORT_ADDRESS", "Delivery/DeliveryAddress is missing.")
    if not any(text(bearer, MODE) for bearer in bearers):
        yield Fault(line, "EXPORT_TRANSPORT", f"{MODE} is missing.")
    if not text(line, TARIFF):
        yield Fault(line, "EXPORT_TARIFF", f"{TARIFF} is missing.")


def inward_processing(document: Document) -> Iterator[Fault]:
    """A sale under an inward processing licence (702) names the licence's line of every line."""
    reasons = leaves(document.root, "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReasonCode")
    if document.type != "IHRACKAYITLI" or DII not in {content(each) for each in reasons}:
        return
    for line in document.lines:
        if not CUSTOMS_ID.fullmatch(text(line, TARIFF)):
            yield Fault(line, "LICENCE_CUSTOMS_ID", "Reason 702 needs a RequiredCustomsID of 12 characters.")
        yield from _licensed(line)


def _licensed(line: Element) -> Iterator[Fault]:
    found = leaves(line, HANDLING)
    if not any(each.get("schemeID") == LICENCE_LINE and CERTIFICATE_LINE.fullmatch(content(each)) for each in found):
        yield Fault(line, "LICENCE_LINE", f"Reason 702 needs an {LICENCE_LINE} of 11 characters.")
    for each in found:
        if each.get("schemeID", LICENCE_LINE) not in LICENCE_SCHEMES:
            message = f"An id of a licence is of scheme {' or '.join(sorted(LICENCE_SCHEMES))}."
            yield Fault(each, "LICENCE_SCHEME", message)


RULES: Final[tuple[Rule, ...]] = (customs, real_buyer, importer, traveller, export, inward_processing)
