"""The planner alone: its rate over a full order log, and what a start costs that has many orders to recover."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from app.domain.identity import order_key
from app.stream.topics import identities
from app.testbed.benchmarks import orders
from app.testbed.benchmarks.environment import BenchmarkInstallation, MeasuredWorker
from app.testbed.benchmarks.measurement import Measurement, per_second
from app.testbed.benchmarks.probes import Ends, processor_seconds, resident_bytes

# Four seconds of work: long against the start of it, short enough to repeat.
ORDERS: Final = 40_000
# So many orders a planner knows before its start is measured, and before its recovery is.
KNOWN: Final = 20_000
MANY: Final = 60_000
# A new order: far beyond the numbers of the known ones.
_NEW: Final = 90_000_000
_MEBIBYTE: Final = 1024 * 1024
_PER: Final = 100_000
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


def first_record(installation: BenchmarkInstallation) -> Iterator[Measurement]:
    """From the start of the process to the append of the outcome of a new order, with 20,000 known ones."""
    _learn(installation, KNOWN)
    event = orders.logged(_NEW, _NEW, datetime.now(UTC))
    key = order_key(event.business, event.order_reference)
    installation.fill(installation.topics.order_log, [(key, installation.codec.write(event))])
    began = datetime.now(UTC).timestamp()
    worker = installation.start("planner")
    worker.wait_until_ready()
    installation.wait_until_read(worker, "planner")
    last = max(record.timestamp_ms for record in installation.read(installation.topics.order_outcomes))
    yield Measurement(name="start", value=last / 1000 - began, unit="s")


def recovery(installation: BenchmarkInstallation) -> Iterator[Measurement]:
    """Entries of both changelogs per second, and memory, each against the same planner when it knew nothing."""
    empty = installation.start("planner")
    seconds_empty, bytes_empty = empty.wait_until_ready(), resident_bytes(empty.process.popen.pid)
    installation.stop(empty)
    documents = _learn(installation, MANY)
    tables = identities.app("planner", installation.topics.prefix).changelogs
    entries = sum(Ends(installation.bootstrap, changelog).end() for changelog in tables.values())
    full = installation.start("planner")
    seconds = full.wait_until_ready() - seconds_empty
    grown = resident_bytes(full.process.popen.pid) - bytes_empty
    yield Measurement(name="recovery", value=entries / seconds, unit="entries/s")
    yield Measurement(name="memory", value=grown / _MEBIBYTE * _PER / documents, unit="MiB/100,000 documents")


def _learn(installation: BenchmarkInstallation, count: int) -> int:
    """Lets a planner fold so many orders and ends it. Returns how many documents it knows then."""
    fill(installation, count)
    worker: MeasuredWorker = installation.start("planner")
    worker.wait_until_ready()
    installation.wait_until_read(worker, "planner")
    installation.stop(worker)
    return len(set(orders.numbers(count)))
