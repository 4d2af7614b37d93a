"""A provider that goes away, throttles or comes back: it gets no more than its quota, and nobody else notices."""

import asyncio
from itertools import pairwise

import pytest

from app.domain.policy import DocumentTypeChoice
from app.issuing.journal.encoding import decode
from app.issuing.journal.facts import Answered
from app.issuing.scheduling.circuit_breaker import LONGEST_PAUSE_SECONDS, MOST_FAILURES
from app.issuing.scheduling.scheduler import Scheduler
from app.stream.ownership.epoch import Epoch
from app.testbed.benchmarks.measurement import most_in_window
from providers.base import NotSent, Quota, Unknown
from tests.harness.fake_ports import FakeConnections
from tests.harness.fake_provider import Behaviour, FakeAdapter
from tests.harness.fate import Fate
from tests.harness.issuing_builders import command
from tests.harness.one_issuer import OneIssuer, Process
from tests.harness.simulated_time import simulate

DOWN = Unknown(why="503")
QUOTA = Quota(requests=100, seconds=1.0)
CONCURRENCY = 64
OUTAGE_SECONDS = 3600.0
# A command is seen by its provider as soon as the pace allows, if nobody is before it.
AT_ONCE = 0.1


class Neighbours:
    """A merchant whose provider is in trouble and one whose provider is well, on the same worker."""

    def __init__(self, trouble: NotSent | Unknown | None) -> None:
        self.issuer = OneIssuer(quota=QUOTA, concurrency=CONCURRENCY, taxpayer_lookup=True)
        self.trouble = Behaviour(trouble=trouble)
        self.asked: list[float] = []

    def begin(self) -> Process:
        fate = Fate()
        known = {"troubled": self.issuer.connection(fate, self.trouble), "well": self.issuer.connection(fate)}
        self.troubled, self.well = (connection.adapter for connection in known.values())
        assert isinstance(self.troubled, FakeAdapter)
        assert isinstance(self.well, FakeAdapter)
        return self.issuer.assemble(fate, self.troubled, FakeConnections(known))

    async def orders_beside(self, process: Process) -> None:
        """Every ten seconds the well one has an order, as long as the outage lasts."""
        while asyncio.get_running_loop().time() < OUTAGE_SECONDS:
            await asyncio.sleep(10)
            await process.admit(command(number=len(self.asked), business="well"))
            self.asked.append(asyncio.get_running_loop().time())


@pytest.mark.parametrize(
    "many", [200, pytest.param(1_000, marks=pytest.mark.sweep), pytest.param(100_000, marks=pytest.mark.long)]
)
def test_an_outage_ends_in_an_even_drain_and_was_never_noticed_beside_it(many: int) -> None:
    neighbours = Neighbours(DOWN)

    async def story() -> float:
        process = neighbours.begin()
        beside = asyncio.create_task(neighbours.orders_beside(process))
        await process.admit(*(command(number=n, business="troubled") for n in range(many)))
        await asyncio.sleep(OUTAGE_SECONDS)
        neighbours.trouble.trouble = None
        await process.finish()
        await beside
        return asyncio.get_running_loop().time()

    ended = simulate(story())
    requests = list(zip(neighbours.troubled.starts, neighbours.troubled.log, strict=True))
    during = [what for at, what in requests if at < OUTAGE_SECONDS]
    creates = during.count("create")
    assert MOST_FAILURES <= creates <= CONCURRENCY
    assert set(during[creates:]) == {"probe"}
    after = [(at, what) for at, what in requests if at >= OUTAGE_SECONDS]
    assert [what for _, what in after][:2] in (["probe", "create"], ["probe", "find_prepared"])
    # One at a time until one is answered.
    assert after[2][0] - after[1][0] > AT_ONCE / 2
    assert most_in_window([at for at, _ in requests], QUOTA.seconds) <= QUOTA.requests
    assert most_in_window([at for at, _ in requests], QUOTA.seconds / 10) <= QUOTA.requests / 4
    # Each document once, and the doubtful ones after two look-ups and what a look-up in vain has them wait.
    took = ended - OUTAGE_SECONDS - LONGEST_PAUSE_SECONDS
    assert took < (many + 2 * CONCURRENCY) / (0.95 * QUOTA.requests) + LONGEST_PAUSE_SECONDS
    assert neighbours.issuer.ledger.creates == many + len(neighbours.asked)
    assert all(len(documents) == 1 for documents in neighbours.issuer.ledger.documents.values())
    waits = [start - asked for asked, start in zip(neighbours.asked, neighbours.well.starts, strict=False)]
    assert len(waits) >= OUTAGE_SECONDS / 10 - 1
    assert max(waits) < AT_ONCE


