"""The broker's time and ours: what is heard from acknowledgements, and when they are too far apart to go on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.stream.ownership.broker_time import MOST_SECONDS_APART, BrokerTime, ClockSkewError, compare
from app.stream.ownership.exits import CLOCK_WRONG
from app.stream.processing.sending import send_all
from app.stream.records import Record
from tests.stream.fakes import Aborted, Clock, abort, leased

NOON = 1_793_534_400.0
WRITER, BROKER = 0, 1


def told(appended: float) -> int:
    return round(appended * 1000)


def test_until_the_broker_has_said_one_the_time_is_our_own() -> None:
    assert BrokerTime(wall=Clock(NOON)).now() == datetime.fromtimestamp(NOON, UTC)


def test_the_brokers_time_goes_on_whatever_becomes_of_our_clock() -> None:
    wall, steady = Clock(NOON), Clock(50)
    time = BrokerTime(wall=wall, steady=steady, abort=abort)
    time.observe(told(NOON + 1), asked_at=NOON)
    wall.now, steady.now = NOON - 86_400, 50 + 3600
    assert time.now() == datetime.fromtimestamp(NOON + 1, UTC) + timedelta(hours=1)


@pytest.mark.parametrize("skew", [-MOST_SECONDS_APART, 0, MOST_SECONDS_APART])
def test_clocks_that_differ_by_seconds_are_right(skew: float) -> None:
    compare(told(NOON + skew), asked_at=NOON, answered_at=NOON)


@pytest.mark.parametrize(("skew", "word"), [(MOST_SECONDS_APART + 1, "behind"), (-MOST_SECONDS_APART - 1, "ahead")])
def test_clocks_that_are_minutes_apart_are_told_from_each_other(skew: float, word: str) -> None:
    with pytest.raises(ClockSkewError, match=f"121 s {word}"):
        compare(told(NOON + skew), asked_at=NOON, answered_at=NOON)


def test_an_answer_that_took_minutes_says_nothing_against_a_clock() -> None:
    # Frozen between the request and its answer: the broker wrote at any moment of that.
    compare(told(NOON + 1), asked_at=NOON, answered_at=NOON + 900)


class Producer:
    """Acknowledges at once, by a clock of its own."""

    def __init__(self, appended: float, kind: int) -> None:
        self._where = SimpleNamespace(partition=0, offset=7, timestamp=told(appended), timestamp_type=kind)

    async def send(self, *_: Any) -> Any:
        async def acknowledged() -> Any:
            return self._where

        return acknowledged()


async def written(folder: Path, appended: float, kind: int = BROKER) -> BrokerTime:
    app = leased(folder)
    app.broker_time = BrokerTime(wall=Clock(NOON), steady=Clock(0), abort=abort)
    app.producer = Producer(appended, kind)
    await send_all(app, [Record(topic="t", key=b"k", value=b"v")])
    return app.broker_time


async def test_what_is_written_says_what_time_it_is(tmp_path: Path) -> None:
    assert (await written(tmp_path, NOON + 30)).now() == datetime.fromtimestamp(NOON + 30, UTC)


@pytest.mark.parametrize("days", [-365, 365])
async def test_a_worker_whose_clock_is_a_year_away_leaves_at_its_first_write(tmp_path: Path, days: int) -> None:
    with pytest.raises(Aborted) as left:
        await written(tmp_path, NOON + days * 86_400)
    assert left.value.code == CLOCK_WRONG
    assert "set the clocks" in str(left.value.exc)


async def test_a_time_that_is_the_writers_own_says_nothing(tmp_path: Path) -> None:
    assert (await written(tmp_path, NOON - 86_400, WRITER)).now() == datetime.fromtimestamp(NOON, UTC)
