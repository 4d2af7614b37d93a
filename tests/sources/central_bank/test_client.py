"""The bank asked over HTTP: the last bulletin before a day, each once, and a bank that does not answer."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.domain.policy import RateKind
from app.sources.central_bank.client import ABSENT_FOR, PAUSE, CentralBank
from app.testbed.central_bank import SimulatedBank

BUYING = RateKind.FOREX_BUYING
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
TUESDAY, MONDAY, FRIDAY = date(2026, 11, 3), date(2026, 11, 2), date(2026, 10, 30)
REPUBLIC_DAY = date(2026, 10, 29)


@pytest.fixture
def bank() -> SimulatedBank:
    return SimulatedBank({"USD": (1, Decimal("42.10")), "JPY": (100, Decimal("27.50"))}, frozenset({REPUBLIC_DAY}))


@pytest.fixture
async def client(bank: SimulatedBank) -> AsyncIterator[CentralBank]:
    async with TestServer(bank.application()) as server:
        yield CentralBank(f"{server.make_url('/kurlar')}/")


async def test_an_order_has_the_rate_of_the_day_before(client: CentralBank, bank: SimulatedBank) -> None:
    assert await client.rate("USD", BUYING, TUESDAY, NOW) == Decimal("42.100000")
    assert await client.rate("JPY", RateKind.FOREX_SELLING, TUESDAY, NOW) == Decimal("0.275200")
    assert bank.asked == ["/kurlar/202611/02112026.xml"]


async def test_over_a_week_end_and_a_holiday_it_is_the_last_one_before(
    client: CentralBank, bank: SimulatedBank
) -> None:
    assert await client.rate("USD", BUYING, MONDAY, NOW)
    assert bank.asked[-1] == "/kurlar/202610/30102026.xml"
    assert await client.rate("USD", BUYING, FRIDAY, NOW)
    assert bank.asked[-1] == "/kurlar/202610/28102026.xml"
    asked = len(bank.asked)
    assert await client.rate("USD", BUYING, MONDAY, NOW)
    assert len(bank.asked) == asked


async def test_a_day_that_is_still_to_come_has_the_rate_of_yesterday(client: CentralBank, bank: SimulatedBank) -> None:
    assert await client.rate("USD", BUYING, TUESDAY + timedelta(days=5), NOW)
    assert bank.asked == ["/kurlar/202611/02112026.xml"]


async def test_a_currency_that_the_bank_has_not_has_no_rate(client: CentralBank) -> None:
    assert await client.rate("XAU", BUYING, TUESDAY, NOW) is None


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=503),
        web.Response(text="<html>bakım</html>", content_type="text/html"),
        web.Response(status=302, headers={"Location": "/elsewhere"}),
        web.Response(body=b"x" * 300_000),
    ],
)
async def test_a_bank_that_fails_is_left_alone_for_a_minute(
    client: CentralBank, bank: SimulatedBank, answer: web.Response
) -> None:
    bank.answers[MONDAY] = answer
    assert await client.rate("USD", BUYING, TUESDAY, NOW) is None
    bank.answers.clear()
    assert await client.rate("USD", BUYING, TUESDAY, NOW) is None
    assert len(bank.asked) == 1
    assert await client.rate("USD", BUYING, TUESDAY, NOW + PAUSE) == Decimal("42.100000")


async def test_a_bank_without_any_bulletin_is_asked_for_some_days_and_no_more(
    client: CentralBank, bank: SimulatedBank
) -> None:
    bank.holidays = frozenset(MONDAY - timedelta(days=n) for n in range(30))
    assert await client.rate("USD", BUYING, TUESDAY, NOW) is None
    assert len(bank.asked) == 16


async def test_that_there_is_no_bulletin_of_a_day_is_believed_for_an_hour(
    client: CentralBank, bank: SimulatedBank
) -> None:
    bank.answers[MONDAY] = web.Response(status=404)
    assert await client.rate("USD", BUYING, TUESDAY, NOW)
    bank.answers.clear()
    bank.rates["USD"] = (1, Decimal("43.00"))
    assert await client.rate("USD", BUYING, TUESDAY, NOW + ABSENT_FOR / 2) == Decimal("42.100000")
    assert await client.rate("USD", BUYING, TUESDAY, NOW + ABSENT_FOR) == Decimal("43.000000")
    assert bank.asked.count("/kurlar/202611/02112026.xml") == 2
