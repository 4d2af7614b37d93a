from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest

from app.domain.policy import Policy, Trigger
from app.store import PolicyCache, StoreUnavailableError
from tests.store.configurations import POLICY

TTL = 30.0


@dataclass
class FakeSource:
    """A store in memory that counts its readings, and can be taken away."""

    known: dict[str, Policy] = field(default_factory=dict)
    readings: list[set[str]] = field(default_factory=list)
    reachable: bool = True

    def policies(self, codes: Iterable[str]) -> dict[str, Policy]:
        asked = set(codes)
        self.readings.append(asked)
        if not self.reachable:
            raise StoreUnavailableError("gone")
        return {code: policy for code, policy in self.known.items() if code in asked}


@dataclass
class FakeClock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def source() -> FakeSource:
    return FakeSource(known={"SHOP": POLICY})


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def cache(source: FakeSource, clock: FakeClock) -> PolicyCache:
    return PolicyCache(source, ttl_seconds=TTL, clock=clock)


def test_a_known_policy_is_read_once_until_it_has_aged(
    cache: PolicyCache, source: FakeSource, clock: FakeClock
) -> None:
    assert cache.get("SHOP") == POLICY
    source.known["SHOP"] = replace(POLICY, trigger=Trigger.MANUAL)
    clock.now += TTL - 1
    assert cache.get("SHOP") == POLICY
    clock.now += 1
    assert cache.get("SHOP") == source.known["SHOP"]
    assert len(source.readings) == 2


def test_unknown_is_never_answered_from_the_cache(cache: PolicyCache, source: FakeSource) -> None:
    assert cache.get("NEW") is None
    source.known["NEW"] = POLICY
    assert cache.get("NEW") == POLICY


def test_a_peek_reads_nothing(cache: PolicyCache, source: FakeSource) -> None:
    assert cache.peek("SHOP") is None
    assert source.readings == []
    cache.refresh(["SHOP"])
    assert cache.peek("SHOP") == POLICY


def test_a_refresh_reads_once_for_all_and_tells_the_unknown_by_their_absence(
    cache: PolicyCache, source: FakeSource
) -> None:
    source.known["OTHER"] = POLICY
    assert cache.refresh(["SHOP", "OTHER", "NOBODY", "SHOP"]) == {"SHOP": POLICY, "OTHER": POLICY}
    assert source.readings == [{"SHOP", "OTHER", "NOBODY"}]


def test_a_refresh_of_nothing_reads_nothing(cache: PolicyCache, source: FakeSource) -> None:
    assert cache.refresh([]) == {}
    assert source.readings == []


def test_a_business_that_was_taken_away_is_forgotten(cache: PolicyCache, source: FakeSource) -> None:
    cache.refresh(["SHOP"])
    source.known.clear()
    assert cache.refresh(["SHOP"]) == {}
    assert cache.peek("SHOP") is None


def test_an_aged_policy_is_not_used_while_the_store_is_away(
    cache: PolicyCache, source: FakeSource, clock: FakeClock
) -> None:
    cache.get("SHOP")
    source.reachable = False
    assert cache.get("SHOP") == POLICY
    clock.now += TTL
    with pytest.raises(StoreUnavailableError):
        cache.get("SHOP")


def test_a_slow_reading_does_not_replace_a_later_one(clock: FakeClock) -> None:
    later = replace(POLICY, trigger=Trigger.MANUAL)

    class SlowSource(FakeSource):
        """While its first answer is under way, somebody else reads a later one."""

        def policies(self, codes: Iterable[str]) -> dict[str, Policy]:
            found = super().policies(codes)
            if len(self.readings) == 1:
                self.known["SHOP"] = later
                clock.now += 1
                slow.refresh(["SHOP"])
            return found

    slow = PolicyCache(SlowSource(known={"SHOP": POLICY}), ttl_seconds=TTL, clock=clock)
    slow.refresh(["SHOP"])
    assert slow.peek("SHOP") == later
