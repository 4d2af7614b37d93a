"""The legal step: Paraşüt's job makes an e-document of a sales invoice that has none, and whose sums are ours."""

from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from providers import taxpayers
from providers.base import (
    Absent,
    Different,
    Done,
    NotSent,
    Outcome,
    Prepared,
    Refused,
    Step,
    StepInput,
    Unclear,
    Unknown,
    not_sent,
)
from providers.parasut import answers, mapping
from providers.parasut.answers import UNREADABLE, Job, Resource
from providers.parasut.books import Books, SalesInvoice
from providers.transport.http import Deadline, Reply
from providers.transport.rest import Send


class Formalising:
    """One connection's legal steps."""

    def __init__(self, books: Books, send: Send) -> None:
        self._books = books
        self._send = send

    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        """The legal step: only of a sales invoice that has no e-document, and whose sums are ours."""
        deadline, prepared, name = Deadline(seconds), asked.prepared, asked.made[Step.INVOICE].reference
        found = await self._books.sales_invoice(name, deadline.left())
        if isinstance(found, Unclear):
            return not_sent(found)
        if isinstance(found, Absent):
            return Refused(errors=(answers.SALES_INVOICE_GONE,))
        if found.document is not None:
            known = compared(found, prepared)
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
        job = await self._send("POST", path, deadline.left(), _job, body=body)
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
            known = compared(again, prepared)
            return known if isinstance(known, Done) else done
        return done

    async def _mailbox(self, prepared: Prepared, seconds: float) -> str | NotSent | Refused | None:
        """Of an e-Fatura: asked for right before, because it may change any day."""
        if prepared.document_type is DocumentType.EARSIV:
            return None
        number = mapping.parts_of(prepared.request)["contact"]["tax_number"]
        return taxpayers.mailbox_in(await self._books.mailboxes(number, seconds))


def has_mark(invoice: Resource, reference: str) -> bool:
    return reference in (invoice.text("description") or "")


def compared(found: SalesInvoice, prepared: Prepared) -> Done | Different | Unclear:
    """The document that was asked for, if it is there as that."""
    if not has_mark(found.invoice, prepared.reference):
        return Different(detail=f"the sales invoice has not the reference {prepared.reference}")
    return (
        answers.differences(found.invoice, prepared)
        or state_of(found, prepared.document_type)
        or Unclear(why=UNREADABLE)
    )


def state_of(found: SalesInvoice, asked: DocumentType) -> Done | None:
    if found.document is not None:
        return answers.document_in(found.invoice, found.document, asked)
    is_cancelled = found.invoice.text("item_type") == "cancelled"
    return Done(reference=found.invoice.id, state=DocumentState.CANCELLED if is_cancelled else DocumentState.DRAFT)


def _job(reply: Reply) -> Job | Refused | Unknown:
    """The outcome of a call that asks for an e-document, as far as `classify` left it open."""
    job = answers.job_in(reply.json()) if reply.status == answers.CREATED else None
    return job or answers.refused(reply) or Unknown(why=reply.excerpt())
