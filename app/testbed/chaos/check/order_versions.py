"""An order as an amendment or a correction makes it."""

from collections.abc import Collection
from dataclasses import replace

from app.domain.orders import InvoiceCorrected, OrderAmended, OrderEvent, OrderLine, OrderPlaced
from app.testbed.chaos.check.evidence import Submitted


def changed(order: OrderEvent, change: OrderEvent) -> OrderEvent:
    """The order with whole lines of an amendment or a correction, and its person where it has one."""
    assert isinstance(order.body, OrderPlaced)
    assert isinstance(change.body, OrderAmended | InvoiceCorrected)
    others = {line.line_reference: line for line in change.body.lines}
    lines = tuple(others.get(line.line_reference, line) for line in order.body.lines)
    return replace(order, body=replace(order.body, lines=lines), person=change.person or order.person)


def lines_in(order: Submitted, references: Collection[str]) -> set[OrderLine]:
    body = order.event.body
    lines = body.lines if isinstance(body, OrderPlaced) else ()
    return {line for line in lines if line.line_reference in references}
