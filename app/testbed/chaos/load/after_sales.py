"""What upstream sends about an order beside the order itself: returns in several steps, goodwills, corrections.

It comes early, late and twice, so that its answer hangs on what has become of the invoice by then.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from types import MappingProxyType
from typing import Final

from app.domain.money import to_kurus
from app.domain.orders import (
    DocumentCancellationRequested,
    GoodwillGranted,
    GoodwillLine,
    InvoiceCorrected,
    LineKind,
    OrderAmended,
    OrderEvent,
    OrderLine,
    OrderPlaced,
    OrderReturned,
    OrderStatusChanged,
    ReturnedLine,
    SubmittedBody,
)
from app.domain.outcomes import Verdict
from app.domain.parties import Person
from app.testbed.chaos.check.vocabulary import document_id
from app.testbed.generator import GeneratedOrder, OrderStep
from app.testbed.generator.people import company, consumer, some_number

# Orders that are taken as they come, and get an invoice.
TAKEN: Final = frozenset(
    {"ordinary", "asked for as a whole", "digital goods", "request before order", "several shipments"}
)
# Of a hundred of these, so many have something after their sale; of their events so many come twice, and so many before
# what they are about.
AFTER_SALES_PERCENT: Final = 40
TWICE_PERCENT: Final = 15
EARLY_PERCENT: Final = 20
# Of a hundred orders with such events so many have them late: up to so many orders later.
LATE_PERCENT: Final = 50
LATEST_ORDERS: Final = 300
# A shop's word that plans nothing.
PACKED: Final = "PACKED"
GOODWILL_SHARE: Final = Decimal("0.10")
AFTERWARDS: Final = timedelta(minutes=30)
REASON: Final = "Yanlış fiyat"

Bodies = list[SubmittedBody]


def with_after_sales(orders: Iterable[GeneratedOrder], seed: int) -> list[GeneratedOrder]:
    """The same orders, some of them with more events; their verdicts mean nothing, for they are judged by causes."""
    return [_with_some(order, Random(f"{seed}/{order.order_reference}/after sales")) for order in orders]  # noqa: S311


def in_parts(orders: Iterable[GeneratedOrder], seed: int) -> list[GeneratedOrder]:
    """For sending: of some orders what comes after the sale comes much later, as an entry of its own."""
    found: list[tuple[float, GeneratedOrder]] = []
    for number, order in enumerate(orders):
        chance = Random(f"{seed}/{order.order_reference}/late")  # noqa: S311
        last = max((place for place, step in enumerate(order.steps) if not _is_after_sales(step.event)), default=0) + 1
        is_late = last < len(order.steps) and chance.randrange(100) < LATE_PERCENT
        found.append((number, replace(order, steps=order.steps[:last]) if is_late else order))
        if is_late:
            found.append((number + chance.uniform(1, LATEST_ORDERS), replace(order, steps=order.steps[last:])))
    return [order for _, order in sorted(found, key=lambda entry: entry[0])]


def _is_after_sales(event: OrderEvent) -> bool:
    late = OrderReturned | GoodwillGranted | InvoiceCorrected | OrderAmended | DocumentCancellationRequested
    return isinstance(event.body, late)


def _with_some(order: GeneratedOrder, chance: Random) -> GeneratedOrder:
    if order.scenario not in TAKEN or chance.randrange(100) >= AFTER_SALES_PERCENT:
        return order
    placed = next(step.event.body for step in order.steps if isinstance(step.event.body, OrderPlaced))
    kind = chance.choices(list(KINDS), weights=list(KINDS.values()))[0]
    first, steps = order.steps[0].event, list(order.steps)
    for number, body in enumerate(_some_twice(kind(order, placed, chance), chance)):
        event = OrderEvent(
            business=order.business,
            order_reference=order.order_reference,
            body=body,
            occurred_at=first.occurred_at and first.occurred_at + (number + 1) * AFTERWARDS,
            person=_another(chance) if isinstance(body, OrderAmended) and not body.lines else None,
        )
        place = chance.randrange(len(steps)) if chance.randrange(100) < EARLY_PERCENT else len(steps)
        steps.insert(place, OrderStep(event=event, verdict=Verdict.OK))
    return replace(order, steps=tuple(steps))


def _some_twice(bodies: Bodies, chance: Random) -> Iterator[SubmittedBody]:
    for body in bodies:
        yield body
        if chance.randrange(100) < TWICE_PERCENT:
            yield body


def _another(chance: Random) -> Person:
    """Another buyer, who may be one with an e-Fatura."""
    number = some_number(chance)
    return company(number, chance) if chance.randrange(2) else consumer(number, chance, tax_number=None)


# --- what happens after a sale ----------------------------------------------------------------------------------------


def _goods(placed: OrderPlaced) -> list[OrderLine]:
    return [line for line in placed.lines if line.kind is not LineKind.DISCOUNT]


def _returned(order: GeneratedOrder, placed: OrderPlaced, number: int, **pieces: Decimal) -> OrderReturned:
    return OrderReturned(
        return_reference=f"{order.order_reference}-R{number}",
        return_date=placed.order_date,
        lines=tuple(ReturnedLine(line_reference=line[1:], quantity=quantity) for line, quantity in pieces.items()),
    )


def _goodwill(order: GeneratedOrder, placed: OrderPlaced, number: int, line: OrderLine, amount: Decimal) -> Bodies:
    granted = GoodwillGranted(
        goodwill_reference=f"{order.order_reference}-G{number}",
        goodwill_date=placed.order_date,
        lines=(GoodwillLine(line_reference=line.line_reference, amount=amount),),
    )
    return [granted]


def returns(order: GeneratedOrder, placed: OrderPlaced, chance: Random) -> Bodies:
    """Piece by piece, and at last one piece more than there were."""
    line = chance.choice(_goods(placed))
    pieces = [Decimal(1)] * min(int(line.quantity), 3)
    rest = line.quantity - sum(pieces)
    steps = [*pieces, *([rest] if rest else []), Decimal(1)]
    name = f"_{line.line_reference}"
    return [_returned(order, placed, number, **{name: each}) for number, each in enumerate(steps)]


def whole_return(order: GeneratedOrder, placed: OrderPlaced, _: Random) -> Bodies:
    """All lines in one; of an order of several shipments there are several invoices."""
    return [_returned(order, placed, 0, **{f"_{line.line_reference}": line.quantity for line in _goods(placed)})]


def goodwills(order: GeneratedOrder, placed: OrderPlaced, chance: Random) -> Bodies:
    """A part of a line's price, and then more than is left of it."""
    line = chance.choice(_goods(placed))
    worth = to_kurus(line.quantity * line.unit_price)
    part = to_kurus(worth * GOODWILL_SHARE)
    return [*_goodwill(order, placed, 0, line, part), *_goodwill(order, placed, 1, line, worth)]


