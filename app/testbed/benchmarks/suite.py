"""Every benchmark by name, and the running of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from app.testbed.benchmarks import api, dedupe, documents, issuing, latency, lists, planner, projection
from app.testbed.benchmarks.environment import BenchmarkInstallation, benchmark_installation
from app.testbed.benchmarks.measurement import Measurement

OnKafka = Callable[[BenchmarkInstallation], Iterator[Measurement]]
# What needs no Kafka: it is measured in this process.
Alone = Callable[[], Iterator[Measurement]]
Benchmark = OnKafka | Alone

ALONE: Final[Mapping[str, Alone]] = MappingProxyType(
    {
        "document-10": documents.document_10,
        "document-500": documents.document_500,
        "check-10": documents.check_10,
        "document-memory": documents.memory,
        "projection": projection.measure,
        "lists": lists.measure,
    }
)

# Some measure several numbers, and one run for all of them is enough.
ON_KAFKA: Final[Mapping[str, OnKafka]] = MappingProxyType(
    {
        "dedupe": dedupe.measure,
        "planner": planner.measure,
        "issuer-cpu": issuing.processor_time,
        "issuer-rate": issuing.rate,
        "quota-use": issuing.quota_use,
        "issuer-memory": issuing.idle_memory,
        "latency-p50": latency.measure,
        "latency-p99": latency.measure,
        "api": api.measure,
        "start": planner.first_record,
        "recovery": planner.recovery,
        "memory": planner.recovery,
    }
)
BENCHMARKS: Final[Mapping[str, Benchmark]] = MappingProxyType({**ON_KAFKA, **ALONE})


def needs_kafka(benchmarks: Iterable[Benchmark]) -> bool:
    """Any of them needs a broker."""
    return any(each in ON_KAFKA.values() for each in benchmarks)


def chosen(names: Iterable[str]) -> list[Benchmark]:
    """The benchmarks of these names, each once; all of them for none. Raises ValueError for an unknown name."""
    wanted = list(names) or list(BENCHMARKS)
    unknown = sorted(set(wanted) - BENCHMARKS.keys())
    if unknown:
        raise ValueError(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    return list(dict.fromkeys(BENCHMARKS[name] for name in wanted))


def run(
    benchmarks: Iterable[Benchmark], runs: int, folder: Path, bootstrap: str, show: Callable[[Measurement], None]
) -> list[Measurement]:
    """Runs each so often, each time on an installation of its own. `show` gets each number as soon as it is there."""
    found = []
    for benchmark in benchmarks:
        for _ in range(runs):
            for measurement in _once(benchmark, folder, bootstrap):
                show(measurement)
                found.append(measurement)
    return found


def _once(benchmark: Benchmark, folder: Path, bootstrap: str) -> Iterator[Measurement]:
    alone = next((each for each in ALONE.values() if each is benchmark), None)
    if alone is not None:
        yield from alone()
        return
    on_kafka = next(each for each in ON_KAFKA.values() if each is benchmark)
    with benchmark_installation(folder, bootstrap) as installation:
        yield from on_kafka(installation)
