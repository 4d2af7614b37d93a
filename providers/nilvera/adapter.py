"""Nilvera's adapter: one company's API key.

Secrets: `api_key`. Options: those of `providers.options`, `template`, the UUID of a design stored at Nilvera, and
`numbers: ours` for a series that we number: Nilvera then takes all sixteen characters as they are.

Our document id is Nilvera's UUID and the document's ETTN. A repeated UUID is refused, so a second attempt cannot make
a second document; whether a look-up sees a document at once is not documented, so an absence is asked twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from app.domain import exact_json
from app.domain.commands import InvoiceCommand
from app.domain.documents import DEAD, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.parties import PLACEHOLDERS, BusinessFacts
from providers.base import (
    Absent,
    Capabilities,
    ConnectionSettings,
    Done,
    Finding,
    Issued,
    LookUp,
    NotSent,
    Numbering,
    Outcome,
    Permit,
    Prepared,
    Quota,
    Refused,
    Registration,
    Step,
    Unclear,
    Unknown,
    seen,
)
from providers.http import Deadline, Http, Reply, unclear
from providers.masking import Mask, discreet, personal
from providers.nilvera import answers, checks, files, mapping
from providers.options import TUNABLE, numbering, refuse_unknown, tuned
from providers.reads import CheckAsked, Checked, DocumentFile, FileForm

CAPABILITIES: Final = Capabilities(
    provider="nilvera",
    steps=(Step.INVOICE,),
    document_types=frozenset({DocumentType.EARSIV, DocumentType.EFATURA}),
    unique_reference=True,
    look_up=LookUp.BY_REFERENCE,
    settle_seconds=5.0,
    # Clients in production wait 10 to 30 seconds.
    max_call_seconds=20.0,
    # Nilvera publishes no limit; this is a guess on the polite side.
    quota=Quota(requests=10, seconds=1.0),
    concurrency=8,
    taxpayer_lookup=True,
    # An e-Fatura is followed until it has reached its buyer. The buyer's answer to a TICARIFATURA may take eight days
    # more, and a TEMELFATURA never gets one: that is no wait for a poll of seconds.
    poll_until={
        DocumentType.EARSIV: DEAD | {DocumentState.ISSUED},
        DocumentType.EFATURA: DEAD | {DocumentState.DELIVERED, DocumentState.ACCEPTED},
    },
    # An e-Fatura is cancelled by its buyer's answer or at GİB, not here.
    cancels=frozenset({DocumentType.EARSIV}),
    downloads=frozenset(FileForm),
    checks=checks.SUBJECTS,
)
# Of an e-Fatura's budget the look-up of the mailbox may take this part; the rest is the send's.
ALIAS_SHARE: Final = 0.4
# Where a buyer has several mailboxes, the default one is meant for senders who know no better.
DEFAULT_MAILBOX: Final = "urn:mail:defaultpk"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPaths:
    """Where one document type is sent to and asked for."""

    send: str
    documents: str


PATHS: Final[Mapping[DocumentType, DocumentPaths]] = {
    DocumentType.EARSIV: DocumentPaths(send="/earchive/Send/Model", documents="/earchive/Invoices"),
    DocumentType.EFATURA: DocumentPaths(send="/einvoice/Send/Model", documents="/einvoice/Sale"),
}


class NilveraAdapter:
    """One connection."""

    CAPABILITIES: Final = CAPABILITIES

    def __init__(self, settings: ConnectionSettings) -> None:
        """Raises ValueError for settings it cannot work with, KeyError for a missing `api_key`."""
        refuse_unknown(settings.options, TUNABLE | {"template", "numbers"})
        self._capabilities = replace(tuned(CAPABILITIES, settings.options), numbering=numbering(settings.options))
        self._template = settings.options.get("template")
        self._account = settings.secrets["api_key"]
        headers = {"Authorization": f"Bearer {self._account}"}
        self._http = Http(settings.base_url, headers, is_own=answers.is_own, secrets=settings.secrets.values())

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    @property
    def account(self) -> str:
        """A key may be any company's: nothing in it says whose."""
        return self._account

    def use_permit(self, permit: Permit) -> None:
        self._http.permit = permit

    def mask_for(self, document: Prepared | Issued | None) -> Mask:
        buyer = mapping.buyer_of(document.request) if isinstance(document, Prepared) else {}
        fields = [value for name, value in buyer.items() if name != "Country"]
        return personal(fields, names=[buyer.get("Name")])

    @discreet
    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:
        if tax_number in PLACEHOLDERS:
            return Registration.NOT_REGISTERED
        mailboxes = await self._mailboxes(tax_number, seconds)
        if not isinstance(mailboxes, list):
            return unclear(mailboxes)
        return Registration.REGISTERED if mailboxes else Registration.NOT_REGISTERED

    def prepare(
        self,
        command: InvoiceCommand,
        facts: BusinessFacts,
        document_type: DocumentType,
        issued_at: datetime,
        number: str | None = None,
    ) -> Prepared:
        return mapping.prepare(command, facts, document_type, issued_at, template=self._template, number=number)

    @discreet
    async def create(self, step: Step, prepared: Prepared, seconds: float) -> Outcome:  # noqa: ARG002 - there is one step
        deadline = Deadline(seconds)
        body = prepared.request
        if prepared.document_type is DocumentType.EFATURA:
            alias = await self._alias(prepared, seconds * ALIAS_SHARE)
            if not isinstance(alias, str):
                return alias
            body = mapping.with_alias(body, alias)
        reply = await self._http.send("POST", PATHS[prepared.document_type].send, deadline.left(), body=body)
        if not isinstance(reply, Reply):
            return reply
        return self._http.classify(reply) or answers.created(reply, prepared)

    @discreet
    async def find_prepared(self, step: Step, prepared: Prepared, seconds: float) -> Finding:  # noqa: ARG002 - there is one step
        deadline = Deadline(seconds)
        status = await self._part(prepared, "Status", deadline.left())
        if not isinstance(status, dict):
            return status
        details = await self._part(prepared, "Details", deadline.left())
        if not isinstance(details, dict):
            return Unclear(why="the document is there and its details are not")
        return answers.compared(details, prepared) or _done(prepared, status, details.get("InvoiceNumber"))

    @discreet
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Unclear:
        status = await self._part(prepared, "Status", seconds)
        if isinstance(status, Absent):
            return Unclear(why="the document is no longer found")
        return _done(prepared, status, done.number) if isinstance(status, dict) else status

    @discreet
    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        """The answer to the cancellation is not documented beyond "a list of strings": the status is what counts."""
        deadline = Deadline(seconds)
        reply = await self._http.send("PUT", self._path(issued, "Cancel"), deadline.left())
        if not isinstance(reply, Reply):
            return reply
        outcome = self._http.classify(reply) or answers.cancellation(reply)
        if outcome is not None:
            return outcome
        found = await self.find_issued(issued, deadline.left())
        if isinstance(found, Done) and found.state is DocumentState.CANCELLED:
            return found
        state = found.state if isinstance(found, Done) else type(found).__name__
        return Unknown(why=f"it was taken, and the status does not say so: {state}")

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        status = await self._part(issued, "Status", seconds)
        return _done(issued, status, issued.number) if isinstance(status, dict) else status

    async def probe(self, seconds: float) -> bool:
        return await self._http.answers(checks.COMPANY, seconds)

    @discreet
    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        reply = await self._http.read(self._path(issued, form), seconds)
        if isinstance(reply, NotSent | Unknown):
            return unclear(reply)
        if answers.is_absence(reply):
            return Absent()
        if reply.status != answers.OK:
            return Unclear(why=reply.excerpt())
        found = files.file_in(reply, form, issued.reference)
        return found or Unclear(why=f"what came is not the document's {form}")

    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        deadline = Deadline(seconds)
        ours = self._capabilities.numbering is Numbering.OURS
        check = checks.ConnectionCheck(http=self._http, asked=asked, deadline=deadline, is_numbered_by_us=ours)
        account = await check.account()
        register = checks.of_register(asked.tax_number, await self.registration(asked.tax_number, deadline.left()))
        return (*account, register)

    async def close(self) -> None:
        await self._http.close()

    @staticmethod
    def _path(document: Prepared | Issued, part: str) -> str:
        return f"{PATHS[document.document_type].documents}/{document.reference}/{part}"

    async def _part(self, document: Prepared | Issued, part: str, seconds: float) -> dict[str, Any] | Absent | Unclear:
        reply = await self._http.read(self._path(document, part), seconds)
        if isinstance(reply, NotSent | Unknown):
            return unclear(reply)
        if answers.is_absence(reply):
            return Absent()
        body = reply.json() if reply.status == answers.OK else None
        if not isinstance(body, dict):
            return Unclear(why=reply.excerpt())
        return (
            body if answers.is_about(body, document.reference) else Unclear(why="the answer is about another document")
        )

    async def _alias(self, prepared: Prepared, seconds: float) -> str | NotSent | Refused:
        """The buyer's mailbox, read anew for each attempt: a stale one would be refused for good."""
        customer = exact_json.loads(prepared.request)[mapping.ENVELOPES[DocumentType.EFATURA]]["CustomerInfo"]
        mailboxes = await self._mailboxes(customer["TaxNumber"], seconds)
        if not isinstance(mailboxes, list):
            return mailboxes
        if not mailboxes:
            error = FieldError(
                path="$.person.buyer.tax_number", code="BUYER_NOT_REGISTERED", message="is no e-Fatura user"
            )
            return Refused(errors=(error,), instead=DocumentType.EARSIV)
        return next((box for box in mailboxes if box.startswith(DEFAULT_MAILBOX)), mailboxes[0])

    async def _mailboxes(self, tax_number: str, seconds: float) -> list[str] | NotSent:
        path = f"/general/GlobalCompany/Check/TaxNumber/{tax_number}"
        reply = await self._http.read(path, seconds, query={"globalUserType": "Invoice"})
        if isinstance(reply, NotSent):
            return reply
        if isinstance(reply, Unknown):
            return NotSent(why=f"the register of taxpayers gave no answer: {reply.why}")
        rows = reply.json() if reply.status == answers.OK else None
        names = [row.get("Name") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else [None]
        mailboxes = [name for name in names if name and isinstance(name, str)]
        if not isinstance(rows, list) or len(mailboxes) != len(rows):
            return NotSent(why=f"the register of taxpayers cannot be read: {reply.excerpt()}")
        return mailboxes


def _done(document: Prepared | Issued, status: Mapping[str, Any], number: object) -> Done | Unclear:
    state = answers.state_of(status, document.document_type)
    if state is None:
        return Unclear(why=f"a status that is not in the tables: {answers.words_of(status)}")
    errors = answers.errors_of(status, state)
    done = seen(reference=document.reference, state=state, ettn=document.reference, number=number, errors=errors)
    return done or Unclear(why="the document is there, and its number is none")
