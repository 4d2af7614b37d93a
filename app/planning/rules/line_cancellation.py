"""Lines that will never be shipped: cancelled while they are open, withdrawn first where a document has them."""

from typing import Final

from app.domain.discounts import discounts_by_rate, worth_by_rate
from app.domain.errors import FieldError
from app.domain.orders import LineKind, LinesCancelled, LoggedEvent
from app.domain.outcomes import Verdict
from app.planning.rules.claims import documents_holding, reference_errors, withdraw_all
from app.planning.state import HeldFor, LineStatus
from app.planning.working_order import WorkingOrder

# What is not sold alone.
ALONE: Final = (LineKind.SHIPPING, LineKind.FEE)


def lines_cancelled(order: WorkingOrder, event: LoggedEvent, body: LinesCancelled) -> None:
    """All of the named lines, now or after a withdrawal; or refused with every reason."""
    references = body.line_references
    if errors := reference_errors(order, references):
        order.reject(event, errors)
        return
    holders = documents_holding(order, references)
    if errors := invoiced_errors(order, references):
        cancel_or_refuse(order, event, references, errors)
    elif all(order.lines[ref].status is LineStatus.CANCELLED for ref in references):
        order.answer(event, Verdict.DUPLICATE)
    elif not any(document.released for document in holders):
        withdraw_all(order, holders)
        cancel_open(order, references)
        answer_cancelled(order, event)
    elif order.hold(event, HeldFor.WITHDRAWAL):
        withdraw_all(order, holders)


def answer_cancelled(order: WorkingOrder, event: LoggedEvent) -> None:
    """OK; what was forgotten is named."""
    if forgotten := forgotten_errors(order):
        order.answer(event, Verdict.OK, "DEPENDENT_LINES_OPEN", errors=forgotten)
    else:
        order.answer(event, Verdict.OK)
    order.cancelled.append(event)


def cancel_or_refuse(
    order: WorkingOrder, event: LoggedEvent, references: tuple[str, ...], errors: tuple[FieldError, ...]
) -> None:
    """Some of the lines are invoiced: nothing is done, unless the cancellation has already taken documents back.

    It is answered when the last of them has ended, so that it does not matter which one ends first.
    """
    has_waited = order.waited(event, HeldFor.WITHDRAWAL)
    if has_waited and any(document.withdrawing for document in documents_holding(order, references)):
        order.hold(event, HeldFor.WITHDRAWAL)
    elif has_waited and any(order.lines[ref].status is LineStatus.OPEN for ref in references):
        cancel_the_rest(order, event, references, errors)
    else:
        order.reject(event, errors)


def cancel_the_rest(
    order: WorkingOrder, event: LoggedEvent, references: tuple[str, ...], errors: tuple[FieldError, ...]
) -> None:
    """Some documents were withdrawn and another became legal meanwhile: what is free again is cancelled as asked.

    The answer names the lines that could not be; no later event asks for the others.
    """
    cancel_open(order, references)
    order.answer(event, Verdict.REJECTED, "PARTLY_CANCELLED", errors=errors)


def cancel_open(order: WorkingOrder, references: tuple[str, ...]) -> None:
    open_lines = [ref for ref in references if order.lines[ref].status is LineStatus.OPEN]
    order.move_lines(open_lines, LineStatus.CANCELLED, None)
    order.end_wait(HeldFor.INVOICE)


def forgotten_errors(order: WorkingOrder) -> tuple[FieldError, ...]:
    """Open lines that are for lines which are cancelled: no invoice can have a discount without its goods.

    They are the client's to cancel, and only named.
    """
    open_lines = [line for line in order.content.lines if order.lines[line.line_reference].status is LineStatus.OPEN]
    worth, taken = worth_by_rate(open_lines), discounts_by_rate(open_lines)
    over = {rate for rate, amount in taken.items() if amount > worth.get(rate, 0)}
    kinds = ALONE if _are_goods_cancelled(order) else ()
    named = [
        line for line in open_lines if line.kind in kinds or (line.kind is LineKind.DISCOUNT and line.vat_rate in over)
    ]
    return tuple(
        FieldError(
            path="$.body.line_references",
            code="DEPENDENT_LINE_OPEN",
            message=f"line {line.line_reference} ({line.kind}) is for lines that are cancelled: cancel it, too",
        )
        for line in named
    )


def _are_goods_cancelled(order: WorkingOrder) -> bool:
    goods = [line.line_reference for line in order.content.lines if line.kind in {LineKind.GOODS, LineKind.SERVICE}]
    return bool(goods) and all(order.lines[reference].status is LineStatus.CANCELLED for reference in goods)


def invoiced_errors(order: WorkingOrder, references: tuple[str, ...]) -> tuple[FieldError, ...]:
    """An invoiced line can be cancelled with its document alone."""
    return tuple(
        FieldError(
            path=f"$.body.line_references[{index}]",
            code="LINE_INVOICED",
            message=f"the line is on document {order.lines[reference].document_id}; cancel that document first",
        )
        for index, reference in enumerate(references)
        if order.lines[reference].is_invoiced
    )
