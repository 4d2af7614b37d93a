"""The job that other engines were measured with: a full topic of 602-byte orders, one process, four partitions."""

from collections.abc import Iterator
from typing import Final

from app.testbed.benchmarks import orders
from app.testbed.benchmarks.environment import BenchmarkInstallation
from app.testbed.benchmarks.measurement import Measurement, per_second
from app.testbed.benchmarks.probes import processor_seconds

ORDERS: Final = 60_000
_MICRO: Final = 1_000_000


def measure(installation: BenchmarkInstallation) -> Iterator[Measurement]:
    """Orders per second by the append times of the commands, over the whole run; processor time of the process."""
    numbers = list(orders.numbers(ORDERS))
    # The planner's topic takes the place of the order topic: the same partitions, and its changelogs exist.
    installation.fill(
        installation.topics.order_log,
        ((orders.key_of(number), installation.codec.write(orders.order_event(number))) for number in numbers),
    )
    worker = installation.start_module("app.testbed.benchmarks.dedupe_worker")
    worker.wait_until_ready()
    before = processor_seconds(worker.process)
    installation.wait_until_read(worker, "planner")
    used = processor_seconds(worker.process) - before
    commanded = [
        record.timestamp_ms / 1000 for record in installation.read(installation.topics.commands(orders.POLICY.provider))
    ]
    assert len(commanded) == len(set(numbers)), f"{len(commanded)} commands for {len(set(numbers))} orders"
    yield Measurement(name="dedupe", value=per_second(commanded), unit="commands/s")
    yield Measurement(name="dedupe-orders", value=per_second(commanded) * ORDERS / len(commanded), unit="orders/s")
    yield Measurement(name="dedupe-cpu", value=used / ORDERS * _MICRO, unit="µs/order")
