"""Orders in other currencies: which get the bank's rate, and which stay as they are."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.domain.orders import OrderEvent, OrderLine, OrderPlaced, OrderStatusChanged
from app.domain.policy import Policy, RateKind, RateSource
from app.intake.exchange_rates import with_rates

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
LINE = OrderLine(line_reference="1", name="Kitap", quantity=Decimal(1), unit_price=Decimal(10), vat_rate=Decimal(20))
ORDER = OrderPlaced(order_date=date(2026, 11, 2), lines=(LINE,), currency="USD")
EVENT = OrderEvent(business="ORNEK", order_reference="S-1", body=ORDER)
TAKES = Policy(provider="nilvera", exchange_rate=RateSource.CENTRAL_BANK, exchange_rate_kind=RateKind.FOREX_SELLING)


class Bank:
    def __init__(self, rate: Decimal | None = Decimal("42.1")) -> None:
        self.given = rate
        self.asked: list[tuple[str, RateKind, date]] = []

    async def rate(self, currency: str, kind: RateKind, before: date, now: datetime) -> Decimal | None:
        assert now == NOW
        self.asked.append((currency, kind, before))
        return self.given


async def test_an_order_without_a_rate_has_the_bank_s_before_its_day() -> None:
    bank = Bank()
    (event,) = await with_rates([EVENT], {"ORNEK": TAKES}, bank, NOW)
    assert event == replace(EVENT, body=replace(ORDER, exchange_rate=Decimal("42.1")))
    assert bank.asked == [("USD", RateKind.FOREX_SELLING, date(2026, 11, 2))]


@pytest.mark.parametrize(
    ("event", "policies"),
    [
        (EVENT, {"ORNEK": Policy(provider="nilvera")}),
        (EVENT, {}),
        (replace(EVENT, body=replace(ORDER, exchange_rate=Decimal(40))), {"ORNEK": TAKES}),
        (replace(EVENT, body=replace(ORDER, currency="TRY")), {"ORNEK": TAKES}),
        (replace(EVENT, body=OrderStatusChanged(status="SHIPPED")), {"ORNEK": TAKES}),
        (ValueError("not read"), {"ORNEK": TAKES}),
    ],
)
async def test_the_bank_is_asked_for_nothing_else(event: OrderEvent | Exception, policies: dict[str, Policy]) -> None:
    bank = Bank()
    assert await with_rates([event], policies, bank, NOW) == [event]
    assert bank.asked == []


async def test_an_order_whose_rate_cannot_be_had_stays_as_it_is() -> None:
    assert await with_rates([EVENT], {"ORNEK": TAKES}, Bank(None), NOW) == [EVENT]
