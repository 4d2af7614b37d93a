"""Slips of a cash register of the new generation (ÖKC) that an invoice goes with."""

from collections.abc import Iterator
from typing import Final

from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Rule
from app.documents.codelists import codes
from app.documents.safe_input.tree import Element, aggregates, text

SLIP_CODE: Final = "OKCBF"
SLIP_TYPE: Final = "OKCBilgiFisi"
# The slip's number, its date, its report (Z), its device.
NEEDED: Final = (
    "ID",
    "IssueDate",
    "Attachment/ExternalReference/URI",
    "ValidityPeriod/StartDate",
    "IssuerParty/EndpointID",
)


def receipts(document: Document) -> Iterator[Fault]:
    """A cash register's slip is marked as one twice, is of a known kind, and whole, with one date."""
    for slip in aggregates(document.root, "BillingReference/AdditionalDocumentReference"):
        marked = (text(slip, "DocumentTypeCode") == SLIP_CODE, text(slip, "DocumentType") == SLIP_TYPE)
        if marked[0] != marked[1]:
            message = f"A slip has DocumentTypeCode {SLIP_CODE} and DocumentType {SLIP_TYPE}, both or none."
            yield Fault(slip, "RECEIPT_MARK", message)
        if marked[0]:
            yield from _slip(slip)


def _slip(slip: Element) -> Iterator[Fault]:
    kind = text(slip, "DocumentDescription")
    if kind not in codes("okc_receipt_types"):
        yield Fault(slip, "RECEIPT_TYPE_UNKNOWN", f"{kind!r} is no slip of the list.")
    for path in NEEDED:
        if not text(slip, path):
            yield Fault(slip, "RECEIPT_INCOMPLETE", f"A slip needs its {path}.")
    day, issued = text(slip, "ValidityPeriod/StartDate"), text(slip, "IssueDate")
    if day and issued and day != issued:
        yield Fault(slip, "RECEIPT_DATE", f"The slip is of {issued}, its ValidityPeriod begins on {day}.")


RULES: Final[tuple[Rule, ...]] = (receipts,)
