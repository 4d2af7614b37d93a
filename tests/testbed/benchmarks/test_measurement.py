"""The arithmetic of the benchmarks; nothing here is timed."""

from pathlib import Path

import pytest

from app.stream.serialization.codec import Codec
from app.testbed.benchmarks.measurement import (
    Measurement,
    most_in_window,
    per_second,
    percentile,
    results_of,
    share_used,
)
from app.testbed.benchmarks.orders import ORDER_BYTES, numbers, order_event
from app.testbed.benchmarks.suite import BENCHMARKS, chosen, needs_kafka, run


def test_one_disturbed_run_does_not_move_the_result() -> None:
    found = [Measurement(name="planner", value=value, unit="orders/s") for value in (9_000.0, 200.0, 9_100.0)]
    (result,) = results_of(found)
    assert result.as_dict() == {"name": "planner", "value": 9000, "unit": "orders/s", "runs": [9000, 200, 9100]}


def test_results_stand_in_the_order_in_which_their_names_came_first() -> None:
    found = [Measurement(name=name, value=1.0, unit="s") for name in ("start", "recovery", "start")]
    assert [result.name for result in results_of(found)] == ["start", "recovery"]


def test_numbers_claim_no_more_digits_than_were_measured() -> None:
    (result,) = results_of([Measurement(name="memory", value=123.456789, unit="MiB")])
    assert result.as_dict()["value"] == 123.5


def test_a_rate_is_counted_from_the_first_to_the_last() -> None:
    assert per_second([10.0, 10.5, 12.0]) == 1.5


@pytest.mark.parametrize("moments", [[], [1.0], [1.0, 1.0]])
def test_a_rate_without_two_different_moments_is_refused(moments: list[float]) -> None:
    with pytest.raises(ValueError, match="two different moments"):
        per_second(moments)


@pytest.mark.parametrize("spread", [0.0, 0.8], ids=["in bursts", "at a pace"])
def test_the_use_of_a_quota_is_counted_in_whole_windows(spread: float) -> None:
    moments = [second + number * spread / 100 for second in range(5) for number in range(100)]
    assert share_used(moments, 100, 1.0) == 1.0
    assert share_used(moments, 200, 1.0) == 0.5


def test_what_does_not_fill_a_window_says_nothing_about_a_quota() -> None:
    with pytest.raises(ValueError, match=r"window of 1\.0 s"):
        share_used([1.0, 1.5], 100, 1.0)


@pytest.mark.parametrize(("percent", "value"), [(50, 2.0), (75, 3.0), (99, 4.0), (100, 4.0), (1, 1.0)])
def test_a_percentile_is_a_value_that_was_measured(percent: float, value: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], percent) == value


def test_a_window_is_half_open() -> None:
    assert most_in_window([0.0, 0.5, 1.0], 1.0) == 2
    assert most_in_window([0.0, 0.5, 0.99, 3.0], 1.0) == 3
    assert most_in_window([], 1.0) == 0


def test_orders_have_the_size_and_the_repeats_of_the_comparison() -> None:
    drawn = list(numbers(10_000))
    assert 0.28 < 1 - len(set(drawn)) / len(drawn) < 0.32
    assert len(Codec().write(order_event(7))) == ORDER_BYTES


def test_one_benchmark_with_two_names_runs_once() -> None:
    assert len(chosen(["latency-p50", "latency-p99"])) == 1
    assert len(chosen([])) == len(set(BENCHMARKS.values()))


def test_what_needs_no_kafka_is_measured_in_this_process(tmp_path: Path) -> None:
    alone = chosen(["document-500"])
    assert not needs_kafka(alone)
    (found,) = run(alone, 1, tmp_path, "nowhere:1", lambda _: None)
    assert (found.name, found.unit) == ("document-500", "ms")
    assert found.value > 0


def test_an_unknown_benchmark_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(ValueError, match="no benchmark is called speed; there are dedupe"):
        chosen(["speed", "planner"])
