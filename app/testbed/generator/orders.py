"""The generator itself: which scenario each order has, and what upstream sends twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.testbed.generator.content import make_content
from app.testbed.generator.expectation import GeneratedOrder, OrderStep
from app.testbed.generator.scenarios import SCENARIOS

# Short, so that a hundred thousand orders fit into their day: an order dated the day after tomorrow is refused.
BETWEEN_ORDERS: Final = timedelta(seconds=0.8)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessRole:
    """A business that orders are made up for, and what plans its documents: as its policy has it."""

    code: str
    trigger: Trigger = Trigger.SHIPMENT


def generate_orders(
    roles: Sequence[BusinessRole], *, orders: int, seed: int, start: datetime, duplicates: float = 0.05
) -> list[GeneratedOrder]:
    """Makes up `orders` orders, the businesses in turn.

    `start` (aware) is the first order's time and is with the seed in every order reference: the same arguments give
    the same orders, another day gives other ones. `duplicates` is the share of events that are sent twice.
    """
    made = []
    for number in range(orders):
        role = roles[number % len(roles)]
        reference = f"{start:%y%m%d}-{seed}-{number + 1:05d}"
        # A generator of its own for each order: more orders do not change those before. Nothing secret hangs on it.
        chance = Random(f"{role.code}/{reference}")  # noqa: S311
        made.append(_one(role, reference, start + number * BETWEEN_ORDERS, chance, duplicates))
    return made


def _one(role: BusinessRole, reference: str, at: datetime, chance: Random, duplicates: float) -> GeneratedOrder:
    possible = [scenario for scenario in SCENARIOS if role.trigger in scenario.triggers]
    (scenario,) = chance.choices(possible, weights=[scenario.weight for scenario in possible])
    content = make_content(
        business=role.code,
        trigger=role.trigger,
        reference=reference,
        at=at,
        chance=chance,
        fewest_goods=scenario.fewest_goods,
        digital=scenario.digital,
    )
    steps, expected = scenario.make(content)
    return GeneratedOrder(
        business=role.code,
        order_reference=reference,
        scenario=scenario.name,
        steps=_some_twice(steps, duplicates, chance),
        expected=expected,
    )


def _some_twice(steps: Sequence[OrderStep], share: float, chance: Random) -> tuple[OrderStep, ...]:
    """Upstream repeats a record some time later. What was refused is refused again, all else is known by then."""
    sent: list[OrderStep] = []
    for step in steps:
        sent.append(step)
        if chance.random() < share:
            verdict = Verdict.REJECTED if step.verdict is Verdict.REJECTED else Verdict.DUPLICATE
            sent.append(OrderStep(event=step.event, verdict=verdict))
    return tuple(sent)
