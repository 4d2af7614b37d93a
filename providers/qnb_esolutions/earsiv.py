"""QNB's e-Arşiv service: which calls each ability takes.

The arguments of an operation are a JSON object as text in the XML, which escapes it; QNB reads no CDATA section. Only
the operation's element has a namespace. The answer to a sending has the number of the signed document.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain import exact_json
from app.domain.documents import DocumentState
from providers.base import (
    Absent,
    Different,
    Done,
    Finding,
    Issued,
    MailTaken,
    NotSent,
    Outcome,
    Prepared,
    Refused,
    Unclear,
    Unknown,
)
from providers.base.reads import DocumentFile, DocumentLink, FileForm
from providers.formats.elements import Field, written
from providers.formats.ubl import summary_of
from providers.qnb_esolutions import earsiv_answers as answers
from providers.qnb_esolutions.connection import QnbOptions
from providers.qnb_esolutions.earsiv_answers import Result
from providers.qnb_esolutions.mapping import series_in
from providers.transport.by_url import is_fetchable
from providers.transport.http import Deadline, unclear
from providers.transport.soap import SoapService

NAMESPACE: Final = "http://service.earsiv.uut.cs.com.tr/"
MAKING: Final = frozenset({"faturaOlusturExt", "faturaIptalEt", "ePostaGonder"})
FORMATS: Final[Mapping[FileForm, str]] = {FileForm.XML: "0", FileForm.HTML: "2", FileForm.PDF: "3"}
NO_FILE: Final = "9"
# What is given on must be encrypted, wherever the service itself is.
SAFE: Final = "https://"
# No document has it: a question for it makes nothing, and shows whether the login opens the account.
NO_UUID: Final = "00000000-0000-4000-8000-000000000000"
COMPARABLE: Final = frozenset({DocumentState.ISSUED, DocumentState.CANCELLED})


@dataclass(frozen=True, slots=True)
class EArsiv:
    """The service, as one connection has it."""

    service: SoapService
    options: QnbOptions

    async def create(self, prepared: Prepared, seconds: float) -> Outcome:
        """Sends the document; its UUID is also the id of the transaction, which QNB takes once."""
        fields: dict[str, Field] = {
            "belgeFormati": "UBL",
            "belgeIcerigi": base64.b64encode(prepared.request.encode()).decode(),
        }
        result = await self._call("faturaOlusturExt", self._sending(prepared), Deadline(seconds), fields)
        return answers.created(result, prepared) if isinstance(result, Result) else result

    async def find_prepared(self, prepared: Prepared, seconds: float) -> Finding:
        """By UUID, compared by the document itself; where there is none, our number must be free, too."""
        deadline = Deadline(seconds)
        result = await self._asked({"faturaUuid": prepared.reference}, FileForm.XML, deadline)
        state = answers.state_in(result, prepared.reference, self.options.rejected)
        if isinstance(state, Absent) and prepared.number:
            return await self._under_number(prepared.number, deadline)
        if not isinstance(state, Done) or state.state is DocumentState.REJECTED:
            return state
        if not isinstance(result, Result) or state.state not in COMPARABLE:
            return Unclear(why="QNB still processes the document")
        return answers.compared_with(result, summary_of(prepared.request), prepared) or state

    async def state(self, document: Prepared | Issued, seconds: float) -> Done | Absent | Unclear:
        """Its legal state now."""
        return await self._state(document.reference, Deadline(seconds))

    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        """Cancels by UUID, as of today. "Unspecified error" is a refusal only of a document that is not there."""
        deadline = Deadline(seconds)
        asked = {"vkn": self.options.tax_number, "faturaUuid": issued.reference}
        result = await self._call("faturaIptalEt", asked, deadline)
        outcome = answers.cancelled(result, issued.reference, issued.number) if isinstance(result, Result) else result
        is_unspecified = isinstance(result, Result) and result.code == answers.UNSPECIFIED
        if is_unspecified and isinstance(await self._state(issued.reference, deadline), Absent):
            return Refused(errors=(answers.NOT_FOUND,))
        return outcome

    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        """The signed document, or its image."""
        result = await self._asked({"faturaUuid": issued.reference}, form, Deadline(seconds))
        state = answers.state_in(result, issued.reference, self.options.rejected)
        if not isinstance(result, Result) or not isinstance(state, Done):
            return state if isinstance(state, Absent | Unclear) else Unclear(why="there is no file")
        return answers.file_in(result, form, issued.reference)

    async def send_mail(self, issued: Issued, address: str, seconds: float) -> MailTaken | NotSent | Refused | Unknown:
        """To this address, and not again to the one in the document."""
        asked = {
            "vkn": self.options.tax_number,
            "faturaUuid": issued.reference,
            "ilaveEposta": address,
            "tanimliEpostayaGonder": "0",
        }
        result = await self._call("ePostaGonder", asked, Deadline(seconds))
        return answers.mailed(result) if isinstance(result, Result) else result

    async def link(self, issued: Issued, seconds: float) -> DocumentLink | Absent | Unclear:
        """The address that an answer about the document has. How long it opens is not said."""
        result = await self._asked({"faturaUuid": issued.reference}, None, Deadline(seconds))
        state = answers.state_in(result, issued.reference, self.options.rejected)
        if not isinstance(result, Result) or not isinstance(state, Done):
            return state if isinstance(state, Absent | Unclear) else Unclear(why="there is no answer about it")
        url = result.extra.get("faturaURL", "")
        if not is_fetchable(url, SAFE):
            return Unclear(why="the answer has no address of the document, or none that is safe")
        return DocumentLink(url=url, is_permanent=False)

    async def open_account(self, tax_number: str, seconds: float) -> Unclear | None:
        """None when the login opens the account of this tax number: it may ask for a document, which is none."""
        asked = {"vkn": tax_number, "faturaUuid": NO_UUID}
        result = await self._asked(asked, None, Deadline(seconds))
        if not isinstance(result, Result):
            return unclear(result)
        if result.code == answers.UNSPECIFIED:
            return None
        return Unclear(why=result.sentence, needs_owner=answers.is_account(result))

    async def _under_number(self, number: str, deadline: Deadline) -> Absent | Different | Unclear:
        result = await self._asked({"faturaNo": number}, None, deadline)
        if not isinstance(result, Result):
            return unclear(result)
        if result.code == answers.UNSPECIFIED:
            return Absent()
        if result.code == answers.FINE and result.extra.get("faturaNo") == number:
            return Different(detail=f"the number {number} is that of the document {result.extra.get('uuid')}")
        return Unclear(why=f"no document with our UUID, and of the number: {result.sentence}")

    async def _state(self, reference: str, deadline: Deadline) -> Done | Absent | Unclear:
        result = await self._asked({"faturaUuid": reference}, None, deadline)
        return answers.state_in(result, reference, self.options.rejected)

    async def _asked(
        self, asked: Mapping[str, str], form: FileForm | None, deadline: Deadline
    ) -> Result | NotSent | Unknown:
        fields = {**self._place(), **asked, "donenBelgeFormati": FORMATS[form] if form else NO_FILE}
        return await self._call("faturaSorgulaExt", fields, deadline)

    async def _call(
        self,
        operation: str,
        asked: Mapping[str, str],
        deadline: Deadline,
        document: Mapping[str, Field] | None = None,
    ) -> Result | NotSent | Unknown:
        fields = {"input": exact_json.dumps(dict(asked)), "fatura": document}
        body = written(NAMESPACE, operation, fields, qualified=False)
        answer = await self.service.call(operation, body, deadline.left(), is_read=operation not in MAKING)
        return answers.result_in(answer, operation)

    def _sending(self, prepared: Prepared) -> Mapping[str, str]:
        number = summary_of(prepared.request).number
        numbering = {"numaraVerilsinMi": "0"}
        if prepared.number is None:
            numbering = {"numaraVerilsinMi": "1", "faturaSeri": series_in(number)}
        template = {"sablonAdi": self.options.template} if self.options.template else {}
        return {
            "islemId": prepared.reference,
            **self._place(),
            "donenBelgeFormati": NO_FILE,
            **numbering,
            **template,
            "taslagaYonlendir": "0",
        }

    def _place(self) -> Mapping[str, str]:
        options = self.options
        return {
            "vkn": options.tax_number,
            "sube": options.branch,
            "kasa": options.till,
            "erpKodu": options.erp_code,
        }
