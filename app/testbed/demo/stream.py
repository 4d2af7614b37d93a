"""Orders without end, at the pace of a small shop: `python -m app.testbed.demo.stream`, until it is ended."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from app.domain.orders import OrderEvent
from app.domain.time import ISTANBUL
from app.operations.context import bootstrap, codec, topics
from app.stream.clients.order_producer import OrderProducer
from app.testbed.generator import BusinessRole, generate_orders, in_sending_order
from app.testbed.installation.businesses import STANDARD

SECONDS_BETWEEN: Final = 1.0
# They take longer to be sent than the second that distinguishes their references from those of the next ones.
ORDERS_AT_ONCE: Final = 40


def endless(roles: Sequence[BusinessRole], now: Callable[[], datetime]) -> Iterator[OrderEvent]:
    """Events of ever new orders of these businesses, in turn. The moment is in the references: none comes again."""
    while True:
        moment = now()
        midnight = moment.astimezone(ISTANBUL).replace(hour=0, minute=0, second=0, microsecond=0)
        seed = int(moment.timestamp())
        yield from in_sending_order(generate_orders(roles, orders=ORDERS_AT_ONCE, seed=seed, start=midnight), seed=seed)


def main() -> None:
    """Raises SendError where Kafka does not take them: the supervisor starts it again."""
    producer = OrderProducer(bootstrap=bootstrap(), topic=topics().orders, encode=codec().write)
    for event in endless([member.role for member in STANDARD], lambda: datetime.now(UTC)):
        producer.send_all([event])
        time.sleep(SECONDS_BETWEEN)


if __name__ == "__main__":
    main()
