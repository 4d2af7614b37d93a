"""The whole way of one order in an installation that has nothing else to do."""

import time
from collections.abc import Iterator
from typing import Final

from app.domain.documents import DocumentState, DocumentStatus
from app.domain.orders import OrderEvent
from app.testbed.benchmarks import orders
from app.testbed.benchmarks.environment import PATIENCE_SECONDS, BenchmarkInstallation
from app.testbed.benchmarks.issuing import FINAL_AT_ONCE, UNBOUND
from app.testbed.benchmarks.measurement import Measurement, percentile
from app.testbed.benchmarks.probes import until
from app.testbed.installation.simulators import set_misbehaviour

# Its first answer is final. Nilvera's never is: its documents wait for the next look at their status, as configured.
PROVIDER: Final = "testbook"
ORDERS: Final = 200
# The first orders meet cold connections and unread configuration.
WARMING: Final = 20
# Slow enough that each order is alone, fast enough to be over soon.
PAUSE_SECONDS: Final = 0.1
_MILLI: Final = 1_000


def measure(installation: BenchmarkInstallation) -> Iterator[Measurement]:
    """From the append of the order to the append of the status event that says ISSUED, both by the broker's clock."""
    url = installation.processes.start_sandbox([PROVIDER], seed=1)[PROVIDER]
    set_misbehaviour(url, FINAL_AT_ONCE)
    installation.configure(PROVIDER, url, UNBOUND)
    workers = [installation.start("intake"), installation.start("planner"), installation.start("issuer", PROVIDER)]
    for worker in workers:
        worker.wait_until_ready()
    for number in range(ORDERS):
        installation.fill(
            installation.topics.orders, [(orders.key_of(number), installation.codec.write(orders.order_event(number)))]
        )
        time.sleep(PAUSE_SECONDS)
    issuer = workers[-1].process
    until(lambda: len(waits_of(installation)) == ORDERS, issuer, seconds=PATIENCE_SECONDS, what=f"{ORDERS} issued")
    waits = waits_of(installation)[WARMING:]
    yield Measurement(name="latency-p50", value=percentile(waits, 50) * _MILLI, unit="ms")
    yield Measurement(name="latency-p99", value=percentile(waits, 99) * _MILLI, unit="ms")


def waits_of(installation: BenchmarkInstallation) -> list[float]:
    """Each order's seconds, in the sequence in which the orders were written."""
    written = {}
    for record in installation.read(installation.topics.orders):
        written[installation.codec.read(OrderEvent, record.value).order_reference] = record.timestamp_ms
    waits = {}
    for record in installation.read(installation.topics.document_status):
        status = installation.codec.read(DocumentStatus, record.value)
        if status.state is DocumentState.ISSUED:
            waits[status.order_reference] = (record.timestamp_ms - written[status.order_reference]) / _MILLI
    return [waits[reference] for reference in sorted(waits)]
