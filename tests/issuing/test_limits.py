"""The limiter is exact, and the breaker patient."""

import random

import pytest

from app.issuing.breaker import LONGEST_PAUSE_SECONDS, Breaker, BreakerState
from app.issuing.limiter import Limiter
from providers.base import Quota


@pytest.mark.parametrize("quota", [Quota(requests=1, seconds=1.0), Quota(requests=10, seconds=10.0)])
def test_no_window_of_the_quota_s_length_holds_more_than_its_requests(quota: Quota) -> None:
    chance, limiter, now, starts = random.Random(3), Limiter(quota), 0.0, []
    while len(starts) < 500:
        now += chance.expovariate(quota.requests / quota.seconds * 3)
        if limiter.take(now):
            starts.append(now)
    pairs = zip(starts, starts[quota.requests :], strict=False)
    assert all(later - earlier > quota.seconds for earlier, later in pairs)


def test_at_least_ninety_five_in_a_hundred_places_are_used_when_there_is_work() -> None:
    limiter, now = Limiter(Quota(requests=5, seconds=1.0)), 0.0
    for _ in range(1000):
        now = limiter.opens_at(now)
        assert limiter.take(now)
    assert now < 1000 / 5 / 0.95


def test_a_pause_holds_back_everything_and_a_shorter_one_does_not_end_it() -> None:
    limiter = Limiter(Quota(requests=100, seconds=1.0))
    limiter.pause(30.0)
    limiter.pause(10.0)
    assert not limiter.take(29.0)
    assert limiter.opens_at(5.0) == 30.0
    assert limiter.take(30.0)


def test_a_quota_that_lets_nothing_through_is_refused() -> None:
    with pytest.raises(ValueError, match="lets nothing through"):
        Limiter(Quota(requests=0, seconds=1.0))


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
