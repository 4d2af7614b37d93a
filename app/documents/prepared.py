"""From an order to one checked document: what every adapter calls, and all that it calls of this room.

The document is an `Invoice` whose `info` is its whole header, before any provider's form of it. An adapter that sends
UBL gives it to `checked_ubl`; one that sends JSON reads its fields.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from app.documents.from_order.checks import exemption_codes_of, order_errors
from app.documents.from_order.header import Issue, header_of
from app.documents.from_order.header_checks import header_errors
from app.documents.from_order.invoice import invoice_from_order
from app.documents.model.defaults import header_with_defaults
from app.documents.model.invoice import Invoice
from app.documents.model.profiles import Profile
from app.domain.commands import DocumentOrder, InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.order_identity import identity_given
from app.domain.parties import BusinessFacts, Person

# What GİB's rules of the header are for; a sales invoice in a provider's books is none of its documents.
E_DOCUMENTS: Final = frozenset({DocumentType.EARSIV, DocumentType.EFATURA})


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a provider's own requirements are checked on. `exemption_codes`: the reasons of its lines, each once."""

    order: DocumentOrder
    person: Person | None
    document_type: DocumentType
    exemption_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentErrors:
    """Every reason why there is no document: the order's, the provider's, then the header's; paths in the command."""

    errors: tuple[FieldError, ...]


Requirements = Callable[[Content], Iterable[FieldError]]


def prepare_invoice(
    command: InvoiceCommand,
    facts: BusinessFacts,
    document_type: DocumentType,
    issued_at: datetime,
    number: str | None = None,
    *,
    requirements: Requirements = lambda _: (),
) -> Invoice | DocumentErrors:
    """The document of this command at this moment, or everything that is wrong in its order.

    `number` is the whole legal number of sixteen characters where we or the order give it; without one the header has
    the business's series, from which the provider numbers, or nothing. `requirements` are the provider's own, so that
    all reasons come in one list. The header of a SALES_INVOICE is made and not checked: books are no e-document. Raises
    ValueError for a command that carries no order.
    """
    if command.order is None:
        raise ValueError(f"command {command.command_id} carries no order")
    order, person = command.order, command.person
    wrong = order_errors(order, person)
    invoice = None if wrong else invoice_from_order(order, person, facts.seller)
    exemptions = invoice.exemption_codes if invoice else exemption_codes_of(order.lines)
    issue = _issue(command, order, document_type, issued_at, number)
    header = header_of(order, issue, facts.carriers, exemptions)
    content = Content(order=order, person=person, document_type=document_type, exemption_codes=exemptions)
    errors = (
        *wrong,
        *requirements(content),
        *(
            header_errors(header, order, issue.profile, issued_at, exemptions, is_priced=invoice is not None)
            if document_type in E_DOCUMENTS
            else ()
        ),
    )
    if invoice is None or errors:
        return DocumentErrors(errors=errors)
    notes = (order.note,) if order.note else ()
    return replace(invoice, info=header_with_defaults(header), profile=issue.profile, notes=notes)


def _issue(
    command: InvoiceCommand, order: DocumentOrder, document_type: DocumentType, issued_at: datetime, number: str | None
) -> Issue:
    electronic = document_type is DocumentType.EFATURA
    return Issue(
        ettn=identity_given(order.invoice_info).ettn or command.document_id,
        number=number or (order.efatura_series if electronic else order.earsiv_series) or "",
        issued_at=issued_at,
        order_reference=command.order_reference,
        profile=Profile(order.efatura_profile) if electronic else Profile.EARSIVFATURA,
    )
