"""Paraşüt's adapter: one company's books.

Secrets: `client_id`, `client_secret`, `username` (an e-mail address), `password`. Options: those of
`providers.options`, and `company_id`, the number of the company in the panel's address.

A document is made in three steps. The sales invoice is no legal document; Paraşüt makes one from it in a job, whose end
is asked for. Paraşüt names everything itself: a sales invoice is known by our reference in its description, in the list
of its contact and day.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from app.domain.documents import DEAD, LEGAL, UNSIGNED, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.invoice_details import Detail
from app.domain.invoice_info.enums import InvoiceType
from providers import register
from providers.base import (
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
    seen,
)
from providers.base.reads import CheckAsked, Checked, CheckState, Subject, of_failure
from providers.contacts import ContactNames, contact_among
from providers.masking import discreet
from providers.parasut import answers, login, mapping
from providers.parasut.answers import UNREADABLE, Job, Resource
from providers.parasut.books import Books, SalesInvoice
from providers.parasut.login import Login
from providers.parasut.requirements import requirements_of
from providers.transport.http import Deadline, Reply
from providers.transport.rest import Request, RestApi
from providers.transport.rotating import RotatingTokenAdapter

COMPANY: Final = "company_id"
KINDS: Final = frozenset({DocumentType.EARSIV, DocumentType.EFATURA})


class ParasutAdapter(RotatingTokenAdapter[Login]):
    """One connection."""

    CAPABILITIES = Capabilities(
        provider="parasut",
        steps=(Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT),
        document_types=KINDS,
        unique_reference=False,
        look_up=LookUp.BY_LIST,
        # Nothing is published of how soon a list has what was made, or of how long a job takes.
        visibility_seconds=120.0,
        # An e-document may appear while its job is known, which is a quarter of an hour.
        give_up_seconds=1200.0,
        # Several requests a second apart, and still within what a worker may take by default.
        max_call_seconds=40.0,
        quota=Quota(requests=10, seconds=10.0),
        concurrency=1,
        taxpayer_lookup=True,
        invoice_types=frozenset({InvoiceType.SATIS, InvoiceType.ISTISNA, InvoiceType.TEVKIFAT}),
        details=frozenset({Detail.WITHHOLDING}),
        poll_until={
            DocumentType.EARSIV: DEAD | {DocumentState.ISSUED},
            DocumentType.EFATURA: DEAD | (LEGAL - {DocumentState.ISSUED}),
        },
        buyer_answers=frozenset({DocumentType.EFATURA}),
        rotating_login=True,
        checks=frozenset({Subject.LOGIN, Subject.TAXPAYERS}),
    )
    API = RestApi(
        probe="/v4/me",
        options=frozenset({COMPANY}),
        is_own=answers.is_own,
        is_absence=answers.is_absence,
        requirements=requirements_of,
        request=mapping.request_of,
        buyer=mapping.buyer_in,
        buyer_name="name",
        login=lambda _: {},
        account="username",
    )

    def __init__(self, settings: ConnectionSettings) -> None:
        """Raises ValueError for settings that it cannot work with, KeyError for a missing secret."""
        super().__init__(settings)
        self.account = _company(settings.options)
        names = ("client_id", "client_secret", "username", "password")
        self._secrets = {name: settings.secrets[name] for name in names}
        self._books = Books(self.read_object, self.account)

    async def renew(self, seconds: float, last: Login | None) -> Login | NotSent:
        return await login.renewed(self.http, self._secrets, last, seconds)

    def read_token(self, text: str) -> Login | None:
        return login.login_in(text, self._secrets["username"])

    async def exchange(
        self, request: Request, seconds: float, headers: Mapping[str, str] = MappingProxyType({})
    ) -> Reply | NotSent | Unknown:
        reply = await super().exchange(request, seconds, headers)
        return answers.with_its_wait(reply) if isinstance(reply, Reply) else reply

    @discreet
    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        match asked.step:
            case Step.CONTACT:
                body = mapping.contact_body(asked.prepared.request)
                return await self._make("contacts", body, DocumentState.PLANNED, seconds)
            case Step.INVOICE:
                body = mapping.sales_invoice_body(asked.prepared.request, asked.made[Step.CONTACT].reference)
                return await self._make("sales_invoices", body, DocumentState.DRAFT, seconds)
            case _:
                return await self._formalise(asked, seconds)

    @discreet
    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        if asked.step is Step.CONTACT:
            return await self._contact(asked.prepared, seconds)
        found = await self._books.sales_invoice(asked.made[Step.INVOICE].reference, seconds)
        if not isinstance(found, SalesInvoice):
            return found
        if found.document is None:
            return Absent()
        return _compared(found, asked.prepared)

    @discreet
    async def candidates(self, asked: StepInput, seconds: float) -> tuple[Done, ...] | Different | Unclear:
        """What has our reference in its description; with another total it is a question for a person."""
        contact = asked.made.get(Step.CONTACT)
        if contact is None:
            return Unclear(why="it is not known for which contact it would be")
        day = mapping.parts_of(asked.prepared.request)["sales_invoice"]["attributes"]["issue_date"]
        query = {"filter[contact_id]": contact.reference, "filter[issue_date]": day}
        rows = await self._books.sales_invoices(query, seconds)
        if isinstance(rows, Unclear):
            return rows
        marked = [row for row in rows if _has_mark(row, asked.prepared.reference)]
        different = [found for row in marked if (found := answers.differences(row, asked.prepared))]
        drafts = [seen(reference=row.id, state=DocumentState.DRAFT) for row in marked]
        return different[0] if different else tuple(draft for draft in drafts if draft)

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        found = await self._meant(issued, seconds)
        if not isinstance(found, SalesInvoice):
            return found
        return _state(found, issued.document_type) or Unclear(why=UNREADABLE)

    @discreet
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Absent | Unclear:
        """By its job while that is known, then by what the sales invoice has."""
        deadline = Deadline(seconds)
        job = await self._books.job(done.job, deadline.left()) if done.job else None
        if isinstance(job, Unclear):
            return job
        if isinstance(job, Job) and not job.has_ended:
            return replace(done, state=DocumentState.PROCESSING)
        found = await self._books.sales_invoice(done.reference, deadline.left())
        if not isinstance(found, SalesInvoice):
            is_gone = isinstance(found, Absent) and done.state in UNSIGNED
            return (
                found if is_gone or isinstance(found, Unclear) else Unclear(why="the sales invoice is no longer found")
            )
        if found.document is None and isinstance(job, Job) and not job.errors:
            return replace(done, state=DocumentState.PROCESSING)  # it appears some time after its job
        state = _state(found, prepared.document_type)
        if state is None:
            return Unclear(why=UNREADABLE)
        errors = () if job is None else job.errors if isinstance(job, Job) else (answers.JOB_FORGOTTEN,)
        return replace(state, errors=errors) if state.state is DocumentState.DRAFT else state

    @discreet
    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:
        boxes = await self._books.mailboxes(tax_number, seconds)
        if isinstance(boxes, Unclear):
            return boxes
        return Registration.REGISTERED if boxes else Registration.NOT_REGISTERED

    @discreet
    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        """The companies that the login opens do not show their tax number: it is the number of the company alone."""
        deadline = Deadline(seconds)
        body = await self.read_object("/v4/me", deadline.left(), query={"include": "companies"})
        registered = await self.registration(asked.tax_number, deadline.left())
        return (self._login_checked(body), register.checked(asked.tax_number, registered))

    def _login_checked(self, body: object) -> Checked:
        if isinstance(body, Unclear):
            return of_failure(Subject.LOGIN, body)
        listed = body.get("included") if isinstance(body, dict) else None
        found = [answers.resource_of(row, "companies") for row in (listed if isinstance(listed, list) else [])]
        companies = [company.id for company in found if company is not None]
        if not companies:
            return Checked(subject=Subject.LOGIN, state=CheckState.UNCLEAR, said=UNREADABLE)
        if self.account in companies:
            return Checked(subject=Subject.LOGIN, state=CheckState.FINE, said=f"the login opens company {self.account}")
        said = f"the login opens the companies {', '.join(companies)}, and not {self.account}"
        return Checked(subject=Subject.LOGIN, state=CheckState.WRONG, said=said)

    async def _make(self, kind: str, body: str, state: DocumentState, seconds: float) -> Outcome:
        return await self.send(
            "POST", self._books.path(kind), seconds, lambda reply: answers.made(reply, kind, state), body=body
        )

    async def _contact(self, prepared: Prepared, seconds: float) -> Finding:
        """With the buyer's tax number; of a consumer without one, with the e-mail and the name."""
        buyer = mapping.parts_of(prepared.request)["contact"]
        rows = await self._books.contacts(buyer, seconds)
        if isinstance(rows, Unclear):
            return rows
        wanted = ContactNames(name=buyer["name"], tax_number=buyer["tax_number"], email=buyer.get("email"))
        contact = contact_among([(answers.names_in(row), row) for row in rows], wanted)
        done = seen(reference=contact.id, state=DocumentState.PLANNED) if contact else None
        return done or Absent()

    async def _formalise(self, asked: StepInput, seconds: float) -> Outcome:
        """The legal step: only of a sales invoice that has no e-document, and whose sums are ours."""
        deadline, prepared, name = Deadline(seconds), asked.prepared, asked.made[Step.INVOICE].reference
        found = await self._books.sales_invoice(name, deadline.left())
        if isinstance(found, Unclear):
            return _not_sent(found)
        if isinstance(found, Absent):
            return Refused(errors=(answers.SALES_INVOICE_GONE,))
        if found.document is not None:
            known = _compared(found, prepared)
            return (
                known if isinstance(known, Done) else Unknown(why="it has an e-document that is not as was asked for")
            )
        if different := answers.differences(found.invoice, prepared):
            message = f"the sales invoice at Paraşüt is not as was asked for: {different.detail}"
            return Refused(errors=(FieldError(path="$", code="PARASUT_DIFFERENT", message=message),))
        mailbox = await self._mailbox(prepared, deadline.left())
        if isinstance(mailbox, NotSent | Refused):
            return mailbox
        return await self._ask_for_e_document(found, prepared, mailbox, deadline.left())

    async def _ask_for_e_document(
        self, found: SalesInvoice, prepared: Prepared, mailbox: str | None, seconds: float
    ) -> Outcome:
        deadline, name = Deadline(seconds), found.invoice.id
        if len(found.details) != len(mapping.parts_of(prepared.request)["e_document"]["withheld"]):
            return NotSent(why="Paraşüt does not show the lines of the sales invoice")
        body = mapping.e_document_body(prepared.request, name, found.details, mailbox)
        path = self._books.path(mapping.E_DOCUMENTS[prepared.document_type])
        job = await self.send("POST", path, deadline.left(), _job, body=body)
        if not isinstance(job, Job):
            return job
        if job.errors:
            return Refused(errors=job.errors)
        done = Done(reference=name, state=DocumentState.PROCESSING, job=job.id)
        if not job.has_ended:
            return done
        # It was quick.
        again = await self._books.sales_invoice(name, deadline.left())
        if isinstance(again, SalesInvoice) and again.document is not None:
            known = _compared(again, prepared)
            return known if isinstance(known, Done) else done
        return done

    async def _mailbox(self, prepared: Prepared, seconds: float) -> str | NotSent | Refused | None:
        """Of an e-Fatura: asked for right before, because it may change any day."""
        if prepared.document_type is DocumentType.EARSIV:
            return None
        number = mapping.parts_of(prepared.request)["contact"]["tax_number"]
        boxes = await self._books.mailboxes(number, seconds)
        if isinstance(boxes, Unclear):
            return register.no_answer(boxes.why)
        return register.preferred_mailbox(boxes) if boxes else register.not_registered()

    async def _meant(self, issued: Issued, seconds: float) -> SalesInvoice | Absent | Different | Unclear:
        """By Paraşüt's id where that is known, else by our reference among those of its day, or of late."""
        deadline, name = Deadline(seconds), issued.provider_reference
        if name is None:
            day = {"filter[issue_date]": issued.issue_date.isoformat()} if issued.issue_date else {"sort": "-id"}
            rows = await self._books.sales_invoices(day, deadline.left())
            if isinstance(rows, Unclear):
                return rows
            marked = [row for row in rows if _has_mark(row, issued.reference)]
            if len(marked) != 1:
                why = f"{len(marked)} sales invoices have the reference {issued.reference}"
                return Different(detail=why) if marked else Absent()
            name = marked[0].id
        found = await self._books.sales_invoice(name, deadline.left())
        if isinstance(found, SalesInvoice) and not _has_mark(found.invoice, issued.reference):
            return Different(detail=f"the sales invoice {name} has not the reference {issued.reference}")
        return found