def test_a_register_that_is_down_opens_the_breaker_too() -> None:
    neighbours = Neighbours(DOWN)

    async def story() -> None:
        process = neighbours.begin()
        automatic = DocumentTypeChoice.AUTO
        commands = [
            command(number=n, business="troubled", choice=automatic, tax_number="1234567890") for n in range(200)
        ]
        await process.admit(*commands)
        await asyncio.sleep(OUTAGE_SECONDS)
        asked = neighbours.troubled.log.count("registration")
        assert MOST_FAILURES <= asked <= CONCURRENCY
        assert set(neighbours.troubled.log[asked:]) == {"probe"}

    simulate(story())


@pytest.mark.parametrize("kind", ["create", "registration"])
@pytest.mark.parametrize("many", [300, pytest.param(1_000, marks=pytest.mark.sweep)])
def test_a_storm_of_429_is_answered_by_silence_for_as_long_as_asked_each_time(kind: str, many: int) -> None:
    neighbours = Neighbours(NotSent(why="429", retry_after=30.0))
    choice = DocumentTypeChoice.AUTO if kind == "registration" else DocumentTypeChoice.EARSIV

    async def story() -> None:
        process = neighbours.begin()
        commands = [command(number=n, business="troubled", choice=choice, tax_number="1234567890") for n in range(many)]
        await process.admit(*commands)
        await asyncio.sleep(600)
        neighbours.trouble.trouble = None
        await process.finish()

    simulate(story())
    starts = neighbours.troubled.starts
    storm = [at for at in starts if at < 600]
    assert set(neighbours.troubled.log[: len(storm)]) == {kind}
    # Only what left together with the request that was answered first is inside a pause.
    assert all(later - earlier >= 30.0 or later - earlier < AT_ONCE for earlier, later in pairwise(storm))
    assert len(storm) <= (600 / 30 + 1) * QUOTA.requests / 10
    assert most_in_window(starts, QUOTA.seconds) <= QUOTA.requests
    assert neighbours.issuer.ledger.creates == many


def test_a_429_to_a_look_up_silences_the_whole_connection() -> None:
    issuer = OneIssuer(concurrency=1)
    issuer.behaviour.creates = [Unknown(why="502")]

    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await asyncio.sleep(5)
        issuer.behaviour.trouble = NotSent(why="429", retry_after=60.0)
        await asyncio.sleep(10)
        assert process.adapter.log == ["create", "find_prepared"]
        issuer.behaviour.trouble = None
        await process.admit(command(number=2))
        await process.finish()
        assert process.adapter.starts[2] - process.adapter.starts[1] >= 60

    simulate(story())


def test_a_call_that_waits_for_its_place_when_the_partition_goes_is_not_made_and_that_is_written() -> None:
    issuer = OneIssuer(quota=Quota(requests=1, seconds=2.0))

    async def story() -> None:
        first = issuer.process()
        await first.admit(command())
        await asyncio.sleep(1.97)  # its attempt is written, and its place opens at 2.0
        await first.scheduler.drain(20)
        assert first.adapter.log == []
        (answer,) = [value for (_, key), value in issuer.changelog.items() if b"Answered" in key]
        fact = decode(Answered.__name__, answer)
        assert isinstance(fact, Answered)
        assert isinstance(fact.outcome, NotSent)
        await issuer.process().finish()

    simulate(story())
    assert issuer.ledger.creates == 1


def test_a_worker_that_takes_over_leaves_a_whole_window_to_the_one_before_it() -> None:
    issuer = OneIssuer(quota=Quota(requests=10, seconds=10.0))
    starts: list[float] = []

    async def work(scheduler: Scheduler, adapter: FakeAdapter) -> None:
        await asyncio.sleep(25)
        await scheduler.drain(20)
        starts.extend(adapter.starts)

    async def story() -> None:
        first = issuer.process()
        await first.admit(*(command(number=n) for n in range(100)))
        await work(first.scheduler, first.adapter)
        second = issuer.process()
        await work(second.scheduler, second.adapter)
        # The same process may get it back.
        first.journal.entries = second.journal.entries
        first.scheduler.rebuild(Epoch(1, ()), [0])
        first.adapter.starts.clear()
        await work(first.scheduler, first.adapter)

    simulate(story())
    assert len(starts) > 40
    assert most_in_window(starts, 10.0) <= 10