def goodwill_and_return(order: GeneratedOrder, placed: OrderPlaced, chance: Random) -> Bodies:
    """A part of its price, and then the line comes back: what is left of it is given back."""
    line = chance.choice(_goods(placed))
    part = to_kurus(line.unit_price * GOODWILL_SHARE)
    back = _returned(order, placed, 0, **{f"_{line.line_reference}": line.quantity})
    bodies = [*_goodwill(order, placed, 0, line, part), back]
    return bodies if chance.randrange(3) else bodies[::-1]


def corrections(order: GeneratedOrder, placed: OrderPlaced, chance: Random) -> Bodies:
    """An invoice with a wrong line."""
    lines = order.expected.documents[0]
    line = next(each for each in _goods(placed) if each.line_reference in lines)
    right = replace(line, name=f"{line.name} (düzeltme)", unit_price=line.unit_price + chance.randrange(1, 5))
    corrected = InvoiceCorrected(
        correction_reference=f"{order.order_reference}-D",
        document_id=document_id(order.business, order.order_reference, lines, 0),
        reason=REASON,
        lines=(right,),
    )
    return [corrected]


def amendments(_: GeneratedOrder, placed: OrderPlaced, chance: Random) -> Bodies:
    """Another price of a line, or another buyer."""
    line = chance.choice(_goods(placed))
    dearer = replace(line, unit_price=line.unit_price + 1)
    return [OrderAmended(lines=(dearer,) if chance.randrange(2) else ())]


def cancellations(order: GeneratedOrder, _: OrderPlaced, __: Random) -> Bodies:
    """The invoice is to be undone."""
    name = document_id(order.business, order.order_reference, order.expected.documents[0], 0)
    return [DocumentCancellationRequested(document_id=name, reason=REASON)]


def words(_: GeneratedOrder, __: OrderPlaced, ___: Random) -> Bodies:
    """Where the order is, by the shop's own word."""
    return [OrderStatusChanged(status=PACKED)]


# How many of a hundred are such.
KINDS: Final[Mapping[Callable[[GeneratedOrder, OrderPlaced, Random], Bodies], int]] = MappingProxyType(
    {
        returns: 26,
        whole_return: 12,
        goodwills: 12,
        goodwill_and_return: 10,
        corrections: 14,
        amendments: 14,
        cancellations: 6,
        words: 6,
    }
)
