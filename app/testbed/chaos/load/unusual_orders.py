"""Orders that are unlike the generator's: very large ones, and requests whose order never comes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.domain.orders import InvoiceRequested, OrderLine, OrderPlaced, SubmittedBody
from app.domain.outcomes import Verdict
from app.testbed.chaos.check.vocabulary import NEVER_COMES
from app.testbed.chaos.variants import Variant, Variants
from app.testbed.generator import Expected, GeneratedOrder, OrderStep

# Scenarios in which every event is about the whole order: it can have any number of lines.
WHOLE: Final = frozenset({"ordinary", "asked for as a whole", "digital goods", "request before order"})
# Of so many orders one is large, whosever it is; and so many lines more are as many as a warehouse sends at once.
ONE_LARGE_OF: Final = 101
MORE_LINES: Final = 300
# After so many orders comes a request for one that is never sent; in the first half, so that its hold falls due.
ONE_ORPHAN_OF: Final = 60


def with_unusual_orders(orders: Sequence[GeneratedOrder], variants: Variants) -> list[GeneratedOrder]:
    """The same orders, some of them otherwise, and some more."""
    found = list(orders)
    if Variant.LARGE in variants:
        found = [_larger(order) if _is_chosen(n, order) else order for n, order in enumerate(found)]
    if Variant.MINUTES in variants:
        found = list(_with_orphans(found))
    return found


def _is_chosen(number: int, order: GeneratedOrder) -> bool:
    return order.scenario in WHOLE and number % ONE_LARGE_OF == 0


def _larger(order: GeneratedOrder) -> GeneratedOrder:
    more = tuple(_line(f"x{number}") for number in range(MORE_LINES))
    references = tuple(line.line_reference for line in more)
    steps = tuple(replace(s, event=replace(s.event, body=_body(s.event.body, more))) for s in order.steps)
    documents = tuple(tuple(sorted((*lines, *references))) for lines in order.expected.documents)
    open_lines = tuple(sorted((*order.expected.open, *references))) if order.expected.open else ()
    return replace(order, steps=steps, expected=replace(order.expected, documents=documents, open=open_lines))


def _body(body: SubmittedBody, more: tuple[OrderLine, ...]) -> SubmittedBody:
    if isinstance(body, OrderPlaced):
        return replace(body, lines=(*body.lines, *more))
    if isinstance(body, InvoiceRequested):
        return replace(body, line_references=(*body.line_references, *(line.line_reference for line in more)))
    return body


def _line(reference: str) -> OrderLine:
    return OrderLine(
        line_reference=reference,
        name=f"Vida {reference}",
        quantity=Decimal(3),
        unit_price=Decimal("0.35"),
        vat_rate=Decimal(20),
    )


def _with_orphans(orders: Sequence[GeneratedOrder]) -> Iterator[GeneratedOrder]:
    for number, order in enumerate(orders):
        yield order
        if number % ONE_ORPHAN_OF == 0 and number < len(orders) // 2:
            yield from _orphan(order, orders[number:])


def _orphan(order: GeneratedOrder, others: Iterable[GeneratedOrder]) -> Iterator[GeneratedOrder]:
    """The first request at hand, for an order that there is not."""
    reference = f"{order.order_reference}-y"
    for other in others:
        for step in other.steps:
            if isinstance(step.event.body, InvoiceRequested):
                event = replace(step.event, order_reference=reference)
                steps = (OrderStep(event=event, verdict=Verdict.REJECTED),)
                expected = Expected(documents=())
                yield replace(other, order_reference=reference, scenario=NEVER_COMES, steps=steps, expected=expected)
                return
