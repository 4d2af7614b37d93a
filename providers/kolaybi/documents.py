"""Which of what KolayBi has is meant: by its id, by number or UUID, by our mark, or by all that it shows."""

from datetime import UTC, date, datetime
from typing import Any, Final

from app.domain.documents import DocumentState, DocumentType
from app.domain.time import legal_date
from providers.base import Absent, Different, Done, Finding, Issued, Step, StepInput, Unclear
from providers.formats.notes import mark_of
from providers.kolaybi import answers, mapping
from providers.kolaybi.options import DATES, Options
from providers.kolaybi.reading import Reading
from providers.kolaybi.rows import Row
from providers.transport.http import Deadline

E_DOCUMENT_DATES: Final = DATES["min_issue_date"]


class Documents:
    """One connection's."""

    def __init__(self, reading: Reading, options: Options) -> None:
        self._reading = reading
        self._dates = options.dates

    async def candidates(self, asked: StepInput, deadline: Deadline) -> tuple[Done, ...] | Different | Unclear:
        """The invoices of this buyer and day with our mark; one that shows no note comes to the same, at the least."""
        parts = mapping.parts_of(asked.prepared)
        invoice, contact = parts["invoice"], asked.made.get(Step.CONTACT)
        day = date.fromisoformat(invoice["order_date"])
        query = {"type": invoice["type"], **dict(zip(self._dates, (day.isoformat(),) * 2, strict=True))}
        if contact is not None:
            query["associate_id"] = contact.reference.partition(mapping.BETWEEN)[0]
        rows = await self._reading.invoices(query, deadline)
        if isinstance(rows, Unclear):
            return rows
        buyer = parts["contact"]["identity_no"]
        found: list[Done] = []
        mark = mark_of(asked.prepared.reference)
        for row in (row for row in rows if row.day in {None, day} and _may_be_ours(row, buyer, mark)):
            text = await self._reading.text_of(row, deadline)
            if isinstance(text, Unclear):
                return text
            different = answers.difference(row, asked.prepared.payable, invoice["currency"], buyer)
            if text is not None and mark not in text:
                continue
            if different is not None:
                if text is not None:
                    return different
                continue
            done = answers.done_in(row)
            if done is None:
                return Unclear(why=answers.UNREADABLE)
            found.append(done)
        return tuple(found)

    async def e_document(self, asked: StepInput, deadline: Deadline) -> Finding:
        """The document of the invoice that an earlier step has made: Absent while that is a draft.

        Unclear of a draft whose total KolayBi has shown nowhere: it must not become legal unseen.
        """
        row = await self._reading.invoice(asked.made[Step.INVOICE].reference, deadline)
        if isinstance(row, Absent):
            return Different(detail="the invoice that it is made from is no longer there")
        if isinstance(row, Unclear):
            return row
        parts = mapping.parts_of(asked.prepared)
        currency, buyer = parts["invoice"]["currency"], parts["contact"]["identity_no"]
        different = answers.difference(row, asked.prepared.payable, currency, buyer)
        found = different or answers.e_document_in(row)
        is_unseen = row.total is None and asked.made[Step.INVOICE].payable is None
        return Unclear(why=answers.TOTAL_UNSEEN) if is_unseen and isinstance(found, Absent) else found

    async def followed(self, done: Done, deadline: Deadline) -> Done | Absent | Unclear:
        """The invoice now; of an e-Fatura the list of documents says whether it has reached its buyer."""
        row = await self._reading.invoice(done.reference, deadline)
        if isinstance(row, Absent):
            return Unclear(why="the invoice is no longer there") if done.number else row
        if isinstance(row, Unclear):
            return row
        if row.document_type is DocumentType.EFATURA and answers.state_of(row) is DocumentState.ISSUED:
            listed = await self._reading.e_documents({"document_id": row.id}, deadline)
            if isinstance(listed, Unclear):
                return listed
            row = next((each for each in listed if each.id == row.id), row)
        return answers.done_in(row) or Unclear(why=answers.UNREADABLE)

    async def meant(self, issued: Issued, deadline: Deadline) -> Row | Absent | Different | Unclear:
        """In the list of documents; where that has it not, by KolayBi's id, and without a name by our mark."""
        names = {issued.number, issued.ettn, issued.provider_reference} - {None}
        if not names:
            return await self._marked(issued, deadline)
        first, last = days_of(issued)
        query = dict(zip(E_DOCUMENT_DATES, (first.isoformat(), last.isoformat()), strict=True))
        rows = await self._reading.e_documents(query, deadline)
        if isinstance(rows, Unclear):
            return rows
        same = [row for row in rows if names & {row.number, row.ettn, row.id}]
        if len(same) > 1:
            return Different(detail=f"KolayBi has {len(same)} of it: {', '.join(row.number or row.id for row in same)}")
        return same[0] if same else await self._by_id(issued, deadline)

    async def _by_id(self, issued: Issued, deadline: Deadline) -> Row | Absent | Unclear:
        """A cancelled e-Arşiv is deleted: what had a number, and is gone while KolayBi knows us, was cancelled."""
        if issued.provider_reference is None:
            return Absent()
        row = await self._reading.invoice(issued.provider_reference, deadline)
        is_gone = isinstance(row, Absent) and issued.document_type is DocumentType.EARSIV and issued.number
        return _gone(issued, issued.provider_reference) if is_gone else row

    async def _marked(self, issued: Issued, deadline: Deadline) -> Row | Absent | Different | Unclear:
        first, last = days_of(issued)
        marked: list[Row] = []
        for kind in (mapping.SALE, mapping.RETURN):
            query = {"type": kind, **dict(zip(self._dates, (first.isoformat(), last.isoformat()), strict=True))}
            rows = await self._reading.invoices(query, deadline)
            if isinstance(rows, Unclear):
                return rows
            for row in rows:
                text = await self._reading.text_of(row, deadline)
                if isinstance(text, Unclear):
                    return text
                marked += [row] if text and mark_of(issued.reference) in text and row not in marked else []
        if len(marked) > 1:
            return Different(detail=f"KolayBi has {len(marked)} of it: {', '.join(row.id for row in marked)}")
        return await self._reading.invoice(marked[0].id, deadline) if marked else Absent()


def _may_be_ours(row: Row, buyer: str, mark: str) -> bool:
    """What shows our mark is ours, whoever it is made out to by now."""
    return row.buyer in {None, buyer} or mark in (row.text or "")


def days_of(issued: Issued) -> tuple[date, date]:
    """The first and last day on which it may be."""
    if issued.issue_date is not None:
        return issued.issue_date, issued.issue_date
    in_number = (issued.number or "")[3:7]
    year = int(in_number) if in_number.isascii() and in_number.isdecimal() else legal_date(datetime.now(UTC)).year
    return date(max(year, 1), 1, 1), date(max(year, 1), 12, 31)


def _gone(issued: Issued, document_id: str) -> Row:
    nothing: dict[str, Any] = dict.fromkeys(("scenario", "total", "currency", "day", "buyer", "text"))
    return Row(id=document_id, number=issued.number, ettn=issued.ettn, status="cancelled", **nothing)
