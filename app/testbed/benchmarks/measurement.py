"""What a benchmark finds, and the arithmetic behind it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One number of one run."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One number over all runs; the median, because one run in five is disturbed by something else."""

    name: str
    unit: str
    runs: tuple[float, ...]

    @property
    def value(self) -> float:
        """The median of the runs."""
        return median(self.runs)

    def as_dict(self) -> dict[str, Any]:
        """As it is in the JSON file."""
        return {"name": self.name, "value": _short(self.value), "unit": self.unit, "runs": list(map(_short, self.runs))}


def results_of(measurements: Sequence[Measurement]) -> list[Result]:
    """The runs of each name together, names in the order in which they came first."""
    units = {each.name: each.unit for each in measurements}
    return [
        Result(name=name, unit=unit, runs=tuple(each.value for each in measurements if each.name == name))
        for name, unit in units.items()
    ]


def per_second(moments: Sequence[float]) -> float:
    """How many came per second, from the first to the last. Raises ValueError when there are not two moments."""
    first, last = min(moments, default=0.0), max(moments, default=0.0)
    if last <= first:
        raise ValueError("a rate needs two different moments")
    return len(moments) / (last - first)


def share_used(moments: Sequence[float], most: int, seconds: float) -> float:
    """The part of a quota, at most so many in so many seconds, that was used in whole windows from the first moment on.

    The last window is left out: work runs out in it. Raises ValueError when there is no other.
    """
    first = min(moments, default=0.0)
    windows = int((max(moments, default=0.0) - first) / seconds)
    if not windows:
        raise ValueError(f"{len(moments)} moments do not fill a window of {seconds} s")
    return sum(moment - first < windows * seconds for moment in moments) / (most * windows)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent do not exceed (nearest rank). Raises ValueError when there are none."""
    if not values:
        raise ValueError("no values, no percentile")
    rank = -(-len(values) * percent // 100)
    return sorted(values)[max(int(rank), 1) - 1]


def most_in_window(moments: Sequence[float], seconds: float) -> int:
    """The most moments that lie in any half-open window of this length."""
    ordered, first, most = sorted(moments), 0, 0
    for index, moment in enumerate(ordered):
        while moment - ordered[first] >= seconds:
            first += 1
        most = max(most, index - first + 1)
    return most


def _short(value: float) -> float:
    """A benchmark's result has no more than four digits that mean something."""
    return float(f"{value:.4g}")
