"""Nilvera's lists of what was issued, of one API each; the days are asked for by the date of issue.

Whether its days include the last one is not said, so one more is asked for, and the rows are held to their own date.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from app.domain.documents import DocumentState, DocumentType
from providers.base import Absent, Unclear
from providers.base.reads import Days, ListedDocument
from providers.formats.rows import amount_or_none, day_or_none, text_or_none, whole_or_none
from providers.nilvera.answers import CODES
from providers.transport.pages import PAGE_SIZE, Page

# The row of an e-Fatura shows no answer of its buyer's.
SUCCEEDED: Final[Mapping[DocumentType, DocumentState]] = {
    DocumentType.EARSIV: DocumentState.ISSUED,
    DocumentType.EFATURA: DocumentState.DELIVERED,
}


def query(days: Days, index: int) -> dict[str, str]:
    """What one page is asked for with; `index` counts from 0."""
    return {
        "StartDate": f"{days.first.isoformat()}T00:00:00",
        "EndDate": f"{(days.last + timedelta(days=1)).isoformat()}T00:00:00",
        "DateFilterType": "IssueDate",
        "Page": str(index + 1),
        "PageSize": str(PAGE_SIZE),
    }


def page_in(body: dict[str, Any] | Absent | Unclear, kind: DocumentType) -> Page | Unclear:
    """The rows of one page."""
    if isinstance(body, Unclear):
        return body
    content = None if isinstance(body, Absent) else body.get("Content")
    pages = None if isinstance(body, Absent) else whole_or_none(body.get("TotalPages"))
    rows = [_listed(row, kind) for row in content] if isinstance(content, list) else [None]
    read = [row for row in rows if row is not None]
    if isinstance(body, Absent) or pages is None or len(read) < len(rows):
        return Unclear(why="the list has not the form that is described")
    return Page(rows=read, pages=pages, total=whole_or_none(body.get("TotalCount")))


def _listed(row: Any, kind: DocumentType) -> ListedDocument | None:
    """None for a row without a UUID or a date of issue."""
    uuid = text_or_none(row.get("UUID")) if isinstance(row, dict) else None
    issue_date = day_or_none(row.get("IssueDate")) if uuid else None
    if uuid is None or issue_date is None:
        return None
    return ListedDocument(
        provider_reference=uuid.lower(),
        document_type=kind,
        reference=uuid.lower(),
        ettn=uuid.lower(),
        number=text_or_none(row.get("InvoiceNumber")),
        issue_date=issue_date,
        payable=amount_or_none(row.get("PayableAmount")),
        currency=text_or_none(row.get("CurrencyCode")),
        buyer_tax_number=text_or_none(row.get("ReceiverTaxNumber")),
        state=_state_of(row, kind),
    )


def _state_of(row: Mapping[str, Any], kind: DocumentType) -> DocumentState | None:
    if row.get("IsCancel") is True:
        return DocumentState.CANCELLED
    return {**CODES, "succeed": SUCCEEDED[kind]}.get(str(row.get("StatusCode")))
