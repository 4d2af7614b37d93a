"""Paraşüt's adapter: one company's books.

Secrets: `client_id`, `client_secret`, `username` (an e-mail address), `password`. Options: those of
`providers.options`, `company_id`, the number of the company in the panel's address, and

* `products`: `none` (lines have none), `match` (a line's code at the seller is a product's, which must be there) or
  `create` (one that is missing is made).
* `vat`: what is known of Paraşüt's rounding, see `providers.rounding`.

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
from providers import rounding, taxpayers
from providers.base import (
    E_DOCUMENTS,
    Absent,
    Capabilities,
    ConnectionSettings,
    Different,
    Done,
    Drafts,
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
    not_sent,
    seen,
)
from providers.base.reads import (
    CheckAsked,
    Checked,
    CheckState,
    Days,
    DocumentFile,
    FileForm,
    ListedDocument,
    Subject,
    of_failure,
)
from providers.contacts import ContactNames, contact_among
from providers.formats import files
from providers.masking import discreet
from providers.parasut import answers, lists, login, mapping
from providers.parasut.answers import UNREADABLE, Job
from providers.parasut.books import Books, SalesInvoice
from providers.parasut.formalising import Formalising, compared, has_mark, state_of
from providers.parasut.login import Login
from providers.parasut.products import Products
from providers.parasut.requirements import requirements_of
from providers.transport.by_url import fetch, is_fetchable
from providers.transport.http import Deadline, Reply, unclear
from providers.transport.rest import OK, Request, RestApi
from providers.transport.rotating import RotatingTokenAdapter

COMPANY: Final = "company_id"


class ParasutAdapter(RotatingTokenAdapter[Login]):
    """One connection."""

    CAPABILITIES = Capabilities(
        provider="parasut",
        steps=(Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT),
        document_types=E_DOCUMENTS,
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
        withdraws=E_DOCUMENTS,
        # The sales invoice.
        drafts=Drafts.SENT_OFF,
        downloads=frozenset({FileForm.PDF}),
        lists=E_DOCUMENTS,
        checks=frozenset({Subject.LOGIN, Subject.TAXPAYERS}),
    )
    API = RestApi(
        probe="/v4/me",
        options=frozenset({COMPANY, mapping.PRODUCTS, rounding.VAT_OPTION}),
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
        rounding.rules_in(settings.options)
        names = ("client_id", "client_secret", "username", "password")
        self._base_url = settings.base_url
        self._secrets = {name: settings.secrets[name] for name in names}
        self._books = Books(self.read_object, self.account)
        self._formalising = Formalising(self._books, self.send)
        self._products = Products(self.send, self._books, settings.options)

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
                return await self._sell(asked, seconds)
            case _:
                return await self._formalising.create(asked, seconds)

    @discreet
    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        if asked.step is Step.CONTACT:
            return await self._contact(asked.prepared, seconds)
        found = await self._books.sales_invoice(asked.made[Step.INVOICE].reference, seconds)
        if not isinstance(found, SalesInvoice):
            return found
        if found.document is None:
            return Absent()
        return compared(found, asked.prepared)

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
        marked = [row for row in rows if has_mark(row, asked.prepared.reference)]
        different = [found for row in marked if (found := answers.differences(row, asked.prepared))]
        drafts = [seen(reference=row.id, state=DocumentState.DRAFT) for row in marked]
        return different[0] if different else tuple(draft for draft in drafts if draft)

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        found = await self._meant(issued, seconds)
        if not isinstance(found, SalesInvoice):
            return found
        return state_of(found, issued.document_type) or Unclear(why=UNREADABLE)

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
        state = state_of(found, prepared.document_type)
        if state is None:
            return Unclear(why=UNREADABLE)
        errors = () if job is None else job.errors if isinstance(job, Job) else (answers.JOB_FORGOTTEN,)
        return replace(state, errors=errors) if state.state is DocumentState.DRAFT else state

    @discreet
    async def withdraw(self, issued: Issued, seconds: float) -> Outcome:
        """Done when it is not found any more; what has an e-document is none of what is deleted."""
        deadline = Deadline(seconds)
        found = await self._meant(issued, deadline.left())
        if isinstance(found, Unclear):
            return not_sent(found)
        if isinstance(found, Different):
            return Refused(errors=(FieldError(path="$", code="PARASUT_DIFFERENT", message=found.detail),))
        if isinstance(found, Absent) or found.document is not None:
            return Refused(errors=(answers.NO_DRAFT,))
        path, name = self._books.path("sales_invoices", found.invoice.id), found.invoice.id
        outcome = await self.send("DELETE", path, deadline.left(), answers.deleted)
        if outcome is not None:
            return outcome
        if isinstance(await self._books.sales_invoice(name, deadline.left()), Absent):
            return Done(reference=name, state=DocumentState.CANCELLED)
        return Unknown(why="it was taken, and the sales invoice is still found")

    @discreet
    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        """By an address that opens for an hour, and is asked for each time."""
        deadline = Deadline(seconds)
        found = await self._meant(issued, deadline.left())
        if not isinstance(found, SalesInvoice):
            return Unclear(why=found.detail) if isinstance(found, Different) else found
        if found.document is None:
            return Absent()
        reply = await self.read(self._books.path(*found.document.name, "pdf"), deadline.left())
        if not isinstance(reply, Reply):
            return unclear(reply)
        url = answers.page_in(reply)
        if url is None or not is_fetchable(url, self._base_url):
            return Unclear(why="Paraşüt has no page of it yet" if reply.status == answers.NOTHING else reply.excerpt())
        page = await fetch(url, self.http.permit, deadline.left())
        if not isinstance(page, Reply):
            return unclear(page)
        file = files.file_among([page.body], form, issued.reference) if page.status == OK else None
        return file or Unclear(why=f"what came is no PDF ({page.excerpt()})")

    @discreet
    async def list_issued(self, days: Days, seconds: float) -> tuple[ListedDocument, ...] | Unclear:
        return await lists.list_issued(self._books, days, seconds)

    @discreet
    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:
        return taxpayers.registration_in(await self._books.mailboxes(tax_number, seconds))

    @discreet
    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        """The companies that the login opens do not show their tax number: it is the number of the company alone."""
        deadline = Deadline(seconds)
        body = await self.read_object("/v4/me", deadline.left(), query={"include": "companies"})
        registered = await self.registration(asked.tax_number, deadline.left())
        return (self._login_checked(body), taxpayers.checked(asked.tax_number, registered))

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

    async def _sell(self, asked: StepInput, seconds: float) -> Outcome:
        """With the products of its lines, where the connection names them; those that are missing come first."""
        deadline, request = Deadline(seconds), asked.prepared.request
        products = await self._products.of(request, deadline.left())
        if isinstance(products, NotSent | Refused):
            return products
        body = mapping.sales_invoice_body(request, asked.made[Step.CONTACT].reference, products)
        outcome = await self._make("sales_invoices", body, DocumentState.DRAFT, deadline.left())
        return self._products.refused(request, outcome) if isinstance(outcome, Refused) else outcome

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

    async def _meant(self, issued: Issued, seconds: float) -> SalesInvoice | Absent | Different | Unclear:
        """By Paraşüt's id where that is known, else by our reference among those of its day, or of late."""
        deadline, name = Deadline(seconds), issued.provider_reference
        if name is None:
            day = {"filter[issue_date]": issued.issue_date.isoformat()} if issued.issue_date else {"sort": "-id"}
            rows = await self._books.sales_invoices(day, deadline.left())
            if isinstance(rows, Unclear):
                return rows
            marked = [row for row in rows if has_mark(row, issued.reference)]
            if len(marked) != 1:
                why = f"{len(marked)} sales invoices have the reference {issued.reference}"
                return Different(detail=why) if marked else Absent()
            name = marked[0].id
        found = await self._books.sales_invoice(name, deadline.left())
        if isinstance(found, SalesInvoice) and not has_mark(found.invoice, issued.reference):
            return Different(detail=f"the sales invoice {name} has not the reference {issued.reference}")
        return found


def _company(options: Mapping[str, str]) -> str:
    number = options.get(COMPANY, "")
    if not (number.isascii() and number.isdecimal()):
        raise ValueError(f"option {COMPANY} must be the company's number in the address of Paraşüt's panel")
    return number
