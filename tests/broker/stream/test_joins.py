"""Joins and leaves without a single kill: what a plain rebalance loses in stock Faust."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.broker.stream.topics import COMPACTED, Topics
from tests.broker.stream.workers import Worker, until

pytestmark = pytest.mark.broker

JOIN_OR_LEAVE_EVERY_SECONDS = 3.0
FILL_UP_EVERY_SECONDS = 0.2
# A start takes a second, and half a minute where many others are started beside it.
PATIENCE_SECONDS = 60
# What a worker says when it owns partitions, and when another one joins or leaves.
OWNS, REBALANCES = "epoch begins", "because it is rebalancing"


class Backlog:
    """Orders that no worker has taken yet: at least so many, however fast or slow the machine is."""

    def __init__(self, topics: Topics, waiting: int) -> None:
        self.topics, self.waiting = topics, waiting
        self.placed: set[bytes] = set()
        self._over = threading.Event()
        topics.create("log", 4)
        topics.create("commands", 4)
        topics.create("orders-orders-changelog", 4, COMPACTED)
        self.fill_up()

    def fill_up(self) -> None:
        taken = sum(self.topics.committed("orders", "log").values())
        keys = [b"O%06d" % n for n in range(len(self.placed), taken + self.waiting)]
        self.topics.write("log", ((key, b"{}") for key in keys))
        self.placed.update(keys)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Fill up all the while, in a thread."""
        with ThreadPoolExecutor(1) as pool:
            filling = pool.submit(self._fill_up_until_over)
            try:
                yield
            finally:
                self._over.set()
                filling.result()

    def _fill_up_until_over(self) -> None:
        while not self._over.wait(FILL_UP_EVERY_SECONDS):
            self.fill_up()


def joins_and_leaves(
    start: Callable[[], Worker], topics: Topics, visits: int, *, tells_epochs: bool = True
) -> tuple[list[Worker], bool]:
    """Keep one worker, and let guests join and leave by SIGTERM; say whether the backlog outlasted every join.

    Every second guest stays until it owns partitions; the others leave in the middle of the rebalance that they began.
    """
    workers, lasted = [resident := start()], True
    time.sleep(JOIN_OR_LEAVE_EVERY_SECONDS)
    for visit in range(visits):
        rebalances = resident.said.count(REBALANCES)
        workers.append(guest := start())
        time.sleep(JOIN_OR_LEAVE_EVERY_SECONDS)
        if tells_epochs and visit % 2:
            until(lambda guest=guest: OWNS in guest.said, PATIENCE_SECONDS, "the guest owns partitions")
        elif tells_epochs:
            until(lambda n=rebalances: resident.said.count(REBALANCES) > n, PATIENCE_SECONDS, "the guest joins")
        lasted = lasted and not topics.caught_up("orders", "log")
        guest.end()
        time.sleep(JOIN_OR_LEAVE_EVERY_SECONDS)
    return workers, lasted


def lost_orders(topics: Topics, placed: set[bytes]) -> set[bytes]:
    return placed - {message.key() for message in topics.read("commands")}


@pytest.mark.parametrize(
    ("waiting", "batch_size", "seconds_per_batch", "visits"),
    [
        pytest.param(6_000, 64, 0.05, 4, id="short"),
        pytest.param(30_000, 512, 0.15, 10, id="long", marks=pytest.mark.long),
    ],
)
@pytest.mark.timeout(240)
def test_joins_and_leaves_lose_no_record_and_leave_no_hole(  # noqa: PLR0917 - fixtures and sizes
    topics: Topics,
    start: Callable[..., Worker],
    tmp_path: Path,
    waiting: int,
    batch_size: int,
    seconds_per_batch: float,
    visits: int,
) -> None:
    backlog = Backlog(topics, waiting)
    places = iter(range(1000))

    def worker() -> Worker:
        arguments = topics.bootstrap, topics.prefix, tmp_path / f"data-{next(places)}", batch_size, seconds_per_batch
        return start("dedupe_worker", *arguments)

    with backlog.kept():
        workers, lasted = joins_and_leaves(worker, topics, visits)
    until(lambda: topics.caught_up("orders", "log"), 120, "the backlog is consumed")
    resident = workers[0]
    assert lasted, "the backlog was gone before a join: it proved nothing"
    assert resident.code is None, resident.said[-2000:]
    # One that is stopped before its event loop hears signals has nothing to drain, and ends by the signal itself.
    assert {w.code for w in workers[1:]} <= {0, -signal.SIGTERM}
    assert not any("event=gap" in w.said for w in workers)
    assert not lost_orders(topics, backlog.placed)
    repeated = sum(1 for _ in topics.read("commands")) - len(backlog.placed)
    print(  # noqa: T201 - how hard the run was
        f"{sum(w.said.count('epoch begins') for w in workers)} epochs, {repeated} repeated commands, "
        f"{sum(w.said.count('given back') for w in workers)} given back"
    )


@pytest.mark.long
@pytest.mark.timeout(300)
def test_what_the_stock_consumer_loses_in_the_same_joins_is_reported(
    topics: Topics, start: Callable[..., Worker], tmp_path: Path
) -> None:
    placed = Backlog(topics, 20_000).placed
    places = iter(range(1000))

    def worker() -> Worker:
        return start("stock_worker", topics.bootstrap, topics.prefix, tmp_path / f"data-{next(places)}", 0, 0.005)

    joins_and_leaves(worker, topics, 8, tells_epochs=False)
    end = time.monotonic() + 90
    while time.monotonic() < end and not topics.caught_up("orders", "log"):
        time.sleep(1)
    lag = sum(topics.ends("log").values()) - sum(topics.committed("orders", "log").values())
    print(  # noqa: T201 - a report, not a test: how many it loses is luck
        f"stock Faust: {len(lost_orders(topics, placed))} of {len(placed)} orders without an effect, lag {lag}"
    )
