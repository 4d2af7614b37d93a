"""Sovos's e-Arşiv service: which calls each ability takes.

Only the root of a message has a namespace; its fields have none.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.time import legal_date
from providers.base import (
    Absent,
    Done,
    Finding,
    Issued,
    NotSent,
    Outcome,
    Prepared,
    Refused,
    Unclear,
    Unknown,
)
from providers.base.reads import Days, DocumentFile, FileForm
from providers.formats.elements import Element, Field, written
from providers.formats.ubl import UblSummary, compared, summary_of
from providers.formats.zips import zipped
from providers.sovos import earsiv_answers as answers
from providers.sovos import faults, files, lists
from providers.sovos.connection import SovosOptions
from providers.transport.http import Deadline, unclear
from providers.transport.pages import Page
from providers.transport.soap import Answer, SoapFault, SoapService

INVOICE: Final = "http://fitcons.com/earchive/invoice"
CANCELLATION: Final = "http://fitcons.com/earchive/invoicecancellation"
MAKING: Final = frozenset({"sendInvoice", "cancelInvoice"})
OUTPUTS: Final = {FileForm.PDF: "PDF", FileForm.HTML: "HTML"}
A_DAY: Final = timedelta(days=1)
# An e-Arşiv is dated two months back at the most: without its day it is looked for so far.
TWO_MONTHS: Final = timedelta(days=62)
SIGNED: Final = frozenset({DocumentState.ISSUED, DocumentState.CANCELLED})
NOT_FOUND: Final = FieldError(path="$", code="SOVOS_NOT_FOUND", message="Sovos does not know the document")


@dataclass(frozen=True, slots=True)
class EArsiv:
    """The service, as one connection has it."""

    service: SoapService
    options: SovosOptions

    async def create(self, prepared: Prepared, seconds: float) -> Outcome:
        """Sends the document. A refusal is believed only when the document is not there: its codes are not known."""
        deadline = Deadline(seconds)
        outcome = answers.created(await self._call("sendInvoice", self._sending(prepared), deadline), prepared)
        if not isinstance(outcome, Refused):
            return outcome
        said = "; ".join(error.message for error in outcome.errors)
        if answers.may_be_there(outcome):
            return Unknown(why=f"it may be there already: {said}")
        found = await self._found(prepared, deadline)
        return outcome if isinstance(found, Absent) else Unknown(why=f"refused, and not known to be absent: {said}")

    async def find_prepared(self, prepared: Prepared, seconds: float) -> Finding:
        """By UUID; compared by the signed document, or before it is signed by its row in the list."""
        deadline, sent = Deadline(seconds), summary_of(prepared.request)
        found = await self._found(prepared, deadline)
        if not isinstance(found, Done):
            return found
        if found.state in SIGNED:
            signed = await self._signed(prepared.reference, deadline)
            return signed if isinstance(signed, Unclear) else compared(signed, sent, prepared.number) or found
        row = await self._row(prepared, deadline)
        if isinstance(row, Absent):
            return Unclear(why="its state is there, and it is not in the list")
        return row if isinstance(row, Unclear) else answers.compared_row(row, sent, prepared.number) or found

    async def state(self, document: Prepared | Issued, seconds: float) -> Done | Absent | Unclear:
        """Its legal state now."""
        return await self._found(document, Deadline(seconds))

    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        """Cancels by number and exact total without VAT, which are read from the signed document."""
        deadline = Deadline(seconds)
        signed = await self._signed(issued.reference, deadline)
        if isinstance(signed, UblSummary):
            answer = await self._call("cancelInvoice", self._cancelling(signed), deadline)
            return answers.cancelled(answer, signed)
        if not signed.needs_owner and isinstance(await self._found(issued, deadline), Absent):
            return Refused(errors=(NOT_FOUND,))
        return NotSent(why=signed.why, retry_after=signed.retry_after, needs_owner=signed.needs_owner)

    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        """The signed document, or its image; both come when it is signed."""
        deadline = Deadline(seconds)
        field = await self._file(issued.reference, OUTPUTS.get(form), deadline)
        file = files.file_in(field, form, issued.reference) if isinstance(field, str) else None
        if file is not None:
            return file
        there = await self._found(issued, deadline)
        if isinstance(there, Done):
            return Unclear(why=f"what came is not the document's {form}; it may not be signed yet")
        return there

    async def list_page(self, days: Days, index: int, seconds: float) -> Page | Unclear:
        """One day: Sovos's lists reach over no more."""
        day = list(days)[index].isoformat()
        fields = {"senderId": self.options.tax_number, "queryStartDate": day, "queryEndDate": day}
        rows = answers.rows_in(await self._call("detailedInvoiceQuery", _query(fields), Deadline(seconds)))
        return rows if isinstance(rows, Unclear) else lists.of_day(map(lists.earsiv_row, rows), days)

    async def open_account(self, tax_number: str, seconds: float) -> Unclear | None:
        """None when the login opens the account of this tax number: it may ask for its documents of today."""
        today = legal_date(datetime.now(UTC)).isoformat()
        fields = {"senderId": tax_number, "queryStartDate": today, "queryEndDate": today}
        rows = answers.rows_in(await self._call("detailedInvoiceQuery", _query(fields), Deadline(seconds)))
        return rows if isinstance(rows, Unclear) else None

    async def _call(self, operation: str, body: Element, deadline: Deadline) -> Answer:
        return await self.service.call(operation, body, deadline.left(), is_read=operation not in MAKING)

    async def _found(self, document: Prepared | Issued, deadline: Deadline) -> Done | Absent | Unclear:
        """By its state; absent only when it has none and the list of documents is without it.

        One that has come into the list between both questions is asked for its state once more.
        """
        state = await self._state(document.reference, deadline)
        if not isinstance(state, Absent):
            return state
        row = await self._row(document, deadline)
        if isinstance(row, Absent | Unclear):
            return row
        state = await self._state(document.reference, deadline)
        return Unclear(why="it is in the list, and has no state") if isinstance(state, Absent) else state

    async def _state(self, reference: str, deadline: Deadline) -> Done | Absent | Unclear:
        asked = written(INVOICE, "getStatusRequestType", {"UUID": reference}, qualified=False)
        return answers.state_in(await self._call("getStatus", asked, deadline), reference, self.options)

    async def _row(self, document: Prepared | Issued, deadline: Deadline) -> Element | Absent | Unclear:
        reference = document.reference
        fields = {"senderId": self.options.tax_number, **_days_of(document), "custinvID": reference, "UUID": reference}
        return answers.row_in(await self._call("detailedInvoiceQuery", _query(fields), deadline), reference)

    async def _signed(self, reference: str, deadline: Deadline) -> UblSummary | Unclear:
        field = await self._file(reference, None, deadline)
        if isinstance(field, Unclear):
            return field
        found = files.summary_in(field)
        is_ours = found is not None and found.uuid == reference.lower()
        return found if found is not None and is_ours else Unclear(why="what came is not the signed document")

    async def _file(self, reference: str, output: str | None, deadline: Deadline) -> str | Unclear:
        """The base64 of the image, or without an `output` of the signed document; empty where there is none yet."""
        operation = "getInvoiceDocument" if output else "getSignedInvoice"
        fields = {"UUID": reference, "vkn": self.options.tax_number, "outputType": output}
        answer = await self._call(
            operation, written(INVOICE, f"{operation}RequestType", fields, qualified=False), deadline
        )
        if isinstance(answer, SoapFault):
            return faults.unclear_of(answer)
        return unclear(answer) if isinstance(answer, NotSent | Unknown) else answers.file_field(answer, operation)

    def _sending(self, prepared: Prepared) -> Element:
        sent = summary_of(prepared.request)
        packed = zipped(f"{prepared.reference}.xml", prepared.request.encode())
        fields = {
            "senderID": sent.seller,
            "receiverID": self.options.receiver_of(sent.buyer),
            "docType": "XML",
            "fileName": prepared.reference,
            "hash": hashlib.md5(packed, usedforsecurity=False).hexdigest(),
            "binaryData": base64.b64encode(packed).decode(),
            "customizationParams": {"paramName": "BRANCH", "paramValue": self.options.branch},
            "responsiveOutput": {"outputType": "NONE"},
        }
        return written(INVOICE, "sendInvoiceRequestType", fields, qualified=False)

    def _cancelling(self, signed: UblSummary) -> Element:
        info = {
            "invoiceId": signed.number,
            "vkn": signed.seller,
            "branch": self.options.branch,
            "totalAmount": f"{signed.tax_exclusive:f}",
            # On the day of its issue at the earliest, whatever the clocks say.
            "cancelDate": max(legal_date(datetime.now(UTC)).isoformat(), signed.issue_date),
        }
        fields = {"invoiceCancelInfoTypeList": info}
        return written(CANCELLATION, "invoiceCancellationServiceRequestType", fields, qualified=False)


def _query(fields: Mapping[str, Field]) -> Element:
    return written(INVOICE, "detailedInvoiceQueryRequest", fields, qualified=False)


def _days_of(document: Prepared | Issued) -> dict[str, Field]:
    """The days between which the list is asked for a document."""
    day = legal_date(document.issued_at) if isinstance(document, Prepared) else document.issue_date
    last = day or legal_date(datetime.now(UTC))
    first = last - (A_DAY if day else TWO_MONTHS)
    return {"queryStartDate": first.isoformat(), "queryEndDate": (last + A_DAY).isoformat()}
