"""What some profiles and types need beside the usual: marks of parties and lines, charging of vehicles, technology."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Rule
from app.documents.checking.identifiers import FIRST_DATE, TIME
from app.documents.checking.investment import of_investment
from app.documents.safe_input.tree import Element, aggregates, content, date_of, leaves, text

CHARGING: Final = frozenset({"SARJ", "SARJANLIK"})
TECHNOLOGY: Final = "TEKNOLOJIDESTEK"


@dataclass(frozen=True, slots=True)
class Marked:
    """An id of one of these schemes, of this form, at a path; `once` where GİB takes exactly one."""

    code: str
    applies: Callable[[Document], bool]
    path: str
    schemes: frozenset[str]
    form: str
    once: bool = False


GUID: Final = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
ANY: Final = r".+"
ITEM: Final = "Item/AdditionalItemIdentification/ID"
BUYER: Final = "AccountingCustomerParty/Party/PartyIdentification/ID"
SELLER: Final = "AccountingSupplierParty/Party/PartyIdentification/ID"
AGENT: Final = "TaxRepresentativeParty/PartyIdentification/ID"


# fmt: off
OF_DOCUMENT: Final = (
    Marked("CHARGING_PLATE", lambda d: d.type in CHARGING, BUYER, frozenset({"PLAKA"}), r"[A-Z0-9_-]{1,50}", once=True),
    Marked("SHIPMENT_MARK", lambda d: d.profile == "IDIS", SELLER, frozenset({"SEVKIYATNO"}), r"(SE|ES)-\d{7}"),
    Marked("INVESTMENT_CERTIFICATE", of_investment, "ContractDocumentReference/ID",
           frozenset({"YTBNO"}), r"\d{6}"),
    Marked("TAX_FREE_AGENT", lambda d: d.profile == "YOLCUBERABERFATURA", AGENT,
           frozenset({"ARACIKURUMVKN"}), r"\d{10,11}", once=True),
    Marked("TAX_FREE_LABEL", lambda d: d.profile == "YOLCUBERABERFATURA", AGENT,
           frozenset({"ARACIKURUMETIKET"}), ANY, once=True),
)
OF_LINES: Final = (
    Marked("TECHNOLOGY_ITEM", lambda d: d.type == TECHNOLOGY, ITEM, frozenset({"TELEFON", "TABLET_PC"}), ANY),
    Marked("MEDICAL_ITEM", lambda d: d.profile == "ILAC_TIBBICIHAZ", ITEM,
           frozenset({"ILAC", "TIBBICIHAZ", "DIGER"}), ANY),
    Marked("LABEL_MARK", lambda d: d.profile == "IDIS", ITEM, frozenset({"ETIKETNO"}), r"[A-Za-z]{2}\d{7}"),
    Marked("MARKET_HALL_MARK", lambda d: d.profile == "HKS", ITEM, frozenset({"KUNYENO"}), r".{19}", once=True),
)
# fmt: on


def marks(document: Document) -> Iterator[Fault]:
    """Each mark that the profile or type needs is there in its form, and where GİB takes only one, once."""
    for mark in OF_DOCUMENT:
        yield from _mark(document, mark, [document.root])
    for mark in OF_LINES:
        yield from _mark(document, mark, document.lines)


def _mark(document: Document, mark: Marked, where: list[Element]) -> Iterator[Fault]:
    for element in where if mark.applies(document) else []:
        schemes = " or ".join(sorted(mark.schemes))
        found = sum(1 for each in leaves(element, mark.path) if _marked(each, mark))
        if not found:
            yield Fault(element, mark.code, f"{mark.path} with schemeID {schemes} is missing or malformed.")
        elif mark.once and found > 1:
            yield Fault(element, mark.code, f"{mark.path} with schemeID {schemes} is there {found} times, not once.")


def _marked(element: Element, mark: Marked) -> bool:
    return element.get("schemeID") in mark.schemes and re.fullmatch(mark.form, content(element), re.ASCII) is not None


def charging_period(document: Document) -> Iterator[Fault]:
    """A charged vehicle was charged from then to then."""
    if document.type not in CHARGING:
        return
    periods = aggregates(document.root, "InvoicePeriod")
    for period in periods or [document.root]:
        days = (date_of(text(period, name)) for name in ("StartDate", "EndDate"))
        hours = (TIME.fullmatch(text(period, name)) for name in ("StartTime", "EndTime"))
        if not periods or not all(day and day >= FIRST_DATE for day in days) or not all(hours):
            message = "InvoicePeriod needs StartDate and EndDate, StartTime and EndTime, like 2026-01-31 and 14:42:00."
            yield Fault(period, "CHARGING_PERIOD", message)


def charging_report(document: Document) -> Iterator[Fault]:
    """A charge has its report (ESÜ): an id, and the report's date."""
    if document.type != "SARJ":
        return
    for reference in aggregates(document.root, "AdditionalDocumentReference"):
        reported = any(
            each.get("schemeID") == "ESURaporID" and re.fullmatch(GUID, content(each), re.ASCII)
            for each in leaves(reference, "ID")
        )
        if reported and date_of(text(reference, "IssueDate")):
            return
    message = "An AdditionalDocumentReference with an ID of scheme ESURaporID, a GUID, and its IssueDate is missing."
    yield Fault(document.root, "CHARGING_REPORT", message)


def charging_serial(document: Document) -> Iterator[Fault]:
    """An instant charge names its charger."""
    for line in document.lines if document.type == "SARJANLIK" else []:
        if not text(line, "Item/ItemInstance/SerialID"):
            yield Fault(line, "CHARGING_SERIAL", "Item/ItemInstance/SerialID is missing.")


def technology_buyer(document: Document) -> Iterator[Fault]:
    """Technology for the young goes to a person, who has no other id on the invoice than a TCKN."""
    if document.type != TECHNOLOGY:
        return
    for element in leaves(document.root, BUYER):
        if element.get("schemeID") != "TCKN":
            message = f"Every id of the buyer is a TCKN, none of scheme {element.get('schemeID')!r}."
            yield Fault(element, "TECHNOLOGY_BUYER", message)


RULES: Final[tuple[Rule, ...]] = (
    marks,
    charging_period,
    charging_report,
    charging_serial,
    technology_buyer,
)
