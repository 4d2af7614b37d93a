"""Every benchmark by name, and the running of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from app.bench import dedupe, issuing, latency, planner, starting
from app.bench.ground import Ground, standing_ground
from app.bench.measurement import Measurement

Benchmark = Callable[[Ground], Iterator[Measurement]]

# Some tell several numbers, and one run for all of them is enough.
BENCHMARKS: Final[Mapping[str, Benchmark]] = MappingProxyType(
    {
        "dedupe": dedupe.measure,
        "planner": planner.measure,
        "issuer-cpu": issuing.processor_time,
        "issuer-rate": issuing.rate,
        "quota-use": issuing.quota_use,
        "latency-p50": latency.measure,
        "latency-p99": latency.measure,
        "start": starting.first_record,
        "recovery": starting.recovery,
        "memory": starting.recovery,
    }
)


def chosen(names: Iterable[str]) -> list[Benchmark]:
    """The benchmarks of these names, each once; all of them for none. Raises ValueError for an unknown name."""
    wanted = list(names) or list(BENCHMARKS)
    unknown = sorted(set(wanted) - BENCHMARKS.keys())
    if unknown:
        raise ValueError(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    return list(dict.fromkeys(BENCHMARKS[name] for name in wanted))


def run(
    benchmarks: Iterable[Benchmark], runs: int, folder: Path, bootstrap: str, told: Callable[[Measurement], None]
) -> list[Measurement]:
    """Runs each so often, on fresh ground every time. `told` hears each number when it is there."""
    found = []
    for benchmark in benchmarks:
        for _ in range(runs):
            with standing_ground(folder, bootstrap) as ground:
                for measurement in benchmark(ground):
                    told(measurement)
                    found.append(measurement)
    return found
