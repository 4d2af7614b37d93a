"""What some profiles and types need beside the usual: charging, medicines, incentives, export, tax-free sales."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from app.documents.checking.findings import Fault, Rule
from app.documents.checking.matrix import RETURNS
from app.documents.checking.reading import Document, Element, aggregates, content, leaves, number, text

CHARGING: Final = frozenset({"SARJ", "SARJANLIK"})
MACHINERY: Final = "01"
# Investment item class → the exemption that goes with it.
INVESTMENT_REASONS: Final = {"01": "308", "02": "339"}
INVESTMENT_CLASSES: Final = frozenset({"01", "02", "03", "04"})
COMPUTED_NOT_ADDED: Final = -1
CUSTOMS_VKN: Final = "1460415308"
# The marks that Turkish customs and inward processing give.
CUSTOMS_ID: Final = re.compile(r".{12}")
CERTIFICATE_LINE: Final = re.compile(r".{11}")
DII: Final = "702"


@dataclass(frozen=True, slots=True)
class Marked:
    """An id of one of these schemes, of this form, at a path."""

    code: str
    applies: Callable[[Document], bool]
    path: str
    schemes: frozenset[str]
    form: str


GUID: Final = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
ANY: Final = r".+"
ITEM: Final = "Item/AdditionalItemIdentification/ID"
BUYER: Final = "AccountingCustomerParty/Party/PartyIdentification/ID"
SELLER: Final = "AccountingSupplierParty/Party/PartyIdentification/ID"


def of_investment(document: Document) -> bool:
    """YATIRIMTESVIK, or its counterparts in e-Arşiv."""
    return document.profile == "YATIRIMTESVIK" or document.type.startswith("YTB")


# fmt: off
OF_DOCUMENT: Final = (
    Marked("CHARGING_PLATE", lambda d: d.type in CHARGING, BUYER, frozenset({"PLAKA"}), ANY),
    Marked("CHARGING_REPORT", lambda d: d.type == "SARJ", "AdditionalDocumentReference/ID",
           frozenset({"ESURaporID"}), GUID),
    Marked("TECHNOLOGY_BUYER", lambda d: d.type == "TEKNOLOJIDESTEK", BUYER, frozenset({"TCKN"}), ANY),
    Marked("SHIPMENT_MARK", lambda d: d.profile == "IDIS", SELLER, frozenset({"SEVKIYATNO"}), r"(SE|ES)-\d{7}"),
    Marked("INVESTMENT_CERTIFICATE", of_investment, "ContractDocumentReference/ID",
           frozenset({"YTBNO"}), r"\d{6}"),
    Marked("TAX_FREE_AGENT", lambda d: d.profile == "YOLCUBERABERFATURA",
           "TaxRepresentativeParty/PartyIdentification/ID", frozenset({"ARACIKURUMVKN"}), r"\d{10}"),
    Marked("TAX_FREE_LABEL", lambda d: d.profile == "YOLCUBERABERFATURA",
           "TaxRepresentativeParty/PartyIdentification/ID", frozenset({"ARACIKURUMETIKET"}), ANY),
)
OF_LINES: Final = (
    Marked("TECHNOLOGY_ITEM", lambda d: d.type == "TEKNOLOJIDESTEK", ITEM,
           frozenset({"TELEFON", "TABLET_PC"}), ANY),
    Marked("MEDICAL_ITEM", lambda d: d.profile == "ILAC_TIBBICIHAZ", ITEM,
           frozenset({"ILAC", "TIBBICIHAZ", "DIGER"}), ANY),
    Marked("LABEL_MARK", lambda d: d.profile == "IDIS", ITEM, frozenset({"ETIKETNO"}), r"[A-Z]{2}\d{7}"),
    Marked("MARKET_HALL_MARK", lambda d: d.profile == "HKS", ITEM, frozenset({"KUNYENO"}), r".{19}"),
)
# fmt: on


def marks(document: Document) -> Iterator[Fault]:
    """Each mark that the profile or type needs stands there in its form."""
    for mark in OF_DOCUMENT:
        yield from _mark(document, mark, [document.root])
    for mark in OF_LINES:
        yield from _mark(document, mark, document.lines)


def _mark(document: Document, mark: Marked, where: list[Element]) -> Iterator[Fault]:
    for element in where if mark.applies(document) else []:
        if not any(_marked(each, mark) for each in leaves(element, mark.path)):
            schemes = " or ".join(sorted(mark.schemes))
            yield Fault(element, mark.code, f"{mark.path} with schemeID {schemes} is missing or malformed.")


def _marked(element: Element, mark: Marked) -> bool:
    return element.get("schemeID") in mark.schemes and re.fullmatch(mark.form, content(element), re.ASCII) is not None


def charging_period(document: Document) -> Iterator[Fault]:
    """A charged vehicle was charged from then to then."""
    needed = ("StartDate", "StartTime", "EndDate", "EndTime")
    if document.type in CHARGING and not all(text(document.root, f"InvoicePeriod/{name}") for name in needed):
        yield Fault(document.root, "CHARGING_PERIOD", f"InvoicePeriod needs {', '.join(needed)}.")


def charging_serial(document: Document) -> Iterator[Fault]:
    """An instant charge names its charger."""
    for line in document.lines if document.type == "SARJANLIK" else []:
        if not text(line, "Item/ItemInstance/SerialID"):
            yield Fault(line, "CHARGING_SERIAL", "Item/ItemInstance/SerialID is missing.")


def investment_items(document: Document) -> Iterator[Fault]:
    """A line of an investment says its class; machinery says which machine."""
    for line in document.lines if of_investment(document) else []:
        written = text(line, "Item/CommodityClassification/ItemClassificationCode")
        if written not in INVESTMENT_CLASSES:
            yield Fault(line, "INVESTMENT_CLASS", f"ItemClassificationCode is {written!r}, not 01 to 04.")
        needed = ("Item/ModelName", "Item/ItemInstance/ProductTraceID", "Item/ItemInstance/SerialID")
        for path in needed if written == MACHINERY else ():
            if not text(line, path):
                yield Fault(line, "INVESTMENT_MACHINE", f"Machinery (class {MACHINERY}) needs {path}.")


def investment_vat(document: Document) -> Iterator[Fault]:
    """An investment's VAT is shown with its rate, also when it is exempt."""
    if not of_investment(document) or document.type in RETURNS:
        return
    for subtotal in aggregates(document.root, "TaxTotal/TaxSubtotal"):
        if not number(subtotal, "TaxAmount") or not number(subtotal, "Percent"):
            yield Fault(subtotal, "INVESTMENT_VAT", "VAT and its rate must be above zero in an incentive's invoice.")


