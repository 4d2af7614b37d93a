"""What upstream will send, and the documents that must come of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.domain.orders import OrderEvent, OrderPlaced
from app.domain.time import ISTANBUL
from app.sources.online_retail import ImportTerms, import_orders
from app.testbed.demo.reconciliation import DocumentName
from app.testbed.generator import GeneratedOrder, generate_orders, in_sending_order
from app.testbed.installation import businesses
from app.testbed.installation.businesses import STANDARD, Business

# The excerpt has so many orders; beyond twice that many, the rest is made up.
MOST_IMPORTED = 328


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOrders:
    """All that upstream will send, in the sequence of sending, and the documents that must come of it."""

    events: tuple[OrderEvent, ...]
    expected: frozenset[DocumentName]


def demo_orders(orders: int, seed: int, now: datetime, members: Sequence[Business] = STANDARD) -> DemoOrders:
    """Half of the orders are the shop's real ones from the excerpt, where it is a member; the others are made up."""
    imported = min(orders // 2, MOST_IMPORTED) if businesses.SHOP in members else 0
    retail = _retail(imported)
    roles = [member.role for member in members if member is not businesses.SHOP]
    midnight = now.astimezone(ISTANBUL).replace(hour=0, minute=0, second=0, microsecond=0)
    made = generate_orders(roles, orders=orders - imported, seed=seed, start=midnight, duplicates=0.05)
    sent_twice = retail[: -(-imported // 20)]
    events = tuple(_mixed((*retail, *sent_twice), tuple(in_sending_order(made, seed=seed))))
    return DemoOrders(events=events, expected=frozenset({*_expected_of_retail(retail), *_expected_of_made(made)}))


def _retail(orders: int) -> tuple[OrderEvent, ...]:
    if not orders:
        return ()
    terms = ImportTerms(business=businesses.SHOP.code, exchange_rate=Decimal(businesses.EXCHANGE_RATE), limit=orders)
    with businesses.EXCERPT.open(encoding="utf-8-sig", errors="replace") as lines:
        return tuple(import_orders(lines, terms).events)


def _mixed(first: tuple[OrderEvent, ...], second: tuple[OrderEvent, ...]) -> Iterator[OrderEvent]:
    """Both streams at their own pace, each in its own sequence."""
    placed = [(index / len(stream), event) for stream in (first, second) for index, event in enumerate(stream)]
    yield from (event for _, event in sorted(placed, key=lambda pair: pair[0]))


def _expected_of_retail(events: tuple[OrderEvent, ...]) -> Iterator[DocumentName]:
    for event in events:
        if isinstance(event.body, OrderPlaced):
            lines = tuple(sorted(line.line_reference for line in event.body.lines))
            yield event.business, event.order_reference, lines


def _expected_of_made(orders: list[GeneratedOrder]) -> Iterator[DocumentName]:
    for order in orders:
        for lines in order.expected.documents:
            yield order.business, order.order_reference, lines
