"""Sovos's e-Fatura service: which calls each ability takes.

Its namespace has one slash behind `http:`, which is no slip, and its fields have it too. A document is in the queue
when the answer comes: what becomes of it is asked by its UUID, or of an account with the older description (WSDL 2.0)
by the envelope that it is in.
"""

import base64
from dataclasses import dataclass
from typing import Final

from providers.base import Absent, Done, Finding, Issued, Outcome, Prepared, Unclear
from providers.base.reads import Days, DocumentFile, FileForm
from providers.formats.elements import Element, Field, text, written
from providers.formats.ubl import compared, summary_of
from providers.formats.zips import zipped
from providers.sovos import efatura_answers as answers
from providers.sovos import files, lists
from providers.sovos.connection import SovosOptions
from providers.taxpayers import MAILBOX_SHARE, mailbox_in
from providers.transport.http import Deadline
from providers.transport.pages import Page
from providers.transport.soap import Answer, SoapService

NAMESPACE: Final = "http:/fitcons.com/eInvoice/"
OUTBOUND: Final = "OUTBOUND"
VIEWS: Final = {FileForm.PDF: "PDF", FileForm.HTML: "HTML"}


@dataclass(frozen=True, slots=True)
class EFatura:
    """The service, as one connection has it."""

    service: SoapService
    options: SovosOptions

    async def create(self, prepared: Prepared, seconds: float) -> Outcome:
        """Sends the document to the buyer's mailbox, which is read anew for each attempt."""
        deadline, buyer = Deadline(seconds), summary_of(prepared.request).buyer
        mailbox = mailbox_in(await self.mailboxes(buyer, seconds * MAILBOX_SHARE))
        if not isinstance(mailbox, str):
            return mailbox
        packed = zipped(f"{prepared.reference}.xml", prepared.request.encode())
        fields = {
            "VKN_TCKN": self.options.tax_number,
            "SenderIdentifier": self.options.sender_alias,
            "ReceiverIdentifier": mailbox,
            "DocType": "INVOICE",
            "DocData": base64.b64encode(packed).decode(),
        }
        answer = await self._call("sendUBL", fields, deadline.left(), is_read=False)
        return answers.created(answer, prepared)

    async def find_prepared(self, prepared: Prepared, seconds: float) -> Finding:
        """By UUID; compared by the document itself."""
        deadline = Deadline(seconds)
        found = await self._found(prepared.reference, deadline)
        if not isinstance(found, Done):
            return found
        field = await self._ubl(prepared.reference, deadline)
        there = field if isinstance(field, Absent | Unclear) else files.summary_in(field)
        if there is None or isinstance(there, Absent | Unclear):
            return there if isinstance(there, Unclear) else Unclear(why="its state is there, and its UBL is not")
        return compared(there, summary_of(prepared.request), prepared.number) or found

    async def state(self, document: Prepared | Issued, seconds: float) -> Done | Absent | Unclear:
        """Its legal state now."""
        return await self._found(document.reference, Deadline(seconds))

    async def mailboxes(self, tax_number: str, seconds: float) -> list[str] | Unclear:
        """The aliases under which a taxpayer gets e-Fatura; none of one who is not registered."""
        fields = {**self._account(), "Role": "PK", "Filter_VKN_TCKN": tax_number}
        return answers.aliases_in(await self._call("getUserList", fields, seconds), tax_number)

    async def list_page(self, days: Days, index: int, seconds: float) -> Page | Unclear:
        """What Sovos has taken on one of the days: its lists reach over no more."""
        day = list(days)[index].isoformat()
        asked = {**self._account(), "DocType": "INVOICE", "Type": OUTBOUND}
        asked |= {"FromDate": f"{day}T00:00:00", "ToDate": f"{day}T23:59:59"}
        rows = answers.rows_in(await self._call("getUBLList", asked, seconds))
        return rows if isinstance(rows, Unclear) else lists.of_day(map(lists.efatura_row, rows), days)

    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        """The document, or its view. Sovos advises against PDF for some designs: their HTML is right."""
        deadline = Deadline(seconds)
        field = await (
            self._view(issued, VIEWS[form], deadline) if form in VIEWS else self._ubl(issued.reference, deadline)
        )
        if not isinstance(field, str):
            return field
        return files.file_in(field, form, issued.reference) or Unclear(why=f"what came is not the document's {form}")

    async def _found(self, reference: str, deadline: Deadline) -> Done | Absent | Unclear:
        if self.options.has_invoice_status:
            asked = {"UUID": reference, "CustInvID": reference, **self._account(), "Type": OUTBOUND}
            answer = await self._call("getInvoiceStatus", {"InvoiceStatusRequest": asked}, deadline.left())
            return answers.status_in(answer, reference)
        row = await self._row(reference, deadline)
        if not isinstance(row, Element):
            return row
        asked = {**self._account(), "UUID": text(row, "EnvUUID")}
        answer = await self._call("getEnvelopeStatus", asked, deadline.left())
        return answers.envelope_in(answer, row, reference)

    async def _row(self, reference: str, deadline: Deadline) -> Element | Absent | Unclear:
        asked = {**self._account(), "UUID": reference, "DocType": "INVOICE", "Type": OUTBOUND}
        return answers.row_in(await self._call("getUBLList", asked, deadline.left()), reference)

    async def _ubl(self, reference: str, deadline: Deadline) -> str | Absent | Unclear:
        asked = {**self._account(), "UUID": reference, "DocType": "INVOICE", "Type": OUTBOUND, "Parameters": "DOC_DATA"}
        return answers.data_in(await self._call("getUBL", asked, deadline.left()), "getUBL")

    async def _view(self, issued: Issued, view: str, deadline: Deadline) -> str | Absent | Unclear:
        reference = issued.reference
        asked = {"UUID": reference, "CustInvID": reference, **self._account(), "Type": OUTBOUND, "DocType": view}
        return answers.data_in(await self._call("getInvoiceView", asked, deadline.left()), "getInvoiceView")

    async def _call(self, operation: str, fields: dict[str, Field], seconds: float, *, is_read: bool = True) -> Answer:
        body = written(NAMESPACE, f"{operation}Request", fields, qualified=True)
        return await self.service.call(operation, body, seconds, is_read=is_read)

    def _account(self) -> dict[str, Field]:
        """Whose documents are meant: the sender's alias and number."""
        return {"Identifier": self.options.sender_alias, "VKN_TCKN": self.options.tax_number}
