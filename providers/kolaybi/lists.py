"""KolayBi's list of e-documents by their day of issue. It shows no note, so a row has no reference of ours."""

from app.domain.documents import DocumentState
from providers.base import Unclear
from providers.base.reads import Days, ListedDocument
from providers.kolaybi.answers import state_of
from providers.kolaybi.documents import E_DOCUMENT_DATES
from providers.kolaybi.reading import Reading
from providers.kolaybi.rows import Row
from providers.transport.http import Deadline


async def list_issued(reading: Reading, days: Days, seconds: float) -> tuple[ListedDocument, ...] | Unclear:
    """What has become a document. The days that are asked for are not always heeded: rows are held to their own."""
    query = dict(zip(E_DOCUMENT_DATES, (days.first.isoformat(), days.last.isoformat()), strict=True))
    rows = await reading.e_documents(query, Deadline(seconds))
    if isinstance(rows, Unclear):
        return rows
    found = {row.id: _listed(row) for row in rows if row.day is None or row.day in days}
    return tuple(found.values())


def _listed(row: Row) -> ListedDocument:
    state = state_of(row)
    return ListedDocument(
        provider_reference=row.id,
        document_type=row.document_type,
        ettn=row.ettn.lower() if row.ettn else None,
        number=row.number,
        issue_date=row.day,
        payable=row.total,
        currency=row.currency.upper() if row.currency else None,
        buyer_tax_number=row.buyer,
        # What it makes of a word that is not known is a guess, and none for a comparison.
        state=None if state is DocumentState.PROCESSING else state,
    )
