"""Rows of Sovos's two lists. A list reaches over one day, so each day is a page of its own."""

from collections.abc import Iterable

from app.domain.documents import DocumentType
from providers.base import Unclear
from providers.base.reads import Days, ListedDocument
from providers.formats.elements import Element, text
from providers.formats.rows import day_or_none
from providers.transport.pages import Page


def of_day(rows: Iterable[ListedDocument | None], days: Days) -> Page | Unclear:
    """The page of one of these days. Unclear where a row is of no document."""
    read = list(rows)
    known = [row for row in read if row is not None]
    if len(known) < len(read):
        return Unclear(why="the list has a row without a UUID")
    return Page(rows=known, pages=len(list(days)))


def earsiv_row(row: Element) -> ListedDocument | None:
    """Whether `invoiceAmount` is with VAT or without is not described, so no amount is taken from it."""
    uuid = text(row, "invoiceUUID").lower()
    if not uuid:
        return None
    return ListedDocument(
        provider_reference=uuid,
        document_type=DocumentType.EARSIV,
        reference=text(row, "customerInvoiceID") or None,
        ettn=uuid,
        number=text(row, "invoiceID") or None,
        issue_date=day_or_none(text(row, "invoiceDate")),
    )


def efatura_row(row: Element) -> ListedDocument | None:
    """Its list shows no date of issue: a document is on the day on which Sovos has taken it."""
    uuid = text(row, "UUID").lower()
    if not uuid:
        return None
    return ListedDocument(
        provider_reference=uuid,
        document_type=DocumentType.EFATURA,
        reference=text(row, "CustInvID") or None,
        ettn=uuid,
        number=text(row, "ID") or None,
    )
