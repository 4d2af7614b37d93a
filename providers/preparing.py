"""From an invoice command to the request that an adapter sends: what every adapter does alike, JSON or XML."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from app.documents.model.invoice import Invoice
from app.documents.prepared import Content, DocumentErrors, Requirements, prepare_invoice
from app.domain.commands import DocumentOrder, InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.parties import BusinessFacts
from providers.base import Capabilities, Prepared, UnpreparableError, order_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDocument:
    """One document that may be made, before any provider's form of it.

    `reference`: our name for it, which is the ETTN that we give. `number`: its legal number where we give it.
    """

    invoice: Invoice
    order: DocumentOrder
    document_type: DocumentType
    reference: str
    issued_at: datetime
    number: str | None


def prepare_request(
    command: InvoiceCommand,
    facts: BusinessFacts,
    document_type: DocumentType,
    issued_at: datetime,
    number: str | None,
    *,
    capabilities: Capabilities,
    requirements: Requirements,
    request: Callable[[CheckedDocument], str],
) -> Prepared:
    """The request, fixed; `request` makes its body.

    `requirements` are the provider's own; they are asked about the document types of the `capabilities` alone. Raises
    UnpreparableError with every reason in one list.
    """
    order = order_of(command, issued_at)

    def required(content: Content) -> Iterator[FieldError]:
        if document_type in capabilities.document_types:
            yield from requirements(content)
        else:
            message = f"{capabilities.provider} makes no {document_type}"
            yield FieldError(path="$.order.document_type", code="DOCUMENT_TYPE_UNSUPPORTED", message=message)

    invoice = prepare_invoice(command, facts, document_type, issued_at, number, requirements=required)
    if isinstance(invoice, DocumentErrors):
        raise UnpreparableError(invoice.errors)
    checked = CheckedDocument(
        invoice=invoice,
        order=order,
        document_type=document_type,
        reference=command.document_id,
        issued_at=issued_at,
        number=number,
    )
    return Prepared(
        reference=checked.reference,
        document_type=document_type,
        issued_at=issued_at,
        request=request(checked),
        number=number,
    )
