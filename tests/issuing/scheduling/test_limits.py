"""The quota holds at the provider's end of the wire, and the breaker is patient."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.issuing.scheduling.circuit_breaker import LONGEST_PAUSE_SECONDS, Breaker, BreakerState
from app.issuing.scheduling.permits import Permits
from app.issuing.scheduling.rate_limiter import FEW, MARGIN, MEMORY, Limiter
from app.testbed.benchmarks.measurement import most_in_window
from providers.base import NotPermittedError, Quota
from tests.harness.simulated_time import SimulatedClock, simulate

# Every so many requests one is neither delayed on its way nor kept longer than it must: the one thing assumed. Answers
# come in another order than requests left, so that of a hundred answers one is that of an undelayed request.
UNDELAYED_EVERY = MEMORY // 2
LONG = 1e6


class Provider:
    """Where requests arrive; the way there, the work and the way back take their time."""

    def __init__(self, way: float, work: float, delays: Callable[[], tuple[float, float]]) -> None:
        self._way = way
        self._work = work
        self._delays = delays
        self._asked = 0
        self.arrivals: list[float] = []

    async def answer(self) -> None:
        on_the_way, at_work = (0.0, 0.0) if self._asked % UNDELAYED_EVERY == 0 else self._delays()
        self._asked += 1
        await asyncio.sleep(self._way + on_the_way)
        self.arrivals.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self._work + at_work)


async def send_all(quota: Quota, provider: Provider, calls: int) -> None:
    """As the scheduler and the HTTP client do it: promised, written down, and let go by the permit."""
    clock = SimulatedClock()
    limiter = Limiter(quota, full_until=clock.monotonic() + quota.seconds)
    permits = Permits(limiter, clock.monotonic, lambda: True)
    ended = asyncio.Event()

    async def call(slot: float) -> None:
        await asyncio.sleep(0.01)
        limiter.release(slot)
        async with permits("POST", LONG):
            await provider.answer()
        ended.set()

    tasks = set()
    while len(tasks) < calls:
        now = clock.monotonic()
        if (slot := limiter.reserve(now)) is not None:
            tasks.add(asyncio.create_task(call(slot)))
            continue
        ended.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(limiter.opens_at(now) - now):
                await ended.wait()
    await asyncio.gather(*tasks)


@given(
    requests=st.integers(1, 30),
    seconds=st.sampled_from((0.5, 1.0, 10.0)),
    way=st.floats(0.0, 0.2),
    work=st.floats(0.0, 0.5),
    longest=st.floats(0.0, 5.0),
    share=st.floats(0.0, 1.0),
    chance=st.randoms(use_true_random=False),
)
def test_whatever_the_network_delays_no_window_at_the_provider_holds_more_than_the_quota(  # noqa: PLR0917 - drawn
    requests: int,
    seconds: float,
    way: float,
    work: float,
    longest: float,
    share: float,
    chance: random.Random,
) -> None:
    def delays() -> tuple[float, float]:
        return tuple(chance.uniform(0, longest) if chance.random() < share else 0.0 for _ in range(2))

    provider = Provider(way, work, delays)
    simulate(send_all(Quota(requests=requests, seconds=seconds), provider, 4 * requests + 20))
    assert most_in_window(provider.arrivals, seconds) <= requests


@pytest.mark.parametrize("quota", [Quota(requests=1, seconds=1.0), Quota(requests=10, seconds=1.0)], ids=str)
@pytest.mark.parametrize("work", [0.0, 0.2, 0.5], ids=lambda work: f"answered after {work} s")
def test_a_steady_provider_s_quota_is_used_to_ninety_five_in_a_hundred_however_long_it_takes(
    quota: Quota, work: float
) -> None:
    chance = random.Random(5)
    provider = Provider(0.03, work, lambda: (chance.uniform(0, 0.02), chance.uniform(0, 0.02)))
    simulate(send_all(quota, provider, 200 * quota.requests))
    begun = sorted(provider.arrivals)[FEW * quota.requests :]
    assert (len(begun) - 1) / (begun[-1] - begun[0]) > 0.95 * quota.requests / quota.seconds


def test_a_place_is_held_while_its_request_may_still_arrive() -> None:
    limiter = Limiter(Quota(requests=1, seconds=1.0), full_until=0.0)
    assert limiter.claim() == 0.0
    assert limiter.opens_at(50.0) == float("inf")
    limiter.ended("POST", 0.0, 20.0, answered=False)
    assert limiter.opens_at(20.0) == pytest.approx(21.0 + MARGIN, abs=0.06)


def test_a_quota_begins_with_a_full_window_for_somebody_else_may_have_used_it() -> None:
    limiter = Limiter(Quota(requests=10, seconds=60.0), full_until=60.0)
    assert limiter.reserve(59.0) is None
    assert limiter.reserve(60.0) == 60.0


def test_a_partition_that_comes_back_finds_its_window_full_and_a_pause_still_kept() -> None:
    limiter = Limiter(Quota(requests=2, seconds=1.0), full_until=0.0)
    limiter.fill(101.0)
    assert limiter.opens_at(100.0) == pytest.approx(101.0, abs=0.06)
    limiter.pause(200.0)
    limiter.fill(151.0)
    assert limiter.opens_at(150.0) == 200.0


def test_calls_begin_at_a_pace_and_never_a_window_s_worth_at_once() -> None:
    limiter, now, begun = Limiter(Quota(requests=50, seconds=1.0), full_until=0.0), 0.0, []
    while len(begun) < 50:
        now = limiter.opens_at(now)
        assert limiter.reserve(now) is not None
        begun.append(now)
    assert most_in_window(begun, 0.1) <= 10
    assert begun[-1] < 0.8


def test_a_pause_holds_back_everything_and_a_shorter_one_does_not_end_it() -> None:
    limiter = Limiter(Quota(requests=100, seconds=1.0), full_until=0.0)
    limiter.pause(30.0)
    limiter.pause(10.0)
    assert limiter.reserve(29.0) is None
    assert limiter.opens_at(5.0) == 30.0
    assert limiter.reserve(30.0) is not None


def test_a_request_that_would_wait_too_long_is_not_made_and_says_when_it_may() -> None:
    async def story() -> None:
        limiter = Limiter(Quota(requests=1, seconds=60.0), full_until=0.0)
        permits = Permits(limiter, SimulatedClock().monotonic, lambda: True)
        async with permits("GET", 20.0):
            pass
        with pytest.raises(NotPermittedError) as refusal:
            async with permits("POST", 20.0):
                raise AssertionError
        assert refusal.value.retry_after == pytest.approx(60 * (1 + MARGIN))
        assert limiter.claim() is not None  # the place was given back

    simulate(story())


def test_a_request_does_not_leave_when_the_partition_was_lost_while_it_waited() -> None:
    async def story() -> None:
        limiter = Limiter(Quota(requests=1, seconds=1.0), full_until=1.0)
        permits = Permits(limiter, SimulatedClock().monotonic, lambda: False)
        with pytest.raises(NotPermittedError, match="handed over"):
            async with permits("POST", 20.0):
                raise AssertionError

    simulate(story())


def test_a_pause_asked_for_while_a_request_waits_holds_it_too() -> None:
    async def story() -> None:
        limiter, clock = Limiter(Quota(requests=1, seconds=1.0), full_until=1.0), SimulatedClock()
        asyncio.get_running_loop().call_later(0.5, limiter.pause, 3.0)
        async with Permits(limiter, clock.monotonic, lambda: True)("POST", 20.0):
            assert clock.monotonic() == 3.0

    simulate(story())


def test_a_quota_that_lets_nothing_through_is_refused() -> None:
    with pytest.raises(ValueError, match="lets nothing through"):
        Limiter(Quota(requests=0, seconds=1.0), full_until=0.0)


def test_the_breaker_opens_after_three_failures_in_a_row_and_not_before() -> None:
    breaker = Breaker()
    for answered in (False, False, True, False, False):
        breaker.answered() if answered else breaker.failed(0.0)
    assert breaker.state is BreakerState.CLOSED
    breaker.failed(0.0)
    assert breaker.state is BreakerState.OPEN
    assert breaker.opens_at(0.0) > 0.0


def test_calls_that_were_under_way_when_it_opened_do_not_lengthen_its_pause() -> None:
    breaker = Breaker()
    for _ in range(8):
        breaker.failed(0.0)
    assert breaker.opens_at(0.0) == 5.0


def test_its_pause_grows_with_every_probe_that_fails_up_to_a_bound() -> None:
    breaker, now, pauses = Breaker(), 0.0, []
    for _ in range(3):
        breaker.failed(now)
    for _ in range(10):
        pauses.append(breaker.opens_at(now) - now)
        now = breaker.opens_at(now)
        breaker.probed(now, answers=False)
    assert pauses[:3] == [5.0, 10.0, 20.0]
    assert max(pauses) == LONGEST_PAUSE_SECONDS


def test_after_a_probe_one_failure_opens_it_again_and_one_answer_closes_it() -> None:
    breaker = Breaker()
    for _ in range(3):
        breaker.failed(0.0)
    breaker.probed(5.0, answers=True)
    assert breaker.state is BreakerState.TRYING
    breaker.failed(5.0)
    assert breaker.state is BreakerState.OPEN
    breaker.probed(20.0, answers=True)
    breaker.answered()
    assert breaker.state is BreakerState.CLOSED


def test_what_has_failed_before_does_not_open_it_again_until_something_was_answered() -> None:
    breaker = Breaker()
    for _ in range(3):
        breaker.failed(0.0, "one")
    breaker.probed(5.0, answers=True)
    breaker.failed(5.0, "one")
    assert breaker.state is BreakerState.TRYING
    breaker.failed(5.0, "another")
    assert breaker.state is BreakerState.OPEN
    breaker.probed(20.0, answers=True)
    breaker.answered()
    for _ in range(3):
        breaker.failed(20.0, "one")
    assert breaker.state is BreakerState.OPEN
