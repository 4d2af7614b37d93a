"""From an invoice command to the request that an adapter sends: what every adapter does alike, JSON or XML."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from app.documents.model.invoice import Invoice
from app.documents.model.profiles import Profile
from app.documents.prepared import Content, DocumentErrors, Requirements, prepare_invoice
from app.domain.commands import DocumentOrder, InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.invoice_details import Detail, details_in
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_types import type_of
from app.domain.order_identity import GivenIdentity, identity_given
from app.domain.parties import PLACEHOLDERS, BusinessFacts, Person
from app.domain.time import legal_date
from providers.base import BuyerKey, Capabilities, Numbering, Prepared, Step, UnpreparableError, order_of
from providers.contacts import buyer_key

INFO: Final = "$.order.invoice_info"
# UN/ECE's code of a piece.
PIECES: Final = "C62"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDocument:
    """One document that may be made, before any provider's form of it.

    `reference`: our name for it, which is the ETTN that we or the order give. `number`: its legal number where we or
    the order give it. `buyer`: whose contact it is made out to, also where the address is not sent.
    """

    invoice: Invoice
    buyer: BuyerKey
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
    given = identity_given(order.invoice_info)
    issued_at = given.issue_moment(command.occurred_at) or issued_at
    number = given.number or number

    def required(content: Content) -> Iterator[FieldError]:
        if document_type in capabilities.document_types:
            yield from _identity_errors(given, command.occurred_at, order.issue_date_days_back, capabilities)
            yield from without_a_place(
                content.order, capabilities.provider, capabilities.invoice_types, capabilities.details
            )
            yield from requirements(content)
        else:
            message = f"{capabilities.provider} makes no {document_type}"
            yield FieldError(path="$.order.document_type", code="DOCUMENT_TYPE_UNSUPPORTED", message=message)

    invoice = prepare_invoice(command, facts, document_type, issued_at, number, requirements=required)
    if isinstance(invoice, DocumentErrors):
        raise UnpreparableError(invoice.errors)
    checked = CheckedDocument(
        invoice=invoice,
        buyer=buyer_key(invoice.customer),
        order=order,
        document_type=document_type,
        reference=given.ettn or command.document_id,
        issued_at=issued_at,
        number=number,
    )
    return Prepared(
        reference=checked.reference,
        document_type=document_type,
        issued_at=issued_at,
        request=request(checked),
        number=number,
        awaits_answer=document_type in capabilities.buyer_answers and order.efatura_profile == Profile.TICARIFATURA,
        brought=given.identifiers,
        buyer=checked.buyer if Step.CONTACT in capabilities.steps else None,
        payable=invoice.payable,
    )


def without_email(document: CheckedDocument) -> CheckedDocument:
    """The document without its buyer's address, for a provider that mails to the address in a document."""
    invoice = document.invoice
    return replace(document, invoice=replace(invoice, customer=replace(invoice.customer, email=None)))


def _identity_errors(
    given: GivenIdentity, asked_at: datetime, days_back: int, capabilities: Capabilities
) -> Iterator[FieldError]:
    """What the order fixes of its document's identity, and cannot be used."""
    if given.ettn is not None and not capabilities.takes_ettn:
        yield no_place(f"{INFO}.UUID", f"{capabilities.provider} gives the ETTN itself")
    if given.number is not None and capabilities.numbering is Numbering.PROVIDER:
        message = (
            f"{capabilities.provider} gives the number itself, unless the connection's option `numbers: ours` is set"
        )
        yield no_place(f"{INFO}.InvoiceSerieOrNumber", message)
    if given.issued_at is None:
        return
    today, day = legal_date(asked_at), legal_date(given.issued_at)
    if not timedelta(0) <= today - day <= timedelta(days=days_back):
        message = (
            f"is {day}, and the invoice is asked for on {today}: the policy's issue_date_days_back lets it be dated "
            f"{days_back} days back, and never ahead"
        )
        yield FieldError(path=f"{INFO}.IssueDate", code="ISSUE_DATE_OUT_OF_BOUND", message=message)


def without_a_place(
    order: DocumentOrder, form: str, invoice_types: Container[InvoiceType], details: Container[Detail]
) -> Iterator[FieldError]:
    """What a `form` of a document has no field for: refused by name, because left out it would be lost.

    `form` is the provider's name, or that of one of its interfaces with less.
    """
    kind = type_of(order.invoice_info, order.lines)
    if kind is not None and kind not in invoice_types:
        is_named = order.invoice_info is not None and order.invoice_info.invoice_type is not None
        path = "$.order.invoice_info.InvoiceType" if is_named else "$.order.lines"
        yield no_place(path, f"{form} makes no {kind.name} from an order here")
    lines = ((f"$.order.lines[{index}].details", line.details) for index, line in enumerate(order.lines))
    for path, given in (*lines, ("$.order.details", order.details)):
        for detail in details_in(given) if given else ():
            if detail not in details:
                yield no_place(f"{path}.{detail}", f"{form} has no field for it")


def no_place(path: str, message: str) -> FieldError:
    """What a provider has no place for."""
    return FieldError(path=path, code="NOT_AT_THIS_PROVIDER", message=message)


def counted_in_pieces(order: DocumentOrder, form: str) -> Iterator[FieldError]:
    """What `form` could not count: its lines have no unit of their own, and are pieces."""
    for index, line in enumerate(order.lines):
        if line.unit != PIECES:
            message = f"a line of {form} has no unit of its own: it counts pieces ({PIECES})"
            yield FieldError(path=f"$.order.lines[{index}].unit", code="UNIT_UNKNOWN", message=message)


def one_exemption(codes: Sequence[str], form: str) -> Iterator[FieldError]:
    """What `form` has no place for beside the first reason for lines without VAT."""
    if len(codes) > 1:
        message = f"{form} takes one reason for lines without VAT, not {', '.join(codes)}"
        yield FieldError(path="$.order.lines", code="ONE_VAT_EXEMPTION", message=message)


def registered_buyer_errors(person: Person | None) -> Iterator[FieldError]:
    """What an e-Fatura asks of its buyer, whichever provider it goes to."""
    number = person.buyer.tax_number if person else None
    if number is None or number in PLACEHOLDERS:
        yield FieldError(
            path="$.person.buyer.tax_number",
            code="TAX_NUMBER_REQUIRED",
            message="an e-Fatura goes to a registered taxpayer",
        )
