"""In which sequence the events of many orders go out: mixed, each order's own sequence kept."""

import heapq
from collections.abc import Iterable, Iterator
from random import Random
from typing import Final

from app.domain.orders import OrderEvent
from app.testbed.generator.expectation import GeneratedOrder

# Counted in orders: while one goes through, so many others begin.
LONGEST_PAUSE: Final = 12.0


def in_sending_order(orders: Iterable[GeneratedOrder], *, seed: int) -> Iterator[OrderEvent]:
    """Gives every event once, orders interleaved as in a busy shop; the same seed gives the same sequence."""
    chance = Random(seed)  # noqa: S311 - nothing secret hangs on it
    queue: list[tuple[float, int, int, OrderEvent]] = []
    for number, order in enumerate(orders):
        due = float(number)
        for position, event in enumerate(order.events):
            queue.append((due, number, position, event))
            due += chance.uniform(0, LONGEST_PAUSE)
    heapq.heapify(queue)
    while queue:
        yield heapq.heappop(queue)[3]
