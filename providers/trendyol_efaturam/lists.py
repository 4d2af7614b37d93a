"""The search of documents as a list by days, which is hardly known: one client asks it, for one reference.

So the days are sent as the search of incoming documents has them, and the rows are held to their own date whether they
count or not. In which unit a row has its amounts is not known: kuruş, or the currency's own; none is taken from it.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from app.domain.documents import DocumentType
from app.domain.exact_json import JsonValue
from app.domain.time import ISTANBUL, legal_date
from providers.base import Issued, Unclear
from providers.base.reads import Days, ListedDocument
from providers.formats.rows import text_or_none, whole_or_none
from providers.transport.http import Reply
from providers.transport.pages import PAGE_SIZE, Page
from providers.transport.rest import OK
from providers.trendyol_efaturam.answers import state_of

UNREADABLE: Final = "the search has not the form that is known"


def query(days: Days, index: int) -> dict[str, JsonValue]:
    """What one page is asked for with; `index` counts from 0. The days are Turkey's."""
    return {
        "startDate": _beginning_of(days.first),
        "endDate": _beginning_of(days.last + timedelta(days=1)),
        "page": index,
        "size": PAGE_SIZE,
    }


def page_in(reply: Reply, kind: DocumentType) -> Page | Unclear:
    """The rows of one page."""
    body = reply.json() if reply.status == OK else None
    content = body.get("content") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(content, list):
        return Unclear(why=reply.excerpt())
    rows = [_listed(row, kind) for row in content]
    read = [row for row in rows if row is not None]
    if len(read) < len(rows):
        return Unclear(why=UNREADABLE)
    return Page(rows=read, pages=whole_or_none(body.get("totalPages")), total=whole_or_none(body.get("totalElements")))


def _listed(row: Any, kind: DocumentType) -> ListedDocument | None:
    """None for a row without a UUID or a date."""
    uuid = text_or_none(row.get("invoiceUuid")) if isinstance(row, dict) else None
    issue_date = _day_in(row.get("issuedAt")) if uuid else None
    if uuid is None or issue_date is None:
        return None
    return ListedDocument(
        provider_reference=uuid.lower(),
        document_type=kind,
        reference=text_or_none(row.get("localReferenceId")),
        ettn=uuid.lower(),
        number=text_or_none(row.get("invoiceId")),
        issue_date=issue_date,
        currency=text_or_none(row.get("currency")),
        buyer_tax_number=text_or_none(row.get("receiverTaxId")),
        state=state_of(row, Issued(reference=uuid, document_type=kind)),
    )


def _beginning_of(day: date) -> str:
    moment = datetime.combine(day, time(), ISTANBUL).astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def _day_in(moment: object) -> date | None:
    """The day in Turkey; a moment without a zone is in Turkish time."""
    try:
        read = datetime.fromisoformat(moment) if isinstance(moment, str) else None
    except ValueError:
        return None
    if read is None:
        return None
    return legal_date(read) if read.tzinfo else read.date()
