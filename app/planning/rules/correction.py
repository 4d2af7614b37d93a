"""An invoice that was wrong: reversed, and issued anew with what is right. Nothing that was issued is ever edited.

Nothing is issued before the provider has cancelled the wrong one: two of them would be a double.
"""

from dataclasses import replace
from typing import Final

from app.domain.document_info import of_part
from app.domain.documents import Intent
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.orders import InvoiceCorrected, InvoiceRequested, LoggedEvent, OrderLine
from app.domain.outcomes import Verdict
from app.domain.policy import Mode
from app.planning.answers import ended_document, named_twice, unknown_document
from app.planning.content_digest import content_digest, is_same
from app.planning.events import policy_of
from app.planning.planned_document import Correction, PlannedDocument
from app.planning.rules.amendment import amended_errors, amended_order, become
from app.planning.rules.claims import claim_errors, plan, release
from app.planning.rules.credits import credits_of
from app.planning.rules.document_cancellation import PATH, answer_refused, cancel, cancellation_errors
from app.planning.rules.external import is_external
from app.planning.rules.invoice_info import SERIES_LENGTH
from app.planning.state import HeldFor
from app.planning.working_order import WorkingOrder

LINES: Final = "$.body.lines"


def invoice_corrected(order: WorkingOrder, event: LoggedEvent, body: InvoiceCorrected) -> None:
    """Held until the wrong invoice is cancelled; OK with the right one, or every reason why the wrong one stays."""
    document = order.documents.get(body.document_id)
    if document is None:
        order.reject(event, (unknown_document(),))
    elif document.corrected_by is not None:
        answer_corrected(order, event, order.documents[document.corrected_by])
    elif document.is_being_cancelled:
        wait_with_another(order, event)
    elif order.waited(event, HeldFor.CANCELLATION):
        reissue_or_refuse(order, event, body, document)
    elif document.is_dead:
        order.reject(event, (ended_document(document),))
    elif not document.is_legal:
        order.hold(event, HeldFor.INVOICE)
    elif errors := correction_errors(order, event, body, document):
        order.reject(event, errors)
    else:
        cancel(order, event, document, body.reason)


def wait_with_another(order: WorkingOrder, event: LoggedEvent) -> None:
    """The same correction once more waits with the first one; anything else comes too late."""
    waiting = (held.event for held in order.held if isinstance(held.event.body, InvoiceCorrected))
    if order.waited(event, HeldFor.CANCELLATION) or any(is_same(each, event) for each in waiting):
        order.hold(event, HeldFor.CANCELLATION)
    else:
        message = "the document is being cancelled"
        order.reject(event, (FieldError(path=PATH, code="CANCELLING", message=message),))


def reissue_or_refuse(
    order: WorkingOrder, event: LoggedEvent, body: InvoiceCorrected, document: PlannedDocument
) -> None:
    """The cancellation has its answer."""
    if not document.is_dead:
        answer_refused(order, event, document)
    elif errors := (*content_errors(order, event, body, document), *claim_errors(order, document.lines)):
        order.reject(event, errors)
    else:
        reissue(order, event, body, document)


def reissue(order: WorkingOrder, event: LoggedEvent, body: InvoiceCorrected, document: PlannedDocument) -> None:
    """The right one, over the same lines, with the same shipment; each of the two names the other."""
    person = document.person if event.person is None else None
    become(order, amended_order(order, event, body.lines))
    request = corrected_request(order, document)
    successor = plan(order, document.lines, policy_of(event), request)
    correction = Correction(
        reference=body.correction_reference, digest=content_digest(event), document_id=document.document_id
    )
    order.documents[successor.document_id] = replace(successor, person=person, correction=correction)
    order.emit_status(order.documents[document.document_id], corrected_by=successor.document_id)
    release(order, order.documents[successor.document_id])
    order.answer(event, Verdict.OK, documents=(successor.document_id,))


def corrected_request(order: WorkingOrder, document: PlannedDocument) -> InvoiceRequested | None:
    """The shipment's, without what only one document can have: number, ETTN and day."""
    request, content = document.request, order.content
    of_order = content.invoice_info and of_part(content.invoice_info, content, order.ordered_lines(document.lines))
    info = _without_names((request.invoice_info if request else None) or of_order)
    if request is None:
        return InvoiceRequested(line_references=document.lines, invoice_info=info) if info else None
    return replace(request, invoice_info=info, invoice_reference=None, invoice_date=None)


def _without_names(info: InvoiceInfo | None) -> InvoiceInfo | None:
    series = (info.invoice_serie_or_number or "")[:SERIES_LENGTH] if info else None
    return info and replace(info, uuid=None, issue_date=None, invoice_serie_or_number=series or None)


def answer_corrected(order: WorkingOrder, event: LoggedEvent, successor: PlannedDocument) -> None:
    """A repeat is answered with the document that it made; another correction is one of that document."""
    if successor.correction is not None and successor.correction.digest == content_digest(event):
        order.answer(event, Verdict.DUPLICATE, documents=(successor.document_id,))
        return
    message = f"document {successor.document_id} has taken its place: correct that one"
    error = FieldError(path=PATH, code="DOCUMENT_CORRECTED", message=message)
    order.answer(event, Verdict.REJECTED, error.code, errors=(error,), documents=(successor.document_id,))


# --- why not ---------------------------------------------------------------------------------------------------------


def correction_errors(
    order: WorkingOrder, event: LoggedEvent, body: InvoiceCorrected, document: PlannedDocument
) -> tuple[FieldError, ...]:
    """Why the wrong one is not to be cancelled: it cannot be, or what is to come instead is no invoice."""
    issues_himself = is_external(document) or policy_of(event).mode is Mode.EXTERNAL
    if document.intent is not Intent.INVOICE or issues_himself:
        message = "only an invoice that was issued here is corrected: cancel this document"
        return (FieldError(path=PATH, code="NOT_CORRECTED_HERE", message=message),)
    errors = cancellation_errors(order, document) or registered_errors(order, document)
    errors = errors or content_errors(order, event, body, document)
    if errors or order.placed is None or not is_same(amended_order(order, event, body.lines), order.placed):
        return errors
    message = "a correction has lines or a person that are otherwise than in the order"
    return (FieldError(path="$.body", code="NOTHING_CORRECTED", message=message),)


def registered_errors(order: WorkingOrder, document: PlannedDocument) -> tuple[FieldError, ...]:
    """What was registered against it would not count against the right one: the same could be given back once more."""
    taken = next((credit.reference for credit in credits_of(order, document)), None)
    if taken is None:
        return ()
    message = f"{taken} has given back a part of it: cancel the invoice, have it issued again, and register that anew"
    return (FieldError(path=PATH, code="DOCUMENT_CREDITED", message=message),)


def content_errors(
    order: WorkingOrder, event: LoggedEvent, body: InvoiceCorrected, document: PlannedDocument
) -> tuple[FieldError, ...]:
    """What is wrong with what is to come instead."""
    mine, known = set(document.lines), set[str]()
    errors = []
    for index, line in enumerate(body.lines):
        if error := _line_error(f"{LINES}[{index}].line_reference", line, mine, known):
            errors.append(error)
        known.add(line.line_reference)
    if errors:
        return tuple(errors)
    return amended_errors(amended_order(order, event, body.lines))


def _line_error(path: str, line: OrderLine, mine: set[str], known: set[str]) -> FieldError | None:
    if line.line_reference in known:
        return named_twice(path)
    if line.line_reference not in mine:
        return FieldError(path=path, code="LINE_OF_ANOTHER_DOCUMENT", message="the document has no such line")
    return None