def _company(options: Mapping[str, str]) -> str:
    number = options.get(COMPANY, "")
    if not (number.isascii() and number.isdecimal()):
        raise ValueError(f"option {COMPANY} must be the company's number in the address of Paraşüt's panel")
    return number


def _has_mark(invoice: Resource, reference: str) -> bool:
    return reference in (invoice.text("description") or "")


def _compared(found: SalesInvoice, prepared: Prepared) -> Done | Different | Unclear:
    """The document that was asked for, if it is there as that."""
    if not _has_mark(found.invoice, prepared.reference):
        return Different(detail=f"the sales invoice has not the reference {prepared.reference}")
    return (
        answers.differences(found.invoice, prepared) or _state(found, prepared.document_type) or Unclear(why=UNREADABLE)
    )


def _state(found: SalesInvoice, asked: DocumentType) -> Done | None:
    if found.document is not None:
        return answers.document_in(found.invoice, found.document, asked)
    is_cancelled = found.invoice.text("item_type") == "cancelled"
    return Done(reference=found.invoice.id, state=DocumentState.CANCELLED if is_cancelled else DocumentState.DRAFT)


def _job(reply: Reply) -> Job | Refused | Unknown:
    """The outcome of a call that asks for an e-document, as far as `classify` left it open."""
    job = answers.job_in(reply.json()) if reply.status == answers.CREATED else None
    return job or answers.refused(reply) or Unknown(why=reply.excerpt())


def _not_sent(failure: Unclear) -> NotSent:
    return NotSent(why=failure.why, retry_after=failure.retry_after, needs_owner=failure.needs_owner)
