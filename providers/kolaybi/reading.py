"""What KolayBi has: one invoice by its id, lists in pages, and whether a 404 is an absence or a wrong Channel."""

from collections.abc import Mapping
from itertools import count
from typing import Any, Final

from providers.base import Absent, NotSent, Unclear, Unknown
from providers.formats.rows import digits_or_none, whole_or_none
from providers.kolaybi import answers
from providers.kolaybi.rows import Row, row_in
from providers.transport.http import Deadline, Reply, unclear
from providers.transport.rest import Read

INVOICES: Final = "/invoices"
E_DOCUMENTS: Final = "/e_document/invoices"
COMPANIES: Final = "/companies"
PAGE_SIZE: Final = 100
# A page of a list that ignores the size that is asked for.
SMALLEST_PAGE: Final = 20
MOST_PAGES: Final = 100
# So many texts of invoices are kept for the next list: our mark in one does not change.
MOST_KEPT: Final = 5_000


class Reading:
    """One connection's reads. `company_id`: of the account's companies, the one that is meant."""

    def __init__(self, read: Read, company_id: str | None) -> None:
        self._read = read
        self._company_id = company_id
        self._texts: dict[str, str] = {}

    async def data(
        self, path: str, deadline: Deadline, query: Mapping[str, str] | None = None
    ) -> tuple[Any, Reply] | Absent | Unclear:
        """What a read has answered; Absent only where KolayBi says so while it knows the Channel."""
        reply = await self._read(path, deadline.left(), query=query)
        if isinstance(reply, NotSent | Unknown):
            return unclear(reply)
        if answers.is_not_found(reply):
            wrong = await self.channel_error(deadline)
            return Unclear(why=wrong.why, needs_owner=wrong.needs_owner) if wrong else Absent()
        data = answers.data_in(reply)
        return Unclear(why=answers.said_in(reply)) if data is None else (data, reply)

    async def channel_error(self, deadline: Deadline) -> NotSent | None:
        """Why it is not sure that the Channel is known; None where it is."""
        reply = await self._read(COMPANIES, deadline.left())
        if isinstance(reply, NotSent):
            return reply
        if isinstance(reply, Unknown):
            return NotSent(why=reply.why, retry_after=reply.retry_after)
        if answers.data_in(reply) is not None:
            return None
        why = f"the Channel may be wrong ({answers.said_in(reply)})"
        return NotSent(why=why, needs_owner=answers.is_not_found(reply))

    async def invoice(self, document_id: str, deadline: Deadline) -> Row | Absent | Unclear:
        """One invoice as it is now, a draft among them."""
        found = await self.data(f"{INVOICES}/{document_id}", deadline, {"include_draft": "true"})
        if not isinstance(found, tuple):
            return found
        row = row_in(found[0])
        if row is None or row.id != document_id:
            return Unclear(why=answers.UNREADABLE)
        return row

    async def text_of(self, row: Row, deadline: Deadline) -> str | Unclear | None:
        """The invoice's note, from the list where that has it, else from the invoice itself; None where neither has."""
        kept = row.text or self._texts.get(row.id)
        if kept is not None:
            return kept
        shown = await self.invoice(row.id, deadline)
        if isinstance(shown, Unclear):
            return shown
        text = shown.text if isinstance(shown, Row) else None
        if text is not None and len(self._texts) < MOST_KEPT:
            self._texts[row.id] = text
        return text

    async def invoices(self, query: Mapping[str, str], deadline: Deadline) -> list[Row] | Unclear:
        """The sales invoices of a query, which may be answered with more than that."""
        return _as_rows(await self.rows(INVOICES, query, deadline))

    async def e_documents(self, query: Mapping[str, str], deadline: Deadline) -> list[Row] | Unclear:
        """The same of what has become a document."""
        company = await self.company(deadline)
        if isinstance(company, Unclear):
            return company
        asked = {"company_id": company, "direction": "outbound", **query}
        return _as_rows(await self.rows(E_DOCUMENTS, asked, deadline))

    async def company(self, deadline: Deadline) -> str | Unclear:
        """The id of the company, which e-documents are asked for by."""
        if self._company_id is not None:
            return self._company_id
        rows = await self.rows(COMPANIES, {}, deadline)
        if isinstance(rows, Unclear):
            return rows
        known = [digits_or_none(row.get("company_id")) for row in rows if isinstance(row, Mapping)]
        if len(known) != 1 or known[0] is None:
            why = f"the account has {len(known)} companies: set the connection's option company_id to one of them"
            return Unclear(why=why, needs_owner=True)
        self._company_id = known[0]
        return known[0]

    async def rows(self, path: str, query: Mapping[str, str], deadline: Deadline) -> list[Any] | Unclear:
        """Every row of every page, or none."""
        found: list[Any] = []
        for page in count(1):
            asked = {**query, "page": str(page), "per_page": str(PAGE_SIZE)}
            answered = await self.data(path, deadline, asked)
            if isinstance(answered, Absent):
                return Unclear(why=f"KolayBi has no {path}")
            if isinstance(answered, Unclear):
                return answered
            rows = _rows_in(answered[0])
            if rows is None:
                return Unclear(why=answers.UNREADABLE)
            new = [row for row in rows if row not in found]
            found += new
            if _is_last(_pages_in(answered[1]), page, rows, new):
                return found
            if page >= MOST_PAGES:
                break
        return Unclear(why=f"the list {path} does not end")


def _as_rows(rows: list[Any] | Unclear) -> list[Row] | Unclear:
    """All of them, or none: a row that cannot be read may be the one that is looked for."""
    if isinstance(rows, Unclear):
        return rows
    read = [row_in(row) for row in rows]
    known = [row for row in read if row is not None]
    return known if len(known) == len(read) else Unclear(why=answers.UNREADABLE)


def _rows_in(data: Any) -> list[Any] | None:
    """At `data`, `data.data` or `data.items`."""
    if isinstance(data, Mapping):
        data = data.get("data", data.get("items"))
    return data if isinstance(data, list) else None


def _pages_in(reply: Reply) -> int | None:
    """How many pages the list has, where it says so."""
    body = reply.json()
    places = [body.get("data"), body.get("meta"), body]
    said = [whole_or_none(place.get("last_page")) for place in places if isinstance(place, Mapping)]
    return next((pages for pages in said if pages is not None), None)


def _is_last(pages: int | None, page: int, rows: list[Any], new: list[Any]) -> bool:
    if pages is not None:
        return page >= pages
    return not new or len(rows) < SMALLEST_PAGE
