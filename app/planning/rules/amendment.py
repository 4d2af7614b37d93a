"""An order that is otherwise than it was placed: its buyer, and lines that no document has yet."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from app.domain.errors import FieldError
from app.domain.orders import LoggedEvent, OrderAmended, OrderLine, OrderPlaced
from app.domain.outcomes import Verdict
from app.planning.answers import cancelled_line, named_twice, unknown_line
from app.planning.content_digest import content_digest, is_same
from app.planning.planned_document import PlannedDocument
from app.planning.rules.claims import documents_holding, withdraw_all
from app.planning.rules.order_content import order_errors
from app.planning.rules.replanning import resume
from app.planning.state import HeldFor, LineStatus
from app.planning.working_order import WorkingOrder

PERSON: Final = "$.person"
LINES: Final = "$.body.lines"


def order_amended(order: WorkingOrder, event: LoggedEvent, body: OrderAmended) -> None:
    """The order with its new buyer and lines, or every reason why not. What was planned and never sent makes way."""
    if errors := (*line_errors(order, body), *person_errors(order, event, body)):
        order.reject(event, errors)
        return
    holders = documents_holding(order, concerned_lines(order, event, body))
    if any(document.withdrawing for document in holders):
        order.hold(event, HeldFor.WITHDRAWAL)
    elif errors := tuple(claimed_errors(order, event, body)):
        order.reject(event, errors)
    else:
        amend(order, event, amended_order(order, event, body.lines), holders)


def amend(order: WorkingOrder, event: LoggedEvent, amended: LoggedEvent, holders: Iterable[PlannedDocument]) -> None:
    """The order is this one, if that makes an order; what is planned from now on has its content."""
    if order.placed is not None and is_same(amended, order.placed):
        order.answer(event, Verdict.DUPLICATE, documents=order.documents)
    elif errors := amended_errors(amended):
        order.reject(event, errors)
    else:
        withdraw_all(order, holders)
        become(order, amended)
        resume(order)
        order.answer(event, Verdict.OK, documents=order.resumed)


def become(order: WorkingOrder, amended: LoggedEvent) -> None:
    """The order is this one from now on. Raises LookupError before the order has arrived."""
    if order.placed is None:
        raise LookupError("the order has not arrived")
    before, order.placed = order.placed, amended
    order.original = order.original or content_digest(before)
    keep_buyer(order, before)


def keep_buyer(order: WorkingOrder, before: LoggedEvent) -> None:
    """What takes back a part of an invoice is for the buyer that the invoice was for."""
    if order.placed is None or order.placed.person == before.person:
        return
    for document in list(order.documents.values()):
        if not document.is_dead and document.person is None:
            order.documents[document.document_id] = replace(document, person=before.person)


def amended_order(order: WorkingOrder, event: LoggedEvent, lines: Iterable[OrderLine]) -> LoggedEvent:
    """The order with these lines as they are now, and for the event's person. Raises LookupError before it has come."""
    if order.placed is None:
        raise LookupError("the order has not arrived")
    content, changed = order.content, {line.line_reference: line for line in lines}
    amended = tuple(changed.get(line.line_reference, line) for line in content.lines)
    return replace(order.placed, body=replace(content, lines=amended), person=event.person or order.placed.person)


def amended_errors(amended: LoggedEvent) -> tuple[FieldError, ...]:
    """Why this would be no order."""
    return order_errors(amended, amended.body) if isinstance(amended.body, OrderPlaced) else ()


def concerned_lines(order: WorkingOrder, event: LoggedEvent, body: OrderAmended) -> list[str]:
    """The lines that become others by it: those that it names, and under another buyer every line."""
    named = {line.line_reference for line in body.lines}
    return [reference for reference in order.lines if event.person is not None or reference in named]


# --- why not ---------------------------------------------------------------------------------------------------------


def line_errors(order: WorkingOrder, body: OrderAmended) -> Iterator[FieldError]:
    """What no waiting could make right: lines that the order has not, named twice, cancelled, or invoiced."""
    known = set[str]()
    for index, line in enumerate(body.lines):
        if error := line_error(order, f"{LINES}[{index}].line_reference", line.line_reference, known):
            yield error
        known.add(line.line_reference)


def line_error(order: WorkingOrder, path: str, reference: str, known: set[str]) -> FieldError | None:
    """Why this line cannot become another one; None when it can. `known`: the lines that were named before."""
    if reference in known:
        return named_twice(path)
    if reference not in order.lines:
        return unknown_line(path)
    if order.lines[reference].status is LineStatus.CANCELLED:
        return cancelled_line(path)
    if order.lines[reference].is_invoiced:
        return invoiced_error(order, path, reference)
    return None


def person_errors(order: WorkingOrder, event: LoggedEvent, body: OrderAmended) -> Iterator[FieldError]:
    """Another buyer is for documents that are still to come; an amendment of nothing is a mistake."""
    if event.person is None:
        if not body.lines:
            message = "an amendment has lines, a person, or both"
            yield FieldError(path=LINES, code="REQUIRED", message=message)
        return
    left = {ref: line for ref, line in order.lines.items() if line.status is not LineStatus.CANCELLED}
    if left and all(line.is_invoiced for line in left.values()):
        yield invoiced_error(order, PERSON, next(iter(left)))


def claimed_errors(order: WorkingOrder, event: LoggedEvent, body: OrderAmended) -> Iterator[FieldError]:
    """Documents over these lines that are on their way: they are to be undone first."""
    named = {line.line_reference: index for index, line in enumerate(body.lines)}
    for reference in concerned_lines(order, event, body):
        line = order.lines[reference]
        document = order.documents[line.document_id] if line.document_id else None
        if line.status is LineStatus.CLAIMED and document is not None and document.released:
            path = f"{LINES}[{named[reference]}].line_reference" if reference in named else PERSON
            message = f"line {reference} is on document {document.document_id}, which is on its way: cancel it first"
            yield FieldError(path=path, code="LINE_CLAIMED", message=message)


def invoiced_error(order: WorkingOrder, path: str, reference: str) -> FieldError:
    """An invoice is never edited."""
    document = order.lines[reference].document_id
    message = f"line {reference} is invoiced on document {document}: correct that invoice, or cancel it first"
    return FieldError(path=path, code="LINE_INVOICED", message=message)
