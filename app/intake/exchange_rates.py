"""The rate of an order in another currency that has none, where its business takes the central bank's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from app.domain.money import LIRA
from app.domain.orders import OrderEvent, OrderPlaced
from app.domain.policy import Policy, RateKind, RateSource


class ExchangeRates(Protocol):
    """The central bank's rates."""

    async def rate(self, currency: str, kind: RateKind, before: date, now: datetime) -> Decimal | None:
        """Lira for one unit by the last bulletin before a day; None where there is none.

        `now`: when it is asked. It does not raise: what cannot be had now is None.
        """


class NoRates:
    """Without a bank an order's own rate counts alone."""

    async def rate(self, currency: str, kind: RateKind, before: date, now: datetime) -> Decimal | None:
        del currency, kind, before, now
        return None


async def with_rates(
    decoded: Sequence[OrderEvent | Exception],
    policies: Mapping[str, Policy],
    rates: ExchangeRates,
    now: datetime,
) -> list[OrderEvent | Exception]:
    """The events, each order that needs one with its rate.

    One without a rate stays as it is: the fold refuses it, and not intake, because the bank may answer when the record
    comes again, and an event has one answer.
    """
    found = list(decoded)
    for position, event, order, policy in _needing(decoded, policies):
        rate = await rates.rate(order.currency, policy.exchange_rate_kind, order.order_date, now)
        if rate is not None:
            found[position] = replace(event, body=replace(order, exchange_rate=rate))
    return found


def _needing(
    decoded: Sequence[OrderEvent | Exception], policies: Mapping[str, Policy]
) -> Iterator[tuple[int, OrderEvent, OrderPlaced, Policy]]:
    for position, event in enumerate(decoded):
        if not isinstance(event, OrderEvent) or not isinstance(event.body, OrderPlaced):
            continue
        policy, order = policies.get(event.business), event.body
        is_without = order.currency != LIRA and order.exchange_rate is None
        if is_without and policy is not None and policy.exchange_rate is RateSource.CENTRAL_BANK:
            yield position, event, order, policy
