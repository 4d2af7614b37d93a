"""One order being made up: its content, and the events that may be sent about it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from app.domain.orders import (
    InvoiceRequested,
    LineKind,
    LinesCancelled,
    OrderEvent,
    OrderLine,
    OrderPlaced,
    OrderStatusChanged,
    OrderType,
    SubmittedBody,
)
from app.domain.parties import Person
from app.domain.payment import Payment, PaymentMethod
from app.domain.policy import Trigger
from app.domain.time import legal_date
from app.testbed.generator.goods import discount_line, shipping_line, some_goods
from app.testbed.generator.people import some_person

# No real carrier, shop or payment company: their tax numbers would have to be given with the names.
CARRIERS: Final = ("Deneme Kargo", "Örnek Lojistik")
WEBSITE: Final = "magaza.deneme.example"
INTERMEDIARY: Final = "Deneme Ödeme"
MOST_GOODS: Final = 5
# Such a shop's word for an order whose goods have left.
SHIPPED: Final = "SHIPPED"
SHIPPING_PERCENT: Final = 50
DISCOUNT_PERCENT: Final = 30
# From the order to its first shipment, and from one shipment to the next.
STEP: Final = timedelta(minutes=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderContent:
    """An order's content before anything is sent of it. `chance` belongs to this order alone."""

    business: str
    trigger: Trigger
    reference: str
    at: datetime
    chance: Random
    body: OrderPlaced
    person: Person | None

    @property
    def lines(self) -> tuple[str, ...]:
        """All line references."""
        return tuple(line.line_reference for line in self.body.lines)

    @property
    def goods(self) -> tuple[str, ...]:
        """The references of what can be shipped and cancelled."""
        kinds = (LineKind.GOODS, LineKind.SERVICE)
        return tuple(line.line_reference for line in self.body.lines if line.kind in kinds)

    @property
    def first_parcel(self) -> tuple[str, ...]:
        """The first line of goods with all that goes with it: shipping, and the discount on that line."""
        return (self.goods[0], *(line for line in self.lines if line not in self.goods))

    def placed(self, body: OrderPlaced | None = None, person: Person | None = None) -> OrderEvent:
        """The order, or what claims to be the order."""
        return replace(self._event(body or self.body, 0), person=person or self.person)

    def request(self, lines: Iterable[str], shipment: int = 1) -> OrderEvent:
        """One shipment left the house; digital goods leave without one."""
        references = tuple(lines)
        if self.body.order_type is OrderType.DIGITAL_GOODS:
            return self._event(InvoiceRequested(line_references=references), 0)
        body = InvoiceRequested(
            line_references=references,
            shipment_reference=f"{self.reference}-S{shipment}",
            dispatch_date=legal_date(self.at),
            carrier=self.chance.choice(CARRIERS),
            tracking_code=f"DNM{self.chance.randrange(10**9):09d}",
        )
        return self._event(body, shipment)

    def shipped(self) -> OrderEvent:
        """The shop's word that everything has left the house."""
        if self.body.order_type is OrderType.DIGITAL_GOODS:
            return self._event(OrderStatusChanged(status=SHIPPED), 1)
        body = OrderStatusChanged(
            status=SHIPPED, dispatch_date=legal_date(self.at), carrier=self.chance.choice(CARRIERS)
        )
        return self._event(body, 1)

    def cancel(self, lines: Iterable[str]) -> OrderEvent:
        """These lines will not be shipped."""
        return self._event(LinesCancelled(line_references=tuple(lines)), 1)

    def _event(self, body: SubmittedBody, step: int) -> OrderEvent:
        return OrderEvent(
            business=self.business, order_reference=self.reference, body=body, occurred_at=self.at + step * STEP
        )


def make_content(
    *,
    business: str,
    trigger: Trigger,
    reference: str,
    at: datetime,
    chance: Random,
    fewest_goods: int = 1,
    digital: bool = False,
) -> OrderContent:
    """Makes up an order's content."""
    goods = some_goods(chance, chance.randint(fewest_goods, MOST_GOODS), digital=digital)
    return OrderContent(
        business=business,
        trigger=trigger,
        reference=reference,
        at=at,
        chance=chance,
        body=OrderPlaced(
            order_date=legal_date(at),
            lines=tuple(goods + _extras(goods, chance, digital=digital)),
            order_type=OrderType.DIGITAL_GOODS if digital else OrderType.PHYSICAL_GOODS,
            payment=_payment(at, chance),
            # An internet sale's document names carrier and day of dispatch: one made before the goods leave cannot.
            website=WEBSITE if digital or trigger in {Trigger.SHIPMENT, Trigger.STATUS} else None,
            note=f"Sipariş {reference}",
        ),
        person=some_person(chance),
    )


def _extras(goods: list[OrderLine], chance: Random, *, digital: bool) -> list[OrderLine]:
    extras: list[OrderLine] = []
    if chance.randrange(100) < DISCOUNT_PERCENT:
        extras.append(discount_line(str(len(goods) + 1), goods[0], chance))
    if not digital and chance.randrange(100) < SHIPPING_PERCENT:
        extras.append(shipping_line(str(len(goods) + len(extras) + 1), chance))
    return extras


def _payment(at: datetime, chance: Random) -> Payment:
    method = chance.choice((PaymentMethod.CARD, PaymentMethod.CARD, PaymentMethod.TRANSFER, PaymentMethod.INTERMEDIARY))
    name = INTERMEDIARY if method is PaymentMethod.INTERMEDIARY else None
    return Payment(method=method, paid_on=legal_date(at), name=name)


def written_otherwise(body: OrderPlaced) -> OrderPlaced:
    """The same content in other digits: "2" becomes "2.00", "19.9" becomes "19.900"."""
    finer = [replace(line, quantity=_finer(line.quantity), unit_price=_finer(line.unit_price)) for line in body.lines]
    return replace(body, lines=tuple(finer))


def _finer(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.001"))


def dearer(body: OrderPlaced) -> OrderPlaced:
    """Other content: the first line costs one lira more."""
    first, *others = body.lines
    return replace(body, lines=(replace(first, unit_price=first.unit_price + 1), *others))
