"""QNB's connectorService for e-Fatura: which calls each ability takes.

A document is in a queue when the answer comes: what becomes of it is asked by the local number under which we sent it
(`belgeNo`, which is our document id). Its own file is there once it is processed, which is not yet delivered.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.documents import DocumentState
from providers.base import Absent, Done, Finding, Issued, Outcome, Prepared, Unclear
from providers.base.reads import Checked, Days, DocumentFile, FileForm
from providers.formats.elements import Field, written
from providers.formats.ubl import compared, summary_of
from providers.qnb_esolutions import checks, lists
from providers.qnb_esolutions import efatura_answers as answers
from providers.qnb_esolutions.connection import QnbOptions
from providers.taxpayers import MAILBOX_SHARE, mailbox_in
from providers.transport.http import Deadline
from providers.transport.pages import Page
from providers.transport.soap import Answer, SoapService

NAMESPACE: Final = "http://service.connector.uut.cs.com.tr/"
KIND: Final = "FATURA_UBL"
FORMATS: Final[Mapping[FileForm, str]] = {FileForm.XML: "UBL", FileForm.HTML: "HTML", FileForm.PDF: "PDF"}
# With this version the answer has all of its fields.
ALL_FIELDS: Final = "6.0"


@dataclass(frozen=True, slots=True)
class EFatura:
    """The service, as one connection has it."""

    service: SoapService
    options: QnbOptions

    async def create(self, prepared: Prepared, seconds: float) -> Outcome:
        """Sends the document to the buyer's mailbox, which is read anew for each attempt."""
        deadline, buyer = Deadline(seconds), summary_of(prepared.request).buyer
        mailbox = mailbox_in(await self.mailboxes(buyer, seconds * MAILBOX_SHARE))
        if not isinstance(mailbox, str):
            return mailbox
        fields = {"parametreler": self._sending(prepared, mailbox)}
        answer = await self._call("belgeGonderExt", fields, deadline.left(), is_read=False)
        return answers.created(answer, prepared)

    async def find_prepared(self, prepared: Prepared, seconds: float) -> Finding:
        """By our local number; compared by the document itself, once it is processed."""
        deadline = Deadline(seconds)
        found = await self._found(prepared.reference, deadline)
        if not isinstance(found, answers.Status):
            return found
        if not found.has_file:
            is_rejected = found.done.state is DocumentState.REJECTED
            return found.done if is_rejected else Unclear(why="the document is still in QNB's queue")
        content = answers.file_content(await self._file(prepared.reference, FileForm.XML, deadline))
        try:
            there = summary_of(content)
        except ValueError:
            return Unclear(why="the document is there, and its UBL is not")
        return compared(there, summary_of(prepared.request), prepared.number) or found.done

    async def state(self, document: Prepared | Issued, seconds: float) -> Done | Absent | Unclear:
        """Its legal state now."""
        found = await self._found(document.reference, Deadline(seconds))
        return found.done if isinstance(found, answers.Status) else found

    async def mailboxes(self, tax_number: str, seconds: float) -> list[str] | Unclear:
        """The aliases under which a taxpayer gets e-Fatura; none of one who is not registered."""
        answer = await self._call("efaturaKullaniciBilgisi", {"vergiTcKimlikNo": tax_number}, seconds)
        return answers.mailboxes_in(answer, tax_number)

    async def credits(self, kinds: Iterable[str], seconds: float) -> Checked:
        """What is left of the account's credits, of each of these kinds."""
        deadline, found = Deadline(seconds), []
        for kind in kinds:
            fields = {"vknTckn": self.options.tax_number, "kontorTipi": kind, "kontorBirimi": checks.PIECES}
            left = checks.left_in(await self._call("kontorBilgisiGetir", fields, deadline.left()), kind)
            if isinstance(left, Unclear):
                return checks.unclear_credits(left)
            found.append(left)
        return checks.credits_of(found)

    async def list_page(self, days: Days, _: int, seconds: float) -> Page | Unclear:
        """All of the days in one answer."""
        asked = {
            "baslangicBelgeTarihi": f"{days.first:%Y%m%d}",
            "belgeTuru": "FATURA",
            "bitisBelgeTarihi": f"{days.last:%Y%m%d}",
            "vkn": self.options.tax_number,
        }
        return lists.page_in(await self._call("gidenBelgeleriListele", {"parametreler": asked}, seconds))

    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        """The document, or its image, in a ZIP."""
        deadline = Deadline(seconds)
        file = answers.file_in(await self._file(issued.reference, form, deadline), form, issued.reference)
        if isinstance(file, DocumentFile):
            return file
        return Absent() if isinstance(await self._found(issued.reference, deadline), Absent) else file

    async def _found(self, reference: str, deadline: Deadline) -> answers.Status | Absent | Unclear:
        asked = {"belgeNo": reference, "belgeNoTipi": "YEREL", "belgeTuru": KIND, "donusTipiVersiyon": ALL_FIELDS}
        fields = {"vergiTcKimlikNo": self.options.tax_number, "parametreler": asked}
        answer = await self._call("gidenBelgeDurumSorgulaExt", fields, deadline.left())
        return answers.status_in(answer, reference, self.options.absent_words)

    async def _file(self, reference: str, form: FileForm, deadline: Deadline) -> Answer:
        fields = {
            "vergiTcKimlikNo": self.options.tax_number,
            "belgeEttnListesi": reference,
            "belgeTuru": "FATURA",
            "belgeFormati": FORMATS[form],
        }
        return await self._call("gidenBelgeleriIndirEttn", fields, deadline.left())

    async def _call(
        self, operation: str, fields: Mapping[str, Field], seconds: float, *, is_read: bool = True
    ) -> Answer:
        body = written(NAMESPACE, operation, fields, qualified=False)
        return await self.service.call(operation, body, seconds, is_read=is_read)

    def _sending(self, prepared: Prepared, mailbox: str) -> Mapping[str, Field]:
        content, options = prepared.request.encode(), self.options
        checksum = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return {
            "vergiTcKimlikNo": options.tax_number,
            "belgeTuru": KIND,
            "belgeNo": prepared.reference,
            "veri": base64.b64encode(content).decode(),
            # Of the XML itself. In lower case a client's documents were refused.
            "belgeHash": checksum.lower() if options.is_hash_lower else checksum.upper(),
            "mimeType": options.mime_type,
            "belgeVersiyon": options.document_version,
            "erpKodu": options.erp_code,
            "alanEtiket": mailbox,
            "gonderenEtiket": options.sender_alias,
        }
