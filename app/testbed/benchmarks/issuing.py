"""The issuer alone: a full command topic, one process, one connection, and the provider's simulator beside it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from app.domain.documents import DocumentProgressed, DocumentState
from app.domain.orders import LoggedEvent
from app.testbed.benchmarks import orders
from app.testbed.benchmarks.environment import PATIENCE_SECONDS, BenchmarkInstallation, MeasuredWorker
from app.testbed.benchmarks.measurement import Measurement, most_in_window, per_second, share_used
from app.testbed.benchmarks.probes import Ends, processor_seconds, resident_bytes, until
from app.testbed.installation.simulators import arrivals, set_misbehaviour, simulator_record
from providers.registry import provider, real_providers

PROVIDER: Final = "nilvera"
COMMANDS: Final = 3_000
# A quota that never binds, and as many calls at once as 300 a second of 200 ms each need, twice over.
UNBOUND: Final = {"quota_requests": "10000", "quota_seconds": "1", "concurrency": "128", "poll_seconds": "0.5"}
# Every document is final as soon as it is made. Testbook has it so in its first answer.
FINAL_AT_ONCE: Final = {"rates": {"LATE_STATUS": 1.0}, "seconds": {"late_status": 0.0}}
ANSWERS_IN_200_MS: Final = {"rates": {"SLOW": 1.0}, "seconds": {"slow": 0.2}}
# Small enough that one process could do far more, so that only the limiter is measured.
QUOTA: Final = 100
QUOTA_COMMANDS: Final = 1_500
_MILLI: Final = 1_000
_MEBIBYTE: Final = 1024 * 1024
# Of what a start needs for a moment, the allocator has given back by then what it gives back.
SETTLES_SECONDS: Final = 10.0


def processor_time(installation: BenchmarkInstallation) -> Iterator[Measurement]:
    """From ready to the last document's final state, everything included: admission, journal, calls, reports."""
    worker, _ = _started(installation, PROVIDER, UNBOUND, FINAL_AT_ONCE)
    before = processor_seconds(worker.process)
    _work_off(installation, worker, PROVIDER, COMMANDS)
    used = processor_seconds(worker.process) - before
    yield Measurement(name="issuer-cpu", value=used / COMMANDS * _MILLI, unit="ms/command")


def rate(installation: BenchmarkInstallation) -> Iterator[Measurement]:
    """Documents per second at the provider, from the first to the last, while it takes 200 ms for each."""
    worker, url = _started(installation, PROVIDER, UNBOUND, ANSWERS_IN_200_MS)
    _work_off(installation, worker, PROVIDER, COMMANDS)
    yield Measurement(name="issuer-rate", value=per_second(_booked(url)), unit="commands/s")


def quota_use(installation: BenchmarkInstallation) -> Iterator[Measurement]:
    """How much of the quota is used while there is work, and the most that the provider has seen in one second.

    Both as the provider counts: every request, by its own clock, when it arrives.
    """
    options = {**UNBOUND, "quota_requests": str(QUOTA)}
    worker, url = _started(installation, "testbook", options, FINAL_AT_ONCE)
    _work_off(installation, worker, "testbook", QUOTA_COMMANDS)
    arrived = arrivals(url)
    yield Measurement(name="quota-use", value=100 * share_used(arrived, QUOTA, 1.0), unit="% of the quota")
    yield Measurement(name="quota-peak", value=100 * most_in_window(arrived, 1.0) / QUOTA, unit="% of the quota")


def idle_memory(installation: BenchmarkInstallation) -> Iterator[Measurement]:
    """What an issuer's process holds that has nothing to do, at each provider: started, and left alone for a while."""
    for name in real_providers():
        login = provider(name).sandbox.settings("http://127.0.0.1:9", orders.TAX_NUMBER)
        installation.configure(name, login.base_url, login.options, secrets=login.secrets)
        worker = installation.start("issuer", name)
        worker.wait_until_ready()
        time.sleep(SETTLES_SECONDS)
        held = resident_bytes(worker.process.popen.pid)
        installation.stop(worker)
        yield Measurement(name=f"issuer-memory {name}", value=held / _MEBIBYTE, unit="MiB")


def _started(
    installation: BenchmarkInstallation, provider: str, options: dict[str, str], misbehaviour: dict[str, Any]
) -> tuple[MeasuredWorker, str]:
    url = installation.processes.start_sandbox([provider], seed=1)[provider]
    set_misbehaviour(url, misbehaviour)
    installation.configure(provider, url, options)
    worker = installation.start("issuer", provider)
    worker.wait_until_ready()
    return worker, url


def _work_off(installation: BenchmarkInstallation, worker: MeasuredWorker, provider: str, count: int) -> None:
    """Writes the commands and waits until the issuer has written the end of each to the order log."""
    now = datetime.now(UTC)
    commands = (orders.command(number, provider, now) for number in range(count))
    installation.fill(
        installation.topics.commands(provider),
        ((f"{c.business}/{c.connection}", installation.codec.write(c)) for c in commands),
    )
    log = Ends(installation.bootstrap, installation.topics.order_log)
    until(lambda: log.end() >= count, worker.process, seconds=PATIENCE_SECONDS, what=f"{count} reports")
    until(
        lambda: _issued(installation) == count,
        worker.process,
        seconds=PATIENCE_SECONDS,
        what=f"{count} documents issued",
    )


def _issued(installation: BenchmarkInstallation) -> int:
    bodies = (
        installation.codec.read(LoggedEvent, record.value).body
        for record in installation.read(installation.topics.order_log)
    )
    return len({b.document_id for b in bodies if isinstance(b, DocumentProgressed) and b.state is DocumentState.ISSUED})


def _booked(url: str) -> list[float]:
    return [datetime.fromisoformat(row["booked_at"]).timestamp() for row in simulator_record(url)["documents"]]
