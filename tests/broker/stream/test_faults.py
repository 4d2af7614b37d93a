"""Kills and freezes: every order has its effect, and only one, whatever happens to the workers."""

import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.broker.stream.dedupe_worker import command_id
from tests.broker.stream.topics import COMPACTED, Topics
from tests.broker.stream.workers import Worker, until

pytestmark = pytest.mark.broker

# Above the session of 6 seconds, or every generation contains a dead member and nothing is done at all.
FAULT_EVERY_SECONDS = 9.0
FROZEN_SECONDS = 8.0
REPEATED = 3  # every third order comes twice


@dataclass
class Crew:
    """Two workers; one that ended is started again, as an orchestrator does."""

    start: Callable[[], Worker]
    workers: list[Worker]
    codes: list[int]

    def mind(self) -> None:
        for place, worker in enumerate(self.workers):
            if worker.code is not None:
                self.codes.append(worker.code)
                self.workers[place] = self.start()

    def mind_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.mind()
            time.sleep(0.2)


def orders(distinct: int) -> Iterator[tuple[bytes, bytes]]:
    for n in range(distinct):
        yield b"O%06d" % n, b"{}"
        if n % REPEATED == 0:
            yield b"O%06d" % (n // 2), b"{}"


@pytest.mark.parametrize(
    ("distinct", "rounds"),
    [pytest.param(3_000, 2, id="short"), pytest.param(15_000, 9, id="long", marks=pytest.mark.long)],
)
@pytest.mark.timeout(600)
def test_kills_and_a_freeze_lose_no_order_and_give_each_one_effect(
    topics: Topics, start: Callable[..., Worker], tmp_path: Path, distinct: int, rounds: int
) -> None:
    topics.create("log", 4)
    topics.create("commands", 4)
    topics.create("orders-orders-changelog", 4, COMPACTED)
    topics.write("log", orders(distinct))
    places = iter(range(1000))

    def worker() -> Worker:
        # Slow enough that the orders outlast the faults.
        return start("dedupe_worker", topics.bootstrap, topics.prefix, tmp_path / f"data-{next(places)}", 8, 0.1)

    crew = Crew(worker, [worker(), worker()], [])
    crew.mind_for(FAULT_EVERY_SECONDS)
    for _ in range(rounds):
        crew.workers[0].signal(signal.SIGKILL)
        crew.mind_for(FAULT_EVERY_SECONDS)
        frozen = crew.workers[1]
        frozen.signal(signal.SIGSTOP)
        crew.mind_for(FROZEN_SECONDS)
        frozen.signal(signal.SIGCONT)
        until(lambda frozen=frozen: frozen.code is not None, 10, "the frozen worker leaves")
        assert frozen.code == 70
        assert "lease" in frozen.said
        crew.mind_for(1)
    outlasted = not topics.caught_up("orders", "log")
    until(lambda: crew.mind() or topics.caught_up("orders", "log"), 300, "all orders are consumed")

    effects = defaultdict(set)
    for message in topics.read("commands"):
        effects[message.key()].add(message.value())
    assert outlasted, "the orders were gone before the last fault: this run proved nothing"
    assert crew.codes.count(-9) == rounds
    assert set(crew.codes) == {-9, 70}
    assert effects == {b"O%06d" % n: {command_id(b"O%06d" % n)} for n in range(distinct)}
