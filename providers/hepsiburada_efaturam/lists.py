"""The list of outgoing invoices, of both types together: `ExecutionDate` is the invoice's own date."""

from collections.abc import Mapping
from typing import Any, Final

from app.domain.documents import DocumentType
from app.domain.exact_json import JsonValue
from providers.base import Issued, NotSent, Unclear, Unknown
from providers.base.reads import Days, ListedDocument
from providers.formats.rows import amount_or_none, day_or_none, text_or_none, whole_or_none
from providers.hepsiburada_efaturam.answers import Said, field, state_of
from providers.transport.http import unclear
from providers.transport.pages import PAGE_SIZE, Page

# By the names of `Scenario` and of `Type`, in small letters; what their numbers mean is not published.
TYPES: Final[Mapping[str, DocumentType]] = {
    "earchive": DocumentType.EARSIV,
    "einvoice": DocumentType.EFATURA,
    "baseinvoice": DocumentType.EFATURA,
    "comercialinvoice": DocumentType.EFATURA,
}

# The list is asked for once: it has both types.
ONE: Final = (DocumentType.EARSIV,)


def query(days: Days, index: int) -> JsonValue:
    """What one page is asked for with; `index` counts from 0."""
    return {
        "PageIndex": index,
        "PageSize": PAGE_SIZE,
        "ExecutionStartDate": f"{days.first.isoformat()}T00:00:00",
        "ExecutionEndDate": f"{days.last.isoformat()}T23:59:59",
    }


def page_in(said: Said | NotSent | Unknown) -> Page | Unclear:
    """The rows of one page."""
    if not isinstance(said, Said):
        return unclear(said)
    if not said.succeeded:
        return Unclear(why=said.message or "the list was refused without a reason")
    items, pages = field(said.value, "Items"), whole_or_none(field(said.value, "TotalPages"))
    rows = [_listed(row) for row in items] if isinstance(items, list) else [None]
    read = [row for row in rows if row is not None]
    if pages is None or len(read) < len(rows):
        return Unclear(why="the list has not the form that is described")
    return Page(rows=read, pages=pages, total=whole_or_none(field(said.value, "TotalCount")))


def _listed(row: Any) -> ListedDocument | None:
    """None for a row without a UUID, which is `DocumentId` here, or a date."""
    uuid, issue_date = text_or_none(field(row, "DocumentId")), day_or_none(field(row, "ExecutionDate"))
    if uuid is None or issue_date is None:
        return None
    kind = _type_of(row)
    return ListedDocument(
        provider_reference=uuid.lower(),
        document_type=kind,
        reference=text_or_none(field(row, "LocalDocumentId")),
        ettn=uuid.lower(),
        number=text_or_none(field(row, "InvoiceId")),
        issue_date=issue_date,
        payable=amount_or_none(field(row, "PayableAmount")),
        currency=text_or_none(field(row, "DocumentCurrencyCode")),
        buyer_tax_number=text_or_none(field(row, "TargetTcknVkn")),
        state=state_of(row, Issued(reference=uuid, document_type=kind)) if kind else None,
    )


def _type_of(row: Any) -> DocumentType | None:
    said = (field(row, name) for name in ("Scenario", "Type"))
    return next((TYPES[each.lower()] for each in said if isinstance(each, str) and each.lower() in TYPES), None)
