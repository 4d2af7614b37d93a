"""Trendyol E-Faturam's adapter: one user at one company.

Secrets: `email` and `password` of an API user. Options: those of `providers.options`, `numbers: ours`, and those of
`providers.trendyol_efaturam.options`, where its documentation says two things or nothing.

Our document id is the `invoiceUuid` and the document's ETTN. A repeated one is refused with 409; a status that is not
found means that the document was never made. Its status shows no sums: they are compared in the answer to the create
call and in a search.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from app.documents.prepared import Content
from app.domain import exact_json
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.exact_json import JsonValue
from app.domain.invoice_details import Detail
from app.domain.invoice_info.enums import InvoiceType
from app.domain.parties import PLACEHOLDERS
from providers import taxpayers
from providers.base import (
    E_DOCUMENTS,
    UNTIL_DELIVERED,
    Absent,
    Capabilities,
    ConnectionSettings,
    Different,
    Done,
    Finding,
    Issued,
    LookUp,
    NotSent,
    Outcome,
    Prepared,
    Quota,
    Refused,
    Registration,
    Step,
    StepInput,
    Unclear,
    Unknown,
    cancellation_in,
)
from providers.base.capabilities import PLAIN_TYPES
from providers.base.reads import CheckAsked, Checked, Days, DocumentFile, DocumentLink, FileForm, ListedDocument
from providers.formats import files
from providers.masking import discreet
from providers.transport import by_url
from providers.transport.http import READ, Deadline, Reply, unclear
from providers.transport.pages import Page, whole_list
from providers.transport.rest import OK, RestApi
from providers.transport.tokens import TokenAdapter
from providers.trendyol_efaturam import answers, checks, lists, mapping, problems
from providers.trendyol_efaturam.login import Login, sign_in
from providers.trendyol_efaturam.options import KNOWN, Compare, DocumentUrl, options_of
from providers.trendyol_efaturam.request import CREATE, DOCUMENTS, leaving, request_of
from providers.trendyol_efaturam.requirements import requirements_of

TAXPAYERS: Final = "/api/invoice/taxpayers"
# What the download calls name a kind of document.
KINDS: Final[Mapping[DocumentType, str]] = {DocumentType.EARSIV: "EARCHIVE", DocumentType.EFATURA: "EINVOICE"}
# A search is asked for one reference of ours, and answers loosely.
PAGE_SIZE: Final = 20


class TrendyolAdapter(TokenAdapter[Login]):
    """One connection."""

    CAPABILITIES = Capabilities(
        provider="trendyol-efaturam",
        steps=(Step.INVOICE,),
        document_types=E_DOCUMENTS,
        unique_reference=True,
        look_up=LookUp.BY_REFERENCE,
        visibility_seconds=5.0,
        max_call_seconds=20.0,
        # Trendyol publishes no limit; this is a guess on the polite side.
        quota=Quota(requests=10, seconds=1.0),
        concurrency=8,
        taxpayer_lookup=True,
        takes_ettn=True,
        poll_until=UNTIL_DELIVERED,
        buyer_answers=frozenset({DocumentType.EFATURA}),
        # An e-Fatura is cancelled by its buyer's answer or at GİB, not here.
        cancels=frozenset({DocumentType.EARSIV}),
        # Of v1; v2 makes plain documents (`requirements`). Refused by name: a special base, for which a line has no
        # field; a withholding's return, for no page says what its VAT is; a market hall's commission, which has
        # expenses that an order has not; SGK's invoices, which are not in its list.
        invoice_types=frozenset(
            {
                *PLAIN_TYPES,
                InvoiceType.TEVKIFAT,
                InvoiceType.IHRACKAYITLI,
                InvoiceType.KOMISYONCU,
                InvoiceType.HKSSATIS,
                InvoiceType.KONAKLAMAVERGISI,
            }
        ),
        details=frozenset({Detail.WITHHOLDING, Detail.TAXES, Detail.MARKS, Detail.DELIVERY}),
        downloads=frozenset(FileForm),
        links=frozenset(KINDS),
        lists=frozenset(CREATE),
        checks=checks.SUBJECTS,
        # It is given the buyer's address; when it mails to it is not published.
        mails_buyer=True,
    )
    API = RestApi(
        probe=f"{TAXPAYERS}/{min(PLACEHOLDERS)}",
        options=KNOWN,
        is_own=problems.is_own,
        is_absence=answers.is_absence,
        requirements=partial(requirements_of, options=options_of({})),
        request=request_of,
        buyer=mapping.buyer_in,
        buyer_name="fullName",
        login=lambda _: {"Accept": "application/json, text/plain"},
        account="email",
        ipv4_only=True,
    )

    def __init__(self, settings: ConnectionSettings) -> None:
        """Raises ValueError for settings that it cannot work with, KeyError for a missing secret."""
        super().__init__(settings)
        self._chosen = options_of(settings.options)
        self._base_url = settings.base_url
        self._signing_in = {name: settings.secrets[name] for name in ("email", "password")}

    def requirements_of(self, content: Content) -> Iterable[FieldError]:
        return requirements_of(content, self._chosen)

    @discreet
    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        deadline, prepared = Deadline(seconds), asked.prepared
        login = await self.token(deadline.left())
        if isinstance(login, NotSent):
            return login
        alias = await self._alias(prepared, seconds * taxpayers.MAILBOX_SHARE)
        if isinstance(alias, NotSent | Refused):
            return alias
        path, body = leaving(prepared, login, alias)
        return await self.send("POST", path, deadline.left(), partial(answers.created, prepared=prepared), body=body)

    @discreet
    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        deadline, prepared = Deadline(seconds), asked.prepared
        status = await self._status(prepared, deadline.left())
        if not isinstance(status, dict):
            return status
        shown = await self._with_row(prepared, status, deadline.left())
        if not isinstance(shown, dict):
            return shown
        return answers.compared(shown, prepared) or answers.done_of(shown, prepared, prepared.number)

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        status = await self._status(issued, seconds)
        if not isinstance(status, dict):
            return status
        found = answers.done_of(status, issued, issued.number)
        if isinstance(found, Done) and issued.number not in {None, found.number}:
            return Different(detail=f"its number is {found.number}, not {issued.number}")
        return found

    @discreet
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Unclear:
        """What its buyer has answered is in a search: a status shows only that there is an answer."""
        deadline = Deadline(seconds)
        shown: dict[str, Any] | Absent | Unclear = await self._status(prepared, deadline.left())
        if isinstance(shown, dict) and prepared.awaits_answer and answers.is_answered(shown):
            shown = await self._with_row(prepared, shown, deadline.left())
        if isinstance(shown, Absent):
            return Unclear(why="the document is no longer found")
        return answers.done_of(shown, prepared, done.number) if isinstance(shown, dict) else shown

    @discreet
    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        """A 200 says that it was taken: the status is what counts, and may say so only later."""
        deadline = Deadline(seconds)
        login = await self.token(deadline.left())
        if isinstance(login, NotSent):
            return login
        body = exact_json.dumps({"invoiceUuid": issued.reference, "companyId": login.company_id})
        path = f"{CREATE[DocumentType.EARSIV]}/cancel"
        outcome = await self.send("POST", path, deadline.left(), answers.cancellation, body=body)
        if outcome is not None:
            return outcome
        return cancellation_in(await self.find_issued(issued, deadline.left()))

    @discreet
    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:
        return await taxpayers.registration(tax_number, seconds, self._mailboxes)

    @discreet
    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        deadline = Deadline(seconds)
        permanent = self._chosen.document_url is DocumentUrl.PERMANENT
        url = await self._file_url(issued, form, deadline.left(), permanent=permanent)
        if not isinstance(url, str):
            return url
        reply = await by_url.fetch(url, self.http.permit, deadline.left())
        if not isinstance(reply, Reply):
            return unclear(reply)
        found = files.file_among([reply.body], form, issued.reference) if reply.status == OK else None
        return found or Unclear(why=f"HTTP {reply.status}: what is at its address is not the document's {form}")

    @discreet
    async def link(self, issued: Issued, seconds: float) -> DocumentLink | Absent | Unclear:
        """The permanent address of the PDF, which opens without a login."""
        url = await self._file_url(issued, FileForm.PDF, seconds, permanent=True)
        return DocumentLink(url=url, is_permanent=True) if isinstance(url, str) else url

    @discreet
    async def list_issued(self, days: Days, seconds: float) -> tuple[ListedDocument, ...] | Unclear:
        return await whole_list(CREATE, partial(self._page, days), days, seconds)

    @discreet
    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        deadline = Deadline(seconds)
        login = await checks.of_login(partial(self.token, seconds), self.read, deadline)
        found = await self.registration(asked.tax_number, deadline.left())
        return (login, taxpayers.checked(asked.tax_number, found))

    async def sign_in(self, seconds: float) -> Login | NotSent:
        return await sign_in(self.http, self._signing_in, self._chosen, seconds)

    async def _ask(self, path: str, fields: Mapping[str, JsonValue], seconds: float) -> Reply | NotSent | Unknown:
        """A read by POST; the company is put into its body."""
        deadline = Deadline(seconds)
        login = await self.token(deadline.left())
        if isinstance(login, NotSent):
            return login
        body = exact_json.dumps({"companyId": login.company_id, **fields})
        return await self.send("POST", path, deadline.left(), _as_it_is, body=body, kind=READ)

    async def _status(self, document: Prepared | Issued, seconds: float) -> dict[str, Any] | Absent | Unclear:
        earsiv = document.document_type is DocumentType.EARSIV
        path = f"{CREATE[DocumentType.EARSIV]}/status" if earsiv else self._chosen.efatura_status
        body = await self.read_object(f"{path}/{document.reference}", seconds)
        if isinstance(body, dict) and not answers.is_about(body, document.reference):
            return Unclear(why="the answer is about another document")
        return body

    async def _with_row(
        self, prepared: Prepared, status: Mapping[str, Any], seconds: float
    ) -> dict[str, Any] | Unclear:
        """The status with what a search has beside it; as it is, where the connection's cannot be searched."""
        row = await self._row(prepared, seconds) if self._chosen.compare is Compare.SEARCH else {}
        return {**row, **status} if isinstance(row, dict) else row

    async def _row(self, prepared: Prepared, seconds: float) -> dict[str, Any] | Unclear:
        """The document in the search by our reference, which is said to answer loosely: it is known by its UUID."""
        path = f"{CREATE[prepared.document_type]}/search"
        fields: dict[str, JsonValue] = {"localReferenceId": prepared.reference, "page": 0, "size": PAGE_SIZE}
        reply = await self._ask(path, fields, seconds)
        if not isinstance(reply, Reply):
            return unclear(reply)
        row = answers.row_in(reply, prepared.reference)
        return row or Unclear(why=f"the document is there, and the search does not show it: {reply.excerpt()}")

    async def _alias(self, prepared: Prepared, seconds: float) -> str | NotSent | Refused | None:
        """An e-Fatura's mailbox, read anew for each attempt: a stale one would be refused for good."""
        if prepared.document_type is not DocumentType.EFATURA:
            return None
        tax_number = exact_json.loads(prepared.request)["recipientInfo"]["taxId"]
        return taxpayers.mailbox_in(await self._mailboxes(tax_number, seconds))

    async def _mailboxes(self, tax_number: str, seconds: float) -> list[str] | Unclear:
        reply = await self.read(f"{TAXPAYERS}/{tax_number}", seconds, query={"showDeleted": "false"})
        return answers.mailboxes_in(reply) if isinstance(reply, Reply) else unclear(reply)

    async def _page(self, days: Days, kind: DocumentType, index: int, seconds: float) -> Page | Unclear:
        reply = await self._ask(f"{CREATE[kind]}/search", lists.query(days, index), seconds)
        return lists.page_in(reply, kind) if isinstance(reply, Reply) else unclear(reply)

    async def _file_url(
        self, issued: Issued, form: FileForm, seconds: float, *, permanent: bool
    ) -> str | Absent | Unclear:
        path = f"{DOCUMENTS}/download" + ("/permanent-url" if permanent else "")
        fields: dict[str, JsonValue] = {"documentType": KINDS[issued.document_type], "fileExtension": form.value}
        fields["documentUuid" if permanent else "invoiceUuid"] = issued.reference
        reply = await self._ask(path, fields, seconds)
        if not isinstance(reply, Reply):
            return unclear(reply)
        if answers.is_absence(reply):
            return Absent()
        url = answers.url_in(reply)
        if url is None or not by_url.is_fetchable(url, self._base_url):
            return Unclear(why=reply.excerpt() if url is None else "the address of the file is not a safe one")
        return url


def _as_it_is(reply: Reply) -> Reply:
    return reply