def investment_exemption(document: Document) -> Iterator[Fault]:
    """An exempt investment has the reason of its class, computed and not added."""
    if (document.profile, document.type) not in {("YATIRIMTESVIK", "ISTISNA"), ("EARSIVFATURA", "YTBISTISNA")}:
        return
    for line in document.lines:
        reason = INVESTMENT_REASONS.get(text(line, "Item/CommodityClassification/ItemClassificationCode"))
        for subtotal in aggregates(line, "TaxTotal/TaxSubtotal"):
            if reason is None or text(subtotal, "TaxCategory/TaxExemptionReasonCode") != reason:
                yield Fault(subtotal, "INVESTMENT_REASON", "An exempt item is of class 01 with 308 or of 02 with 339.")
    for subtotal in aggregates(document.root, "TaxTotal/TaxSubtotal"):
        if number(subtotal, "CalculationSequenceNumeric") != COMPUTED_NOT_ADDED:
            yield Fault(subtotal, "INVESTMENT_SEQUENCE", "CalculationSequenceNumeric must be -1: computed, not added.")


def export(document: Document) -> Iterator[Fault]:
    """An export goes to customs, names its real buyer, and tells of each line where, how and under which tariff."""
    if document.profile != "IHRACAT":
        return
    if CUSTOMS_VKN not in {content(each) for each in leaves(document.root, BUYER)}:
        yield Fault(document.root, "EXPORT_CUSTOMS", f"The customer of an export is customs, VKN {CUSTOMS_VKN}.")
    if not aggregates(document.root, "BuyerCustomerParty"):
        yield Fault(document.root, "EXPORT_BUYER", "The real buyer stands in BuyerCustomerParty.")
    for line in document.lines:
        yield from _exported(document, line)


def _exported(document: Document, line: Element) -> Iterator[Fault]:
    """Terms, address and means of transport stand in the line or, for all of them, in the document."""
    bearers = (line, document.root)
    terms = [each for bearer in bearers for each in leaves(bearer, "Delivery/DeliveryTerms/ID")]
    if not any(each.get("schemeID") == "INCOTERMS" and content(each) for each in terms):
        yield Fault(line, "EXPORT_TERMS", "Delivery/DeliveryTerms/ID with schemeID INCOTERMS is missing.")
    if not any(aggregates(bearer, "Delivery/DeliveryAddress") for bearer in bearers):
        yield Fault(line, "EXPORT_ADDRESS", "Delivery/DeliveryAddress is missing.")
    mode = "Delivery/Shipment/ShipmentStage/TransportModeCode"
    if not any(text(bearer, mode) for bearer in bearers):
        yield Fault(line, "EXPORT_TRANSPORT", f"{mode} is missing.")
    tariff = "Delivery/Shipment/GoodsItem/RequiredCustomsID"
    if not text(line, tariff):
        yield Fault(line, "EXPORT_TARIFF", f"{tariff} is missing.")


def inward_processing(document: Document) -> Iterator[Fault]:
    """A sale under an inward processing licence (702) names the licence's line of every line."""
    reasons = leaves(document.root, "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReasonCode")
    if document.type != "IHRACKAYITLI" or DII not in {content(each) for each in reasons}:
        return
    handling = "Delivery/Shipment/TransportHandlingUnit/CustomsDeclaration/IssuerParty/PartyIdentification/ID"
    for line in document.lines:
        if not CUSTOMS_ID.fullmatch(text(line, "Delivery/Shipment/GoodsItem/RequiredCustomsID")):
            yield Fault(line, "LICENCE_CUSTOMS_ID", "Reason 702 needs a RequiredCustomsID of 12 characters.")
        if not any(
            each.get("schemeID") == "ALICIDIBSATIRKOD" and CERTIFICATE_LINE.fullmatch(content(each))
            for each in leaves(line, handling)
        ):
            yield Fault(line, "LICENCE_LINE", "Reason 702 needs an ALICIDIBSATIRKOD of 11 characters.")


RULES: Final[tuple[Rule, ...]] = (
    marks,
    charging_period,
    charging_serial,
    investment_items,
    investment_vat,
    investment_exemption,
    export,
    inward_processing,
)
