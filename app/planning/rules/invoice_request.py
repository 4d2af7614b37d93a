"""From requests to documents: a request for one shipment, and a person's approval."""

from dataclasses import replace

from app.domain.commands import Action
from app.domain.documents import Attention
from app.domain.errors import FieldError
from app.domain.orders import DocumentApproved, InvoiceRequested, LoggedEvent
from app.domain.outcomes import Verdict
from app.domain.policy import Mode
from app.planning.answers import being_taken_back, ended_document, unknown_document
from app.planning.events import policy_of
from app.planning.planned_document import PlannedDocument
from app.planning.rules.claims import (
    active_from_errors,
    claim_errors,
    documents_holding,
    plan,
    reference_errors,
    release,
    review_error,
    withdraw_all,
)
from app.planning.rules.external import external_errors, is_external, register_issued
from app.planning.rules.invoice_info import contradictions
from app.planning.rules.notices import confirm_shipment
from app.planning.rules.sign_through import is_on_its_way_there
from app.planning.state import HeldFor, LineStatus
from app.planning.working_order import WorkingOrder


def invoice_requested(order: WorkingOrder, event: LoggedEvent, body: InvoiceRequested) -> None:
    """One shipment: the document that exists for it, a new one, or every reason why not."""
    references = body.line_references
    existing = existing_document(order, event, body)
    if errors := shape_errors(order, body) or reference_conflicts(order, body) or active_from_errors(order, event):
        order.reject(event, errors)
    elif waits_for_a_withdrawal(order, references, existing):
        order.hold(event, HeldFor.WITHDRAWAL)
    elif existing and (existing.released or existing.request):
        repeat_or_release(order, event, existing)
    elif body.invoice_info is not None and (errors := order.file_errors(body.invoice_info)):
        order.reject(event, errors)
    elif existing:
        repeat_or_release(order, event, replace(existing, request=body))
    else:
        claim(order, event, body)


def waits_for_a_withdrawal(order: WorkingOrder, references: tuple[str, ...], existing: PlannedDocument | None) -> bool:
    """Whether one of these lines is on a document that is being taken back.

    A repeat of what is only on its way to be signed elsewhere does not wait: what a person decides about the document
    meanwhile comes after it.
    """
    if existing is not None and is_on_its_way_there(order, existing):
        return False
    return any(document.withdrawing for document in documents_holding(order, references))


def claim(order: WorkingOrder, event: LoggedEvent, body: InvoiceRequested) -> None:
    """A new document over these lines. A planned one over others of them that never went out makes way for it."""
    in_the_way = [d for d in documents_holding(order, body.line_references) if not d.released]
    policy = policy_of(event)
    registers = policy.mode is Mode.EXTERNAL
    errors = claim_errors(order, body.line_references, in_the_way)
    if errors := (*errors, *(external_errors(body, policy) if registers else ())):
        order.reject(event, errors)
        return
    withdraw_all(order, in_the_way)
    if registers:
        register_issued(order, event, body)
        return
    document = release(order, plan(order, body.line_references, policy, body))
    confirm_shipment(order, document, body)
    order.answer(event, Verdict.OK, documents=(document.document_id,))


def document_approved(order: WorkingOrder, event: LoggedEvent, body: DocumentApproved) -> None:
    """A person lets a planned document go, or a draft become legal; any other needs no approval, or no second one."""
    document = order.documents.get(body.document_id)
    if document is None:
        order.reject(event, (unknown_document(),))
    elif document.is_dead:
        order.reject(event, (ended_document(document),))
    elif document.is_unapproved:
        approve(order, event, document)
    elif document.released:
        order.answer(event, Verdict.DUPLICATE, "NOT_AWAITING_APPROVAL", documents=(document.document_id,))
    else:
        repeat_or_release(order, event, document)


def approve(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument) -> None:
    """An APPROVE command, also where the draft is not made yet; what is being taken back is not approved."""
    if document.withdrawing:
        order.reject(event, (being_taken_back(),))
        return
    attention = None if document.attention is Attention.AWAITING_APPROVAL else document.attention
    document = order.emit_status(document, approved=True, attention=attention)
    order.command(document, Action.APPROVE, 0)
    order.answer(event, Verdict.OK, documents=(document.document_id,))


def repeat_or_release(order: WorkingOrder, event: LoggedEvent, existing: PlannedDocument) -> None:
    """An explicit request counts under each policy, so it also lets a document go that waits for approval."""
    if existing.released:
        order.answer(event, Verdict.DUPLICATE, documents=(existing.document_id,))
    elif error := review_error(order, existing.lines, "$.body"):
        order.reject(event, (error,))
    else:
        document = release(order, existing)
        if isinstance(event.body, InvoiceRequested):
            confirm_shipment(order, document, event.body)
        order.answer(event, Verdict.OK, documents=(existing.document_id,))


def existing_document(order: WorkingOrder, event: LoggedEvent, body: InvoiceRequested) -> PlannedDocument | None:
    """The living document that this request is a repeat of, or lets go.

    Where the merchant issues himself, that is the registration of this very number. Any other document over the same
    lines would be a second invoice of them: it is not let go, and it does not answer for his.
    """
    document = document_over(order, body.line_references)
    if document is None or policy_of(event).mode is not Mode.EXTERNAL:
        return document
    return document if is_external(document) and document.number == body.invoice_reference else None


def document_over(order: WorkingOrder, references: tuple[str, ...]) -> PlannedDocument | None:
    """The living document that covers exactly these lines."""
    wanted = set(references)
    return next((d for d in order.documents.values() if not d.is_dead and set(d.claims) == wanted), None)


def shape_errors(order: WorkingOrder, body: InvoiceRequested) -> tuple[FieldError, ...]:
    """What no state of the lines could make right."""
    errors = reference_errors(order, body.line_references)
    if body.invoice_info is None:
        return errors
    lines = order.ordered_lines(body.line_references)
    return (*errors, *contradictions(body.invoice_info, order.content, lines))


def reference_conflicts(order: WorkingOrder, body: InvoiceRequested) -> tuple[FieldError, ...]:
    """A shipment's or an invoice's reference may not come back with other content.

    Lines that were cancelled since are no other content: what is left of the document has the request without them.
    """
    errors = []
    contents = (in_line_order(body), in_line_order(_without_cancelled_lines(order, body)))
    requests = [d.request for d in order.documents.values() if d.request and not d.is_dead]
    for name in ("shipment_reference", "invoice_reference"):
        given = getattr(body, name)
        same = [known for known in requests if given is not None and getattr(known, name) == given]
        if any(in_line_order(known) not in contents for known in same):
            message = "is known with other content"
            errors.append(FieldError(path=f"$.body.{name}", code="CONTENT_CONFLICT", message=message))
    return tuple(errors)


def _without_cancelled_lines(order: WorkingOrder, body: InvoiceRequested) -> InvoiceRequested:
    left = (ref for ref in body.line_references if order.lines[ref].status is not LineStatus.CANCELLED)
    return replace(body, line_references=tuple(left))


def in_line_order(request: InvoiceRequested) -> InvoiceRequested:
    """The same request with its lines sorted: their sequence is no content."""
    return replace(request, line_references=tuple(sorted(request.line_references)))
