"""The planner alone: a full order log, one process; commands, outcomes, status and both entries for each order."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from app.domain.identity import order_key
from app.testbed.benchmarks import orders
from app.testbed.benchmarks.environment import BenchmarkInstallation
from app.testbed.benchmarks.measurement import Measurement, per_second
from app.testbed.benchmarks.probes import processor_seconds

# Four seconds of work: long against the start of it, short enough to repeat.
ORDERS: Final = 40_000
_MICRO: Final = 1_000_000


def measure(installation: BenchmarkInstallation) -> Iterator[Measurement]:
    """Rate by the append times of the outcomes, the tail included; processor time of all threads of the process."""
    fill(installation, ORDERS)
    worker = installation.start("planner")
    worker.wait_until_ready()
    before = processor_seconds(worker.process)
    installation.wait_until_read(worker, "planner")
    used = processor_seconds(worker.process) - before
    answered = [record.timestamp_ms / 1000 for record in installation.read(installation.topics.order_outcomes)]
    assert len(answered) == ORDERS, f"{len(answered)} outcomes for {ORDERS} orders"
    yield Measurement(name="planner", value=per_second(answered), unit="orders/s")
    yield Measurement(name="planner-cpu", value=used / ORDERS * _MICRO, unit="µs/order")


def fill(installation: BenchmarkInstallation, count: int) -> None:
    """Writes so many logged orders, repeats among them."""
    now = datetime.now(UTC)
    events = (orders.logged(number, place, now) for place, number in enumerate(orders.numbers(count)))
    installation.fill(
        installation.topics.order_log,
        ((order_key(e.business, e.order_reference), installation.codec.write(e)) for e in events),
    )
