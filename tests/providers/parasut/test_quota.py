"""Paraşüt's ten requests in ten seconds, shared by all steps: used, and never exceeded."""

import asyncio
import random
from collections import deque
from contextlib import suppress

import pytest

from app.issuing.scheduling.permits import Permits
from app.issuing.scheduling.rate_limiter import Limiter
from providers.base import NotSent, Step, StepInput
from providers.parasut.adapter import ParasutAdapter
from tests.harness.simulated_time import SimulatedClock, simulate
from tests.providers.parasut.bench import SECONDS, counts, opened, switch

QUOTA = ParasutAdapter.CAPABILITIES.quota
TEN_MINUTES = 600.0
# Contact; list and sales invoice; the look before the e-document, its request; its job, the sales invoice again.
CALLS = (("GET",), ("GET",), ("POST",), ("GET", "POST"), ("GET", "GET"))


class Door:
    """The clock at the provider's door: how many came, and how many were too many."""

    def __init__(self, work: float) -> None:
        self._work = work
        self._chance = random.Random(7)
        self._window: deque[float] = deque()
        self.taken: list[float] = []
        self.too_many = 0

    async def answer(self) -> None:
        await asyncio.sleep(0.02 + self._chance.uniform(0, 0.02))
        now = asyncio.get_running_loop().time()
        while self._window and self._window[0] <= now - QUOTA.seconds:
            self._window.popleft()
        if len(self._window) >= QUOTA.requests:
            self.too_many += 1
        self._window.append(now)
        self.taken.append(now)
        await asyncio.sleep(self._work)


async def reserved(limiter: Limiter, clock: SimulatedClock) -> float:
    for _ in range(1000):
        now = clock.monotonic()
        if (slot := limiter.reserve(now)) is not None:
            return slot
        await asyncio.sleep(max(limiter.opens_at(now) - now, 0.001))
    raise AssertionError("no slot has opened")


async def one_document_after_another(provider: Door) -> None:
    clock = SimulatedClock()
    started = clock.monotonic()
    limiter = Limiter(QUOTA, full_until=started + QUOTA.seconds)
    permits = Permits(limiter, clock.monotonic, lambda: True)
    while clock.monotonic() < started + QUOTA.seconds + TEN_MINUTES:
        for requests in CALLS:
            limiter.release(await reserved(limiter, clock))
            for kind in requests:
                with suppress(TimeoutError):
                    async with permits(kind, ParasutAdapter.CAPABILITIES.max_call_seconds):
                        await provider.answer()


@pytest.mark.parametrize("work", [0.1, 0.4], ids=lambda work: f"answered after {work} s")
def test_over_ten_minutes_the_quota_is_used_to_ninety_five_in_a_hundred_without_one_too_many(work: float) -> None:
    provider = Door(work)
    simulate(one_document_after_another(provider))
    first = provider.taken[0]
    used = sum(1 for each in provider.taken if each < first + TEN_MINUTES)
    assert provider.too_many == 0
    assert used >= 0.95 * TEN_MINUTES * QUOTA.requests / QUOTA.seconds


async def test_the_simulator_counts_as_parasut_does_and_the_wait_in_its_sentence_is_kept() -> None:
    async with opened() as (bench, adapter):
        await switch(bench, quota=2)
        asked = StepInput(Step.CONTACT, bench.prepared())
        outcomes = [await adapter.create(asked, SECONDS) for _ in range(3)]
        (refused,) = [each for each in outcomes if isinstance(each, NotSent)][-1:]
        assert refused.retry_after is not None
        assert 0 < refused.retry_after <= QUOTA.seconds
        assert (await counts(bench))["too_many"] == 1
