"""An order that is frozen because an event cannot be folded: it is listed, takes progress in, and can be thawed."""

from dataclasses import replace
from typing import Final

from app.domain.documents import DocumentProgressed
from app.domain.errors import FieldError
from app.domain.orders import (
    DeadlineApproached,
    DocumentOverdue,
    LinesAged,
    LoggedEvent,
    OrderRefused,
    OrderThawed,
)
from app.domain.outcomes import Verdict
from app.planning.effects import Effects
from app.planning.events import INTERNAL, turn
from app.planning.rules.notices import deadline_approached, lines_aged
from app.planning.rules.progress import document_overdue, document_progressed
from app.planning.state import HeldFor, OrderState
from app.planning.working_order import WorkingOrder

TOO_LARGE: Final = "ENTRY_TOO_LARGE"


def frozen_state(state: OrderState | None, event_id: str, code: str) -> OrderState:
    """The state after a poisoned event: its order is frozen and holds what comes; other orders go on."""
    state = state or OrderState()
    return replace(state, version=state.version + 1, seen=(*state.seen, event_id), frozen=state.frozen or code)


def freeze(state: OrderState | None, event: LoggedEvent, code: str, *, is_readable: bool) -> tuple[OrderState, Effects]:
    """The frozen order, and what it causes: its documents' attention, and an answer to each event that waits.

    A poisoned event that can be read waits with the others, for a planner that can fold it. Otherwise `event` has only
    place and time.
    """
    order = WorkingOrder(frozen_state(state, event.event_id, code), event)
    for held in order.before.held:
        if held.waits_for is not HeldFor.FROZEN and not isinstance(held.event.body, INTERNAL):
            order.answer(held.event, Verdict.HELD, HeldFor.FROZEN, remember=False)
    for document in order.before.documents.values():
        if document.is_unfinished:
            order.emit_status(document)
    if is_readable and code != TOO_LARGE:
        message = "could not be decided; its order is frozen until a person thaws it"
        hold_until_thaw(order, event, FieldError(path="$.body", code=code, message=message))
    frozen = replace(order.before, documents=order.documents, held=tuple(order.held), answers=order.answers)
    return frozen, order.effects


def apply_while_frozen(order: WorkingOrder, event: LoggedEvent) -> None:
    """What a frozen order does with an event: it takes in what became of its documents, and decides nothing else."""
    match event.body:
        case OrderThawed():
            thaw(order, event)
        case DocumentProgressed() as body if body.document_id in order.documents:
            document_progressed(order, event, body)
        case DocumentOverdue() as body:
            document_overdue(order, event, body)
        case LinesAged() as body:
            lines_aged(order, event, body)
        case DeadlineApproached() as body:
            deadline_approached(order, event, body)
        case OrderRefused():
            pass
        case _:
            hold_until_thaw(order, event)


def hold_until_thaw(order: WorkingOrder, event: LoggedEvent, *errors: FieldError) -> None:
    """Nothing is lost: what cannot be decided now is decided after the thaw."""
    if isinstance(event.body, INTERNAL):
        order.keep(event, HeldFor.FROZEN)
    else:
        order.hold(event, HeldFor.FROZEN, errors=errors)


def thaw(order: WorkingOrder, event: LoggedEvent) -> None:
    """The order goes on: a status for each document, and every event that waits is decided, in the order they came."""
    if errors := thaw_errors(event):
        order.reject(event, errors)
        return
    order.frozen = None
    for document in order.before.documents.values():
        if document.is_unfinished:
            order.emit_status(document)
    order.answer(event, Verdict.OK, documents=order.documents)
    order.again = sorted((held.event for held in order.held), key=turn)
    order.held = []


def order_thawed(order: WorkingOrder, event: LoggedEvent, _body: OrderThawed) -> None:
    """A thaw of an order that is not frozen."""
    error = FieldError(path="$.order_reference", code="ORDER_NOT_FROZEN", message="the order is not frozen")
    order.reject(event, (error,))


def thaw_errors(event: LoggedEvent) -> tuple[FieldError, ...]:
    """A thaw without the name of a person, or without a reason."""
    wanted = (("actor", event.actor), ("reason", event.reason))
    return tuple(
        FieldError(path=f"$.{name}", code="REQUIRED", message="a thaw has the name of a person and a reason")
        for name, given in wanted
        if not given
    )


def refuse_thaw(state: OrderState, event: LoggedEvent, code: str) -> tuple[OrderState, Effects]:
    """A thaw after which the order could not go on either: it stays frozen, and the person is answered."""
    order = WorkingOrder(state, event)
    message = "what waits in the order still cannot be folded; it stays frozen"
    error = FieldError(path="$.body", code=code, message=message)
    order.answer(event, Verdict.REJECTED, HeldFor.FROZEN, errors=(error,), remember=False)
    return order.close(), order.effects
