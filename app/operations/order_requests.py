"""What is asked for of an order that is known, as a person types it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.operations.corrections import named_invoice, present_lines
from app.operations.errors import NotFoundError, RefusedInputError
from app.operations.json_values import json_value
from app.operations.order_file import read_events
from app.operations.orders import find_order
from app.operations.submit import SubmittedEvent, submit_body
from app.tracking.orders import TrackedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """One field of one line that is otherwise; `value` as it was typed."""

    line_reference: str
    field: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What of an order is otherwise. `buyer`: the whole buyer, as a file has it."""

    lines: tuple[LineChange, ...] = ()
    buyer: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRequest:
    """Which invoice is wrong, by any of its names, the correction's own name, and the reason."""

    invoice: str
    reference: str
    reason: str


def submit_order_request(
    reference: str, business: str | None, body: Mapping[str, Any], *, actor: str, why: str | None, wait: float
) -> SubmittedEvent:
    """Submits an event about an order that is known, with a body as it is written in a file.

    Raises as `find_order`, `read_events` and `submit` do.
    """
    return _submit(find_order(reference, business), body, None, actor=actor, why=why, wait=wait)


def submit_amendment(
    reference: str, business: str | None, changes: Changes, *, actor: str, why: str | None, wait: float
) -> SubmittedEvent:
    """Submits that an order is otherwise from now on.

    Raises RefusedInputError where nothing is, NotFoundError for a line that it has not, and as `submit_order_request`.
    """
    order = find_order(reference, business)
    body = {"type": "OrderAmended", "lines": _changed_lines(order, changes)}
    return _submit(order, body, changes.buyer, actor=actor, why=why, wait=wait)


def submit_correction(
    reference: str, business: str | None, correction: CorrectionRequest, changes: Changes, *, actor: str, wait: float
) -> SubmittedEvent:
    """Submits that an invoice was wrong: it is cancelled, and issued anew. Raises as `submit_amendment`.

    Also NotFoundError and NotPossibleError as `named_invoice` does.
    """
    order = find_order(reference, business)
    wrong = named_invoice((document.latest for document in order.documents), correction.invoice)
    body = {
        "type": "InvoiceCorrected",
        "correction_reference": correction.reference,
        "document_id": wrong.document_id,
        "reason": correction.reason,
        "lines": _changed_lines(order, changes),
    }
    return _submit(order, body, changes.buyer, actor=actor, why=correction.reason, wait=wait)


def _changed_lines(order: TrackedOrder, changes: Changes) -> list[dict[str, Any]]:
    """Each line of which something is otherwise, whole: as it is now, but for that."""
    if not changes.lines and changes.buyer is None:
        raise RefusedInputError("Nothing is otherwise: name a line's price, pieces, name or VAT, or another buyer.")
    present = {line.line_reference: line for line in present_lines(order)}
    if unknown := sorted({each.line_reference for each in changes.lines} - present.keys()):
        raise NotFoundError(f"Order {order.order_reference} has no line {unknown[0]}; it has {', '.join(present)}.")
    named = dict.fromkeys(each.line_reference for each in changes.lines)
    return [{**json_value(present[line], exclude_none=True), **_fields_of(line, changes.lines)} for line in named]


def _fields_of(line_reference: str, changes: Iterable[LineChange]) -> dict[str, str]:
    return {each.field: each.value for each in changes if each.line_reference == line_reference}


def _submit(
    order: TrackedOrder,
    body: Mapping[str, Any],
    buyer: Mapping[str, Any] | None,
    *,
    actor: str,
    why: str | None,
    wait: float,
) -> SubmittedEvent:
    whole: dict[str, Any] = {"business": order.business, "order_reference": order.order_reference, "body": body}
    if buyer is not None:
        whole["person"] = {"buyer": buyer}
    (event,) = read_events(json.dumps(whole).encode(), "the command")
    return submit_body(
        order.business, order.order_reference, event.body, person=event.person, actor=actor, why=why, wait=wait
    )
