"""Paraşüt's lists of what was issued: the sales invoices of a day that have an e-document of one kind.

Only an exact date is a documented filter, so each day is asked for by itself. Whether a list shows the number of the
e-document is not said, and cancelled sales invoices drop out of it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from app.domain.documents import DocumentType
from app.domain.money import LIRA
from providers.base import Unclear
from providers.base.reads import Days, ListedDocument
from providers.formats.rows import day_or_none
from providers.parasut.answers import Resource
from providers.parasut.books import Books
from providers.parasut.mapping import PARASUT_LIRA
from providers.transport.http import Deadline

# Paraşüt's words for what a sales invoice was sent as.
SENT: Final[Mapping[DocumentType, str]] = MappingProxyType(
    {DocumentType.EARSIV: "e_archive_sent", DocumentType.EFATURA: "e_invoice_sent"}
)


async def list_issued(books: Books, days: Days, seconds: float) -> tuple[ListedDocument, ...] | Unclear:
    """Every day's, each kind's; what is of another day than was asked for is left out."""
    deadline, found = Deadline(seconds), dict[str, ListedDocument]()
    for day in days:
        for kind, word in SENT.items():
            query = {"filter[issue_date]": day.isoformat(), "filter[print_status]": word}
            rows = await books.sales_invoices(query, deadline.left())
            if isinstance(rows, Unclear):
                return rows
            listed = [_listed(row, kind) for row in rows]
            found |= {each.provider_reference: each for each in listed if each.issue_date in {None, day}}
    return tuple(found.values())


def _listed(invoice: Resource, kind: DocumentType) -> ListedDocument:
    before, vat = invoice.amount("before_taxes_total"), invoice.amount("total_vat")
    is_sum = before is not None and vat is not None and not invoice.amount("total_vat_withholding")
    currency = invoice.text("currency")
    return ListedDocument(
        provider_reference=invoice.id,
        document_type=kind,
        reference=_reference_in(invoice),
        issue_date=day_or_none(invoice.attributes.get("issue_date")),
        payable=before + vat if is_sum and before is not None and vat is not None else None,
        currency=LIRA if currency == PARASUT_LIRA else currency,
        buyer_tax_number=invoice.text("tax_number"),
    )


def _reference_in(invoice: Resource) -> str | None:
    """Our mark is the last word of the description; another program's sales invoices have none."""
    last = (invoice.text("description") or "").rpartition(" ")[2]
    try:
        return last if f"{UUID(last)}" == last else None
    except ValueError:
        return None
