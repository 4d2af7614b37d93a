"""What follows a sale comes from the seed and the order alone: in several steps, early, late and twice."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from app.domain.orders import (
    GoodwillGranted,
    InvoiceCorrected,
    OrderAmended,
    OrderEvent,
    OrderPlaced,
    OrderReturned,
    SubmittedBody,
)
from app.testbed.chaos.check.after_sales_causes import AFTER_SALES
from app.testbed.chaos.load.after_sales import TAKEN, in_parts, with_after_sales
from app.testbed.generator import GeneratedOrder
from tests.testbed.chaos.load.test_upstream import made_up

ORDERS = with_after_sales(made_up(), 1)


def after(order: GeneratedOrder) -> list[SubmittedBody]:
    return [event.body for event in order.events if isinstance(event.body, AFTER_SALES)]


def placed(order: GeneratedOrder) -> OrderPlaced:
    return next(event.body for event in order.events if isinstance(event.body, OrderPlaced))


def events(orders: list[GeneratedOrder]) -> Iterator[OrderEvent]:
    return (event for order in orders for event in order.events)


def test_the_same_seed_gives_the_same_and_the_orders_themselves_stay_as_they_are() -> None:
    assert with_after_sales(made_up(), 1) == ORDERS != with_after_sales(made_up(), 2)
    for before, order in zip(made_up(), ORDERS, strict=True):
        own = [step for step in order.steps if step in before.steps]
        assert tuple(own) == before.steps and order.expected == before.expected


def test_only_orders_that_get_an_invoice_have_something_after_their_sale_and_every_kind_comes() -> None:
    assert {order.scenario for order in ORDERS if after(order)} <= TAKEN
    kinds = Counter(type(body) for order in ORDERS for body in after(order))
    assert set(kinds) == set(AFTER_SALES) and min(kinds.values()) >= 5


def test_pieces_come_back_one_by_one_and_one_more_than_there_were() -> None:
    stepwise = 0
    for order in ORDERS:
        bodies = dict.fromkeys(body for body in after(order) if isinstance(body, OrderReturned))
        pieces = {line.line_reference: line.quantity for line in placed(order).lines}
        back: Counter[str] = Counter()
        for body in bodies:
            back.update({line.line_reference: line.quantity for line in body.lines})
        if len(bodies) > 1:
            stepwise += 1
            (line,) = back
            assert back[line] == pieces[line] + 1
    assert stepwise > 20


def test_goodwills_alone_come_to_more_than_their_line() -> None:
    for order in ORDERS:
        bodies = dict.fromkeys(body for body in after(order) if isinstance(body, GoodwillGranted))
        if len(bodies) == 2:
            (line,) = {each.line_reference for body in bodies for each in body.lines}
            content = next(each for each in placed(order).lines if each.line_reference == line)
            given = sum((each.amount for body in bodies for each in body.lines), Decimal(0))
            assert given > content.quantity * content.unit_price


def test_a_correction_and_an_amendment_make_another_order() -> None:
    for order in ORDERS:
        content = {line.line_reference: line for line in placed(order).lines}
        for event in order.events:
            if isinstance(event.body, InvoiceCorrected | OrderAmended):
                differs = any(content[line.line_reference] != line for line in event.body.lines)
                assert differs or (event.person is not None and not event.body.lines)


def test_some_of_it_comes_twice_and_some_before_its_order() -> None:
    assert any(len(after(order)) > len(set(map(repr, after(order)))) for order in ORDERS)
    assert any(isinstance(order.events[0].body, AFTER_SALES) for order in ORDERS)


def test_some_of_it_is_sent_much_later_and_nothing_is_lost_or_sent_twice_by_that() -> None:
    sent = in_parts(ORDERS, 1)
    assert Counter(map(id, events(sent))) == Counter(map(id, events(ORDERS)))
    places = [order.order_reference for order in sent]
    gaps = [
        places.index(name, places.index(name) + 1) - places.index(name)
        for name in set(places)
        if places.count(name) > 1
    ]
    assert len(gaps) > 20 and max(gaps) > 200
    for order in sent:
        assert order.steps
