"""A comparison asks more slowly than the quota lets it, and not for ever."""

import asyncio

import pytest

from app.operations.reconciliation.pacing import Pace
from providers.base import LOG_OUT, NotPermittedError, Quota


class Clock:
    """A clock that goes on by what is slept."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def ask(pace: Pace, seconds: float = 30.0, kind: str = "GET") -> None:
    async with pace(kind, seconds):
        pass


def pace_of(quota: Quota, clock: Clock, most: int = 10) -> Pace:
    return Pace(quota, most=most, monotonic=lambda: clock.now, sleep=clock.sleep)


def test_requests_leave_at_half_of_the_quotas_pace() -> None:
    clock = Clock()
    pace = pace_of(Quota(requests=10, seconds=1.0), clock)

    async def three() -> None:
        for _ in range(3):
            await ask(pace)

    asyncio.run(three())
    assert clock.slept == pytest.approx([0.2, 0.2])


def test_after_so_many_requests_no_other_leaves_and_the_reason_is_said() -> None:
    clock = Clock()
    pace = pace_of(Quota(requests=10, seconds=1.0), clock, most=2)

    async def all_of_them() -> None:
        for _ in range(2):
            await ask(pace)
        await ask(pace, kind=LOG_OUT)
        with pytest.raises(NotPermittedError, match="at most 2 requests"):
            await ask(pace)

    asyncio.run(all_of_them())


def test_a_quota_of_ten_an_hour_has_no_second_request_for_a_comparison() -> None:
    clock = Clock()
    pace = pace_of(Quota(requests=10, seconds=3600.0), clock)

    async def two() -> None:
        await ask(pace)
        with pytest.raises(NotPermittedError, match="for 720 s"):
            await ask(pace)

    asyncio.run(two())
    assert clock.slept == []
