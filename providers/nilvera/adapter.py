"""Nilvera's adapter: one company's API key.

Secrets: `api_key`. Options: those of `providers.options`, `template`, the UUID of a design stored at Nilvera,
`numbers: ours` for a series that we number: Nilvera then takes all sixteen characters as they are, `drafts: yes` for
documents that a person sends off in Nilvera's portal, and `mail: none` for documents without the buyer's address.

Our document id is Nilvera's UUID and the document's ETTN. A repeated UUID is refused, so a second attempt cannot make
a second document; whether a look-up sees a document at once is not documented, so an absence is asked twice.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from app.domain import exact_json
from app.domain.documents import UNSIGNED, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.invoice_details import Detail
from app.domain.invoice_info.enums import InvoiceType
from providers import taxpayers
from providers.base import (
    E_DOCUMENTS,
    UNTIL_DELIVERED,
    Absent,
    Capabilities,
    ConnectionSettings,
    Different,
    Done,
    Drafts,
    Finding,
    Issued,
    LookUp,
    MailTaken,
    NotSent,
    Numbering,
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
    seen,
)
from providers.base.reads import CheckAsked, Checked, Days, DocumentFile, FileForm, ListedDocument
from providers.masking import discreet
from providers.nilvera import answers, checks, drafts, files, lists, mapping
from providers.nilvera.paths import PATHS
from providers.nilvera.requirements import requirements_of
from providers.options import MAIL, NUMBERS
from providers.transport.http import Deadline, Reply, unclear
from providers.transport.pages import Page, whole_list
from providers.transport.rest import OK, RestAdapter, RestApi


class NilveraAdapter(RestAdapter):
    """One connection. A key may be any company's: nothing in it says whose, so it names the account."""

    CAPABILITIES = Capabilities(
        provider="nilvera",
        steps=(Step.INVOICE,),
        document_types=E_DOCUMENTS,
        unique_reference=True,
        look_up=LookUp.BY_REFERENCE,
        visibility_seconds=5.0,
        # Clients in production wait 10 to 30 seconds.
        max_call_seconds=20.0,
        # Nilvera publishes no limit; this is a guess on the polite side.
        quota=Quota(requests=10, seconds=1.0),
        concurrency=8,
        taxpayer_lookup=True,
        takes_ettn=True,
        poll_until=UNTIL_DELIVERED,
        buyer_answers=frozenset({DocumentType.EFATURA}),
        # An e-Fatura is cancelled by its buyer's answer or at GİB, not here.
        cancels=frozenset({DocumentType.EARSIV}),
        withdraws=E_DOCUMENTS,
        drafts=Drafts.SENT_OFF,
        # Refused by name: a special base, for no page says whether its VAT is in the price; a withholding's return, for
        # none says what its VAT is; an export's delivery, for there is no field for the buyer's licence.
        invoice_types=frozenset(
            {
                InvoiceType.SATIS,
                InvoiceType.ISTISNA,
                InvoiceType.IADE,
                InvoiceType.TEVKIFAT,
                InvoiceType.IHRACKAYITLI,
                InvoiceType.SGK,
                InvoiceType.KOMISYONCU,
                InvoiceType.HKSSATIS,
                InvoiceType.HKSKOMISYONCU,
                InvoiceType.KONAKLAMAVERGISI,
            }
        ),
        details=frozenset(
            {
                Detail.WITHHOLDING,
                Detail.TAXES,
                Detail.MARKS,
                Detail.ACCOUNTING_COST,
                Detail.PERIOD,
                Detail.SELLER_IDS,
                Detail.BUYER_IDS,
            }
        ),
        downloads=frozenset(FileForm),
        lists=frozenset(PATHS),
        checks=checks.SUBJECTS,
        # To the address in a document it mails where its portal is set so.
        mails_buyer=True,
        # Of an e-Fatura no such call is described: its buyer gets it by its mailbox.
        mails=frozenset({DocumentType.EARSIV}),
    )
    API = RestApi(
        probe=checks.COMPANY,
        options=frozenset({"template", drafts.OPTION, MAIL, NUMBERS}),
        is_own=answers.is_own,
        is_absence=answers.is_absence,
        requirements=requirements_of,
        request=mapping.request_of,
        buyer=mapping.buyer_in,
        buyer_name="Name",
    )

    def __init__(self, settings: ConnectionSettings) -> None:
        super().__init__(settings)
        self._makes_drafts = drafts.makes_drafts(settings.options)

    @discreet
    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        deadline, prepared, alias = Deadline(seconds), asked.prepared, None
        if prepared.document_type is DocumentType.EFATURA:
            mailbox = await self._alias(prepared, seconds * taxpayers.MAILBOX_SHARE)
            if not isinstance(mailbox, str):
                return mailbox
            alias = mailbox
        if asked.step is Step.APPROVAL:
            return await self._send_off(asked, alias, deadline)
        body = prepared.request if alias is None else mapping.with_alias(prepared.request, alias)
        path, table = PATHS[prepared.document_type].send, answers.created
        if self._has_draft(prepared):
            path, table = f"{drafts.PATHS[prepared.document_type]}/Create", drafts.created
        return await self.send("POST", path, deadline.left(), partial(table, prepared=prepared), body=body)

    @discreet
    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        deadline, prepared = Deadline(seconds), asked.prepared
        draft = await self._draft(prepared, deadline.left()) if self._has_draft(prepared) else Absent()
        if not isinstance(draft, Absent):
            return Absent() if asked.step is Step.APPROVAL and isinstance(draft, Done) else draft
        status = await self._part(prepared, "Status", deadline.left())
        if not isinstance(status, dict):
            return status
        details = await self._part(prepared, "Details", deadline.left())
        if not isinstance(details, dict):
            return Unclear(why="the document is there and its details are not")
        return answers.compared(details, prepared) or _done(prepared, status, details.get("InvoiceNumber"))

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        """A draft is asked for where there is no document; then once more, for it may have been sent off meanwhile."""
        deadline = Deadline(seconds)
        status = await self._part(issued, "Status", deadline.left())
        if isinstance(status, Absent):
            draft = await self._draft(issued, deadline.left())
            if not isinstance(draft, Absent):
                return draft
            status = await self._part(issued, "Status", deadline.left())
        return _done(issued, status, issued.number) if isinstance(status, dict) else status

    @discreet
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Absent | Unclear:
        deadline = Deadline(seconds)
        draft = await self._draft(prepared, deadline.left()) if done.state in UNSIGNED else Absent()
        if not isinstance(draft, Absent):
            return Unclear(why=draft.detail) if isinstance(draft, Different) else draft
        status = await self._part(prepared, "Status", deadline.left())
        if isinstance(status, Absent):
            return status if done.state in UNSIGNED else Unclear(why="the document is no longer found")
        return _done(prepared, status, done.number) if isinstance(status, dict) else status

    @discreet
    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        """The answer to the cancellation is not documented beyond "a list of strings": the status is what counts."""
        deadline = Deadline(seconds)
        outcome = await self.send("PUT", _path(issued, "Cancel"), deadline.left(), answers.cancellation)
        if outcome is not None:
            return outcome
        return cancellation_in(await self.find_issued(issued, deadline.left()))

    @discreet
    async def withdraw(self, issued: Issued, seconds: float) -> Outcome:
        """Done when it is found neither among the drafts nor among the documents any more."""
        deadline = Deadline(seconds)
        body = exact_json.dumps([issued.reference])
        path = drafts.PATHS[issued.document_type]
        outcome = await self.send("DELETE", path, deadline.left(), drafts.deleted, body=body)
        if outcome is not None:
            return outcome
        match await self.find_issued(issued, deadline.left()):
            case Absent():
                return Done(reference=issued.reference, state=DocumentState.CANCELLED, ettn=issued.ettn)
            case Done(state=state) if state not in UNSIGNED:
                error = FieldError(path="$", code="NO_DRAFT", message=f"it was sent off already: it is {state}")
                return Refused(errors=(error,))
            case found:
                return Unknown(why=f"it was taken, and the draft is still there, or not shown: {type(found).__name__}")

    @discreet
    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:
        return await taxpayers.registration(tax_number, seconds, self._mailboxes)

    @discreet
    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        reply = await self.read(_path(issued, form), seconds)
        if isinstance(reply, NotSent | Unknown):
            return unclear(reply)
        if answers.is_absence(reply):
            return Absent()
        if reply.status != OK:
            return Unclear(why=reply.excerpt())
        found = files.file_in(reply, form, issued.reference)
        return found or Unclear(why=f"what came is not the document's {form}")

    @discreet
    async def send_mail(self, issued: Issued, address: str, seconds: float) -> MailTaken | NotSent | Refused | Unknown:
        body = exact_json.dumps({"UUID": issued.reference, "emailAddresses": [address]})
        path = f"{PATHS[issued.document_type].documents}/Email/Send"
        return await self.send("POST", path, seconds, answers.mailed, body=body)

    @discreet
    async def list_issued(self, days: Days, seconds: float) -> tuple[ListedDocument, ...] | Unclear:
        return await whole_list(PATHS, partial(self._page, days), days, seconds)

    @discreet
    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        deadline = Deadline(seconds)
        ours = self.capabilities.numbering is Numbering.OURS
        check = checks.ConnectionCheck(read=self.read, asked=asked, deadline=deadline, is_numbered_by_us=ours)
        account = await check.account()
        found = await self.registration(asked.tax_number, deadline.left())
        return (*account, taxpayers.checked(asked.tax_number, found))

    async def _page(self, days: Days, kind: DocumentType, index: int, seconds: float) -> Page | Unclear:
        query = lists.query(days, index)
        return lists.page_in(await self.read_object(PATHS[kind].documents, seconds, query=query), kind)

    def _has_draft(self, prepared: Prepared) -> bool:
        """Whether it is made as a draft: by the connection's option, or to be approved first."""
        return self._makes_drafts or prepared.is_draft

    async def _send_off(self, asked: StepInput, alias: str | None, deadline: Deadline) -> Outcome:
        """The draft that was approved. The answer is not documented beyond "a string": the status is what counts."""
        body, path = drafts.named(asked.prepared, alias), drafts.PATHS[asked.prepared.document_type]
        outcome = await self.send("POST", f"{path}/ConfirmAndSend", deadline.left(), drafts.sent_off, body=body)
        if outcome is not None:
            return outcome
        found = await self.find_prepared(asked, deadline.left())
        return found if isinstance(found, Done) else Unknown(why=f"it was taken, and is not shown: {found}")

    async def _draft(self, document: Prepared | Issued, seconds: float) -> Done | Different | Absent | Unclear:
        """The draft of this UUID."""
        body = await self.read_object(f"{drafts.PATHS[document.document_type]}/{document.reference}/model", seconds)
        return drafts.found(body, document) if isinstance(body, dict) else body

    async def _part(self, document: Prepared | Issued, part: str, seconds: float) -> dict[str, Any] | Absent | Unclear:
        body = await self.read_object(_path(document, part), seconds)
        if isinstance(body, dict) and not answers.is_about(body, document.reference):
            return Unclear(why="the answer is about another document")
        return body

    async def _alias(self, prepared: Prepared, seconds: float) -> str | NotSent | Refused:
        """The buyer's mailbox, read anew for each attempt: a stale one would be refused for good."""
        customer = exact_json.loads(prepared.request)[mapping.ENVELOPES[DocumentType.EFATURA]]["CustomerInfo"]
        return taxpayers.mailbox_in(await self._mailboxes(customer["TaxNumber"], seconds))

    async def _mailboxes(self, tax_number: str, seconds: float) -> list[str] | Unclear:
        path = f"/general/GlobalCompany/Check/TaxNumber/{tax_number}"
        reply = await self.read(path, seconds, query={"globalUserType": "Invoice"})
        return answers.mailboxes_in(reply) if isinstance(reply, Reply) else unclear(reply)


def _path(document: Prepared | Issued, part: str) -> str:
    return f"{PATHS[document.document_type].documents}/{document.reference}/{part}"


def _done(document: Prepared | Issued, status: Mapping[str, Any], number: object) -> Done | Unclear:
    state = answers.state_of(status, document.document_type)
    if state is None:
        return Unclear(why=f"a status that is not in the tables: {answers.words_of(status)}")
    errors = answers.errors_of(status, state)
    done = seen(reference=document.reference, state=state, ettn=document.reference, number=number, errors=errors)
    return done or Unclear(why="the document is there, and its number is none")
