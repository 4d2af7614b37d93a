"""Hepsiburada E-Faturam's adapter: one merchant's user.

Secrets: `username`, `password`. Options: those of `providers.options`, `numbers: ours`, and those of `mapping` and
`repeats` (see the provider's page). User and password go in the body of every request, and in nothing that is kept: a
prepared request has no login.

Our document id is the document's ETTN. What a repeated one is answered is not published: unless the owner knows it
to be refused (`repeats: refused`), an attempt is not sent again after an absence.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from app.documents.checking import Mode
from app.domain import exact_json
from app.domain.documents import DocumentState, DocumentType
from app.domain.exact_json import JsonValue
from app.domain.parties import PLACEHOLDERS
from app.domain.time import ISTANBUL
from providers import taxpayers
from providers.base import (
    E_DOCUMENTS,
    UBL_DETAILS,
    UBL_TYPES,
    UNTIL_DELIVERED,
    Absent,
    Capabilities,
    ConnectionSettings,
    Done,
    Drafts,
    Finding,
    Issued,
    LookUp,
    MailTaken,
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
from providers.base.reads import (
    CheckAsked,
    Checked,
    CheckState,
    Days,
    DocumentFile,
    DocumentLink,
    FileForm,
    ListedDocument,
    Subject,
    of_failure,
)
from providers.hepsiburada_efaturam import answers, files, links, lists, mapping
from providers.hepsiburada_efaturam.answers import Said
from providers.hepsiburada_efaturam.requirements import requirements_of
from providers.hepsiburada_efaturam.ubl_json import Object
from providers.masking import discreet
from providers.options import MAIL, NUMBERS, REPEATED, REPEATS, one_of
from providers.preparing import CheckedDocument
from providers.transport.http import READ, Deadline, unclear
from providers.transport.pages import Page, whole_list
from providers.transport.rest import RestAdapter, RestApi

PATH: Final = "/api/BasicIntegrationApi"
LIVE: Final = "api.hepsiburadaefaturam.com"
# A question about a buyer, and about no document.
REGISTER: Final = "IsEInvoiceUser"
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {**mapping.CHOICES, REPEATS: REPEATED}


class HepsiburadaAdapter(RestAdapter):
    """One connection."""

    CAPABILITIES = Capabilities(
        provider="hepsiburada-efaturam",
        steps=(Step.INVOICE,),
        document_types=E_DOCUMENTS,
        unique_reference=False,
        look_up=LookUp.BY_REFERENCE,
        visibility_seconds=5.0,
        max_call_seconds=30.0,
        # No limit is published; this is a guess on the polite side.
        quota=Quota(requests=5, seconds=1.0),
        concurrency=4,
        taxpayer_lookup=True,
        takes_ettn=True,
        poll_until=UNTIL_DELIVERED,
        buyer_answers=frozenset({DocumentType.EFATURA}),
        # An e-Fatura is cancelled by its buyer's answer or at GİB, not here.
        cancels=frozenset({DocumentType.EARSIV}),
        withdraws=E_DOCUMENTS,
        drafts=Drafts.SENT_OFF,
        invoice_types=UBL_TYPES,
        details=UBL_DETAILS,
        downloads=frozenset(FileForm),
        links=E_DOCUMENTS,
        lists=E_DOCUMENTS,
        checks=frozenset({Subject.LOGIN, Subject.TAXPAYERS}),
        # It mails by itself where a request says so.
        mails_buyer=False,
        mails=E_DOCUMENTS,
    )
    API = RestApi(
        probe=PATH,
        options=frozenset({*CHOICES, MAIL, NUMBERS, links.OPTION}),
        is_own=answers.is_own,
        requirements=requirements_of,
        request=mapping.request_of,
        buyer=mapping.buyer_in,
        buyer_name="Name",
        login=lambda _: {},
        account="username",
    )

    def __init__(self, settings: ConnectionSettings) -> None:
        """Raises ValueError for settings that it cannot work with, KeyError for a missing secret."""
        super().__init__(settings)
        chosen = {name: one_of(settings.options, name, words) for name, words in CHOICES.items()}
        self.capabilities = replace(self.capabilities, unique_reference=chosen[REPEATS] == "refused")
        self.mode = Mode.PRODUCTION if urlsplit(settings.base_url).hostname == LIVE else Mode.TEST
        self._view_link = links.pattern_of(settings)
        if self._view_link is None:
            self.capabilities = replace(self.capabilities, links=frozenset())
        self._login: JsonValue = {"Username": settings.secrets["username"], "Password": settings.secrets["password"]}

    def request_of(self, document: CheckedDocument) -> JsonValue:
        return mapping.request_of(document, self.options, self.mode)

    @discreet
    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        deadline, prepared = Deadline(seconds), asked.prepared
        if asked.step is Step.APPROVAL:
            return await self._send_off(asked, deadline)
        invoice: JsonValue = exact_json.loads(prepared.request)
        if prepared.document_type is DocumentType.EFATURA:
            addressed = await self._addressed(prepared, seconds * taxpayers.MAILBOX_SHARE)
            if isinstance(addressed, NotSent | Refused):
                return addressed
            invoice = addressed
        action = "SaveAsDraft" if prepared.is_draft else "SendInvoice"
        said = await self._ask(action, {"invoices": [invoice]}, deadline.left(), is_read=False)
        if not isinstance(said, Said):
            return said
        if said.succeeded:
            return answers.accepted(said, prepared)
        return answers.failure(said) or await self._refused(said, prepared, deadline)

    @discreet
    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        deadline, prepared = Deadline(seconds), asked.prepared
        status = await self._status(prepared.reference, deadline.left())
        if not isinstance(status, dict):
            return status
        if asked.step is Step.APPROVAL and answers.state_of(status, prepared) is DocumentState.DRAFT:
            return Absent()
        row = await self._row(prepared.reference, deadline.left())
        if isinstance(row, Unclear):
            return row
        return answers.compared(row, prepared) or answers.done_of(status, prepared, answers.field(row, "InvoiceId"))

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        status = await self._status(issued.reference, seconds)
        return answers.done_of(status, issued, issued.number) if isinstance(status, dict) else status

    @discreet
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Absent | Unclear:
        deadline = Deadline(seconds)
        status = await self._status(prepared.reference, deadline.left())
        if not isinstance(status, dict):
            return status
        if answers.state_of(status, prepared) is not DocumentState.DRAFT:
            return answers.done_of(status, prepared, done.number)
        # Its total may have been changed.
        row = await self._row(prepared.reference, deadline.left())
        if isinstance(row, Unclear):
            return row
        return answers.done_of(status, prepared, done.number, answers.field(row, "PayableAmount"))

    @discreet
    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        """Of an e-Arşiv. The answer says only that it was taken: the status is what counts."""
        deadline = Deadline(seconds)
        now = datetime.now(ISTANBUL).replace(tzinfo=None).isoformat(timespec="seconds")
        request: JsonValue = {"InvoiceId": issued.reference, "CancelDate": now}
        return await self._taken_back(issued, "CancelEArchiveInvoice", {"request": request}, deadline)

    @discreet
    async def withdraw(self, issued: Issued, seconds: float) -> Outcome:
        return await self._taken_back(issued, "CancelDraft", {"invoiceIds": [issued.reference]}, Deadline(seconds))

    @discreet
    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:
        if tax_number in PLACEHOLDERS:
            return Registration.NOT_REGISTERED
        return await self._registration(tax_number, seconds)

    @discreet
    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        deadline = Deadline(seconds)
        said = await self._ask(files.ACTIONS[form], {"invoiceId": issued.reference}, deadline.left())
        if not isinstance(said, Said):
            return unclear(said)
        if said.succeeded:
            found = files.file_in(said.value, form, issued.reference)
            return found or Unclear(why=f"what came is not the document's {form}")
        status = await self._status(issued.reference, deadline.left())
        return status if isinstance(status, Absent) else Unclear(why=said.message)

    @discreet
    async def send_mail(self, issued: Issued, address: str, seconds: float) -> MailTaken | NotSent | Refused | Unknown:
        request: JsonValue = {"DocumentId": issued.reference, "Mailing": [mapping.mail_to(address)]}
        said = await self._ask("QueueInvoiceNotification", {"request": request}, seconds, is_read=False)
        return answers.mailed(said) if isinstance(said, Said) else said

    @discreet
    async def link(self, issued: Issued, seconds: float) -> DocumentLink | Absent | Unclear:
        """The public page of a document that is there; its address follows from the UUID."""
        found = await self._status(issued.reference, seconds)
        if not isinstance(found, dict):
            return found
        return links.link_of(self._view_link, issued.reference)

    @discreet
    async def list_issued(self, days: Days, seconds: float) -> tuple[ListedDocument, ...] | Unclear:
        return await whole_list(lists.ONE, partial(self._page, days), days, seconds)

    @discreet
    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        """Both by one question: what answers it has taken the login. Whose account it is, no answer says."""
        found = await self._registration(asked.tax_number, seconds)
        if isinstance(found, Unclear):
            return of_failure(Subject.LOGIN, found), taxpayers.checked(asked.tax_number, found)
        said = "user and password were taken; whose account it is, the service does not say"
        login = Checked(subject=Subject.LOGIN, state=CheckState.FINE, said=said)
        return login, taxpayers.checked(asked.tax_number, found)

    async def probe(self, seconds: float) -> bool:
        found = await self._registration(next(iter(PLACEHOLDERS)), seconds)
        return not isinstance(found, Unclear) or found.needs_owner

    async def _ask(
        self, action: str, parameters: Mapping[str, JsonValue], seconds: float, *, is_read: bool = True
    ) -> Said | NotSent | Unknown:
        """One action; whatever it is about, a login that is refused comes back as NotSent."""
        deadline = Deadline(seconds)
        said = await self._said(action, parameters, seconds, is_read=is_read)
        login = answers.login_failure(said) if isinstance(said, Said) else None
        is_refused = login is not None and (action == REGISTER or await self._refuses_login(deadline.left()))
        return login if login is not None and is_refused else said

    async def _said(
        self, action: str, parameters: Mapping[str, JsonValue], seconds: float, *, is_read: bool
    ) -> Said | NotSent | Unknown:
        """One action, and whatever the service says to it."""
        body: JsonValue = {"Action": action, "parameters": {**parameters, "userInfo": self._login}}
        kind = READ if is_read else None
        return await self.send("POST", PATH, seconds, answers.said_in, body=exact_json.dumps(body), kind=kind)

    async def _refuses_login(self, seconds: float) -> bool:
        """Whether a question about no document is refused alike: a sentence about rights may be about the document."""
        found = await self._registration(min(PLACEHOLDERS), seconds)
        return isinstance(found, Unclear) and found.needs_owner

    async def _page(self, days: Days, _: DocumentType, index: int, seconds: float) -> Page | Unclear:
        return lists.page_in(await self._ask("GetOutboxInvoiceList", {"query": lists.query(days, index)}, seconds))

    async def _status(self, reference: str, seconds: float) -> dict[str, Any] | Absent | Unclear:
        said = await self._ask("QueryOutboxInvoiceStatus", {"invoiceIds": [reference]}, seconds)
        return answers.status_in(said, reference) if isinstance(said, Said) else unclear(said)

    async def _row(self, reference: str, seconds: float) -> dict[str, Any] | Unclear:
        """Our document in the list, which shows more of it than its status."""
        query: JsonValue = {"PageIndex": 0, "PageSize": 10, "InvoiceIds": [reference]}
        said = await self._ask("GetOutboxInvoiceList", {"query": query}, seconds)
        return answers.listed_in(said, reference) if isinstance(said, Said) else unclear(said)

    async def _registration(self, tax_number: str, seconds: float) -> Registration | Unclear:
        said = await self._ask(REGISTER, {"vknTckn": tax_number, "alias": ""}, seconds)
        if not isinstance(said, Said):
            return unclear(said)
        if not said.succeeded or not isinstance(said.value, bool):
            return Unclear(why=said.message or "the register's answer cannot be read")
        return Registration.REGISTERED if said.value else Registration.NOT_REGISTERED

    async def _addressed(self, prepared: Prepared, seconds: float) -> Object | NotSent | Refused:
        """An e-Fatura's request with the buyer's mailbox, where there are several; read anew for each attempt."""
        request = mapping.invoice_in(prepared.request)
        tax_number = mapping.buyer_in(request)["TaxNumber"]
        found = answers.mailboxes_in(await self._ask("GetUserAliasses", {"vknTckn": tax_number}, seconds))
        mailbox = taxpayers.mailbox_in(found)
        if not isinstance(mailbox, str):
            return mailbox
        return mapping.with_mailbox(request, mailbox) if isinstance(found, list) and len(found) > 1 else request

    async def _refused(self, said: Said, prepared: Prepared, deadline: Deadline) -> Refused | Unknown:
        """A refusal without a code is believed when our document is not there; the register says of which type it is.

        An earlier attempt may have made it, and "there is one already" has no words of its own.
        """
        status = await self._status(prepared.reference, deadline.left())
        if not isinstance(status, Absent):
            return Unknown(why=f"it was refused, and is not known not to be there: {said.message}")
        tax_number = str(mapping.buyer_in(mapping.invoice_in(prepared.request))["TaxNumber"])
        registered = await self.registration(tax_number, deadline.left())
        right = None if isinstance(registered, Unclear) else taxpayers.RIGHT_TYPE[registered]
        instead = right if right is not prepared.document_type else None
        return Refused(errors=answers.refusal_errors(said), instead=instead)

    async def _send_off(self, asked: StepInput, deadline: Deadline) -> Outcome:
        """The draft that was approved; a refusal is believed while it is still a draft."""
        said = await self._ask("SendDraft", {"invoiceIds": [asked.prepared.reference]}, deadline.left(), is_read=False)
        failed = said if not isinstance(said, Said) else None if said.succeeded else answers.failure(said)
        if failed is not None or not isinstance(said, Said):
            return failed or Unknown(why="nothing was said")
        found = await self.find_prepared(asked, deadline.left())
        if isinstance(found, Absent) and not said.succeeded:
            return Refused(errors=answers.refusal_errors(said))
        return found if isinstance(found, Done) else Unknown(why=f"what became of the draft is not shown: {found}")

    async def _taken_back(
        self, issued: Issued, action: str, parameters: Mapping[str, JsonValue], deadline: Deadline
    ) -> Outcome:
        said = await self._ask(action, parameters, deadline.left(), is_read=False)
        if not isinstance(said, Said):
            return said
        if not said.succeeded:
            return answers.failure(said) or Refused(errors=answers.refusal_errors(said))
        return cancellation_in(await self.find_issued(issued, deadline.left()))
