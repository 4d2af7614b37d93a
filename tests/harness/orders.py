"""Orders for the installation in memory, with what must become of them."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.orders import OrderEvent, OrderPlaced, SubmittedBody
from app.domain.outcomes import Verdict
from app.domain.parties import Buyer, Person
from app.testbed.generator import Expected, GeneratedOrder, OrderStep
from tests.harness.issuing_builders import ADDRESS
from tests.harness.simulated_time import START
from tests.harness.whole_pipeline import SHOP
from tests.planning.events import placed

# A company: it may be in the register of those who get an e-Fatura.
BUYER = Person(buyer=Buyer(name="Deneme Ltd. Şti.", tax_number="1234567890", address=ADDRESS))


def event(body: SubmittedBody, order: str = "S-1") -> OrderEvent:
    """An event of the installation's business; an order is from the day on which the simulation begins."""
    if isinstance(body, OrderPlaced):
        body = replace(body, order_date=START.date())
    return OrderEvent(business=SHOP, order_reference=order, body=body, person=BUYER)


def made_up(*bodies: SubmittedBody, documents: Sequence[tuple[str, ...]], order: str = "S-1") -> GeneratedOrder:
    """An order whose every event is taken, and that ends with these documents."""
    steps = tuple(OrderStep(event=event(body, order), verdict=Verdict.OK) for body in bodies)
    expected = Expected(documents=tuple(documents))
    return GeneratedOrder(business=SHOP, order_reference=order, scenario="in memory", steps=steps, expected=expected)


def whole_order(order: str = "S-1") -> GeneratedOrder:
    """For a business that invoices as soon as an order is placed."""
    return made_up(placed(), documents=[("1", "2", "3")], order=order)
